package main

import "fmt"

// rows emits the loops over parts of rows, as the plain twins in core/kernel/rows.go
// have them.
func rows() {
	eachRow("vcopyRows", "", "VMOVUPS")
	eachRow("vaddRows", "VADDPD", "VMOVUPD")
	eachRow("vaddRowsSingle", "VADDPS", "VMOVUPS")
	product("vmultiply", "PD", 4)
	product("vmultiplySingle", "PS", 8)
	quads("evens", 0, 4, 2, 6)
	quads("evens8", 0|2<<32, 8|10<<32, 4|6<<32, 12|14<<32)
	quads("evens4", 0|2<<32, 4|6<<32, 0, 0)
	halve("vhalve", 4, false)
	halve("vhalveSingle8", 8, true)
	halve("vhalveSingle4", 4, true)
}

// quads is a constant of four times 64 bits.
func quads(name string, v ...uint64) {
	for i, v := range v {
		p("DATA %s<>+%d(SB)/8, $%#016x", name, 8*i, v)
	}
	p("GLOBL %s<>(SB), RODATA|NOPTR, $32\n", name)
}

// eachRow emits func name(args *rowsArgs): dst, src, their steps, rows, bytes of a row,
// at least 16. Of each row the last vector is computed before the others, which it
// overlaps, and written behind them.
func eachRow(name, add, move string) {
	p("// func %s(args *rowsArgs)", name)
	p("TEXT ·%s(SB), NOSPLIT, $0-8", name)
	p("\tMOVQ args+0(FP), CX")
	for i, r := range []string{"DI", "SI", "R8", "R9", "R10", "R11"} {
		p("\tMOVQ %d(CX), %s", 8*i, r)
	}
	one := func(register, place string) {
		p("\t%s (SI)%s, %s", move, place, register)
		if add != "" {
			p("\t%s (DI)%s, %s, %s", add, place, register, register)
		}
	}
	p("\tCMPQ R11, $32")
	p("\tJLT narrow")
	p("\tSUBQ $32, R11")
	p("row:")
	one("Y1", "(R11*1)")
	p("\tXORQ DX, DX")
	p("\tTESTQ R11, R11")
	p("\tJEQ last")
	p("loop:")
	one("Y0", "(DX*1)")
	p("\t%s Y0, (DI)(DX*1)", move)
	p("\tADDQ $32, DX")
	p("\tCMPQ DX, R11")
	p("\tJLT loop")
	p("last:")
	p("\t%s Y1, (DI)(R11*1)", move)
	p("\tADDQ R8, DI")
	p("\tADDQ R9, SI")
	p("\tDECQ R10")
	p("\tJNZ row")
	p("\tVZEROUPPER")
	p("\tRET")
	p("narrow:")
	p("\tSUBQ $16, R11")
	p("few:")
	one("X1", "(R11*1)")
	one("X0", "")
	p("\t%s X0, (DI)", move)
	p("\t%s X1, (DI)(R11*1)", move)
	p("\tADDQ R8, DI")
	p("\tADDQ R9, SI")
	p("\tDECQ R10")
	p("\tJNZ few")
	p("\tRET\n")
}

// product emits func name(dst, x, y unsafe.Pointer, n int): n is a multiple of the lanes.
func product(name, kind string, lanes int) {
	p("// func %s(dst, x, y unsafe.Pointer, n int)", name)
	p("TEXT ·%s(SB), NOSPLIT, $0-32", name)
	p("\tMOVQ dst+0(FP), DI")
	p("\tMOVQ x+8(FP), SI")
	p("\tMOVQ y+16(FP), DX")
	p("\tMOVQ n+24(FP), CX")
	p("loop:")
	p("\tVMOVU%s (SI), Y0", kind)
	p("\tVMUL%s (DX), Y0, Y0", kind)
	p("\tVMOVU%s Y0, (DI)", kind)
	p("\tADDQ $32, SI")
	p("\tADDQ $32, DX")
	p("\tADDQ $32, DI")
	p("\tSUBQ $%d, CX", lanes)
	p("\tJNZ loop")
	p("\tVZEROUPPER")
	p("\tRET\n")
}

// halve emits func name(args *halveArgs): y, image, from, rows, cols (at least the
// lanes), step of the image in bytes and in numbers, the place of its first number.
// The last vector of a row overlaps the one before it.
func halve(name string, lanes int, single bool) {
	register, kind, bytes, whole := "Y", "PD", 8, 32
	if single {
		kind, bytes, whole = "PS", 4, 4*lanes
		if lanes == 4 {
			register = "X"
		}
	}
	r := func(i int) string { return fmt.Sprintf("%s%d", register, i) }
	integers := map[bool]string{true: "D", false: "Q"}[single]
	p("// func %s(args *halveArgs)", name)
	p("TEXT ·%s(SB), NOSPLIT, $0-8", name)
	p("\tMOVQ args+0(FP), CX")
	for i, to := range []string{"DI", "SI", "R8", "R9", "R10", "R11", "R12", "R13"} {
		p("\tMOVQ %d(CX), %s", 8*i, to)
	}
	constant := map[bool]string{false: "evens", true: fmt.Sprintf("evens%d", lanes)}[single]
	p("\tVMOVUPS %s<>(SB), %s", constant, r(13)) // where the windows of a vector begin
	spread := func(from, to string, v int) {
		p("\tMOVQ %s, %s", from, to)
		p("\tVMOVQ %s, X%d", to, v)
		p("\tVPBROADCAST%s X%d, %s", integers, v, r(v))
	}
	spread("R12", "AX", 12) // a line further
	p("\tMOVQ $1, AX")
	p("\tVMOVQ AX, X11")
	p("\tVPBROADCAST%s X11, %s", integers, r(11))
	p("\tSUBQ $%d, R10", lanes) // where in a row the last vector begins
	p("row:")
	p("\tLEAQ (SI)(R11*1), BX") // the line below
	p("\tXORQ DX, DX")
	p("loop:")
	p("\tLEAQ (R13)(DX*2), AX")
	p("\tVMOVQ AX, X10")
	p("\tVPBROADCAST%s X10, %s", integers, r(10))
	p("\tVPADD%s %s, %s, %s", integers, r(13), r(10), r(10))
	scale := 2 * bytes // of the image for each number of y
	at := func(base string, further int) string {
		if scale == 16 {
			return fmt.Sprintf("%d(%s)(CX*8)", further, base)
		}
		return fmt.Sprintf("%d(%s)(DX*8)", further, base)
	}
	if scale == 16 {
		p("\tLEAQ (DX)(DX*1), CX")
	}
	for i, base := range []string{"SI", "BX"} {
		p("\tVMOVU%s %s, %s", kind, at(base, 0), r(2*i))
		p("\tVMOVU%s %s, %s", kind, at(base, whole), r(2*i+1))
	}
	// evens of above in 4, odds in 5, of below in 6 and 7
	for i := range 2 {
		even, odd := "$0", "$15"
		if single {
			even, odd = "$0x88", "$0xdd"
		}
		p("\tVSHUF%s %s, %s, %s, %s", kind, even, r(2*i+1), r(2*i), r(4+2*i))
		p("\tVSHUF%s %s, %s, %s, %s", kind, odd, r(2*i+1), r(2*i), r(5+2*i))
	}
	better := func(v, where int) {
		p("\tVCMP%s $0x1e, %s, %s, %s", kind, r(4), r(v), r(0)) // larger
		p("\tVCMP%s $3, %s, %s, %s", kind, r(v), r(v), r(1))    // NaN
		p("\tVOR%s %s, %s, %s", kind, r(1), r(0), r(0))
		p("\tVBLENDV%s %s, %s, %s, %s", kind, r(0), r(v), r(4), r(4))
		p("\tVBLENDV%s %s, %s, %s, %s", kind, r(0), r(where), r(8), r(8))
	}
	p("\tVMOVAPS %s, %s", r(10), r(8))
	p("\tVPADD%s %s, %s, %s", integers, r(11), r(10), r(9))
	better(5, 9)
	p("\tVPADD%s %s, %s, %s", integers, r(12), r(10), r(9))
	better(6, 9)
	p("\tVPADD%s %s, %s, %s", integers, r(11), r(9), r(9))
	better(7, 9)
	if register == "Y" { // the shuffles went by halves of a register
		p("\tVPERMPD $0xd8, Y4, Y4")
		p("\tVPERMQ $0xd8, Y8, Y8")
	}
	p("\tVMOVU%s %s, (DI)(DX*%d)", kind, r(4), bytes)
	if single {
		p("\tVMOVUPS %s, (R8)(DX*4)", r(8))
	} else {
		p("\tVPSHUFD $0x88, Y8, Y8")
		p("\tVPERMQ $0x08, Y8, Y8")
		p("\tVMOVUPS X8, (R8)(DX*4)")
	}
	p("\tCMPQ DX, R10")
	p("\tJEQ next")
	p("\tADDQ $%d, DX", lanes)
	p("\tCMPQ DX, R10")
	p("\tJLE loop")
	p("\tMOVQ R10, DX")
	p("\tJMP loop")
	p("next:")
	p("\tLEAQ (SI)(R11*2), SI")
	p("\tLEAQ (R13)(R12*2), R13")
	p("\tLEAQ %d(DI)(R10*%d), DI", lanes*bytes, bytes)
	p("\tLEAQ %d(R8)(R10*4), R8", lanes*4)
	p("\tDECQ R9")
	p("\tJNZ row")
	p("\tVZEROUPPER")
	p("\tRET\n")
}
