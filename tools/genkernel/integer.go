package main

import "fmt"

// 16-bit integers in pairs: a panel accumulates the products of both numbers of a
// pair in 32-bit sums. VPMADDWD adds the two products first; VPDPWSSD also
// accumulates. Neither saturates.
var (
	pairs = set{
		"Y", 16, 32, "VPXOR", "VMOVDQU",
		"\tVMOVDQU 80(CX), Y14", "\tVPMASKMOVD %s, Y14, %s", "\tVPMASKMOVD %s, Y14, %s",
		"VPBROADCASTD", "\tVPMADDWD %[1]s, %[2]s, %[4]s\n\tVPADDD %[4]s, %[3]s, %[3]s", 1, true, false,
	}
	vnni = set{
		"Z", 32, 64, "VPXORD", "VMOVDQU32",
		"\tMOVQ 120(CX), AX\n\tKMOVW AX, K1", "\tVMOVDQU32.Z %s, K1, %s", "\tVMOVDQU32 %s, K1, %s",
		"VPBROADCASTD", "\tVPDPWSSD %[1]s, %[2]s, %[3]s", 0, true, false,
	}
)

func integers() {
	panel("pairs16", pairs, 2, false, []int{6, 4, 2, 1})
	panel("pairs8", pairs, 1, false, []int{8, 4, 2, 1})
	panel("pairsMasked", pairs, 1, true, []int{8, 4, 2, 1})
	panel("vnni48", vnni, 3, false, []int{8, 4, 2, 1})
	panel("vnni32", vnni, 2, false, []int{8, 4, 2, 1})
	panel("vnni16", vnni, 1, false, []int{8, 4, 2, 1})
	panel("vnni48Masked", vnni, 3, true, []int{8, 4, 2, 1})
	panel("vnni32Masked", vnni, 2, true, []int{8, 4, 2, 1})
	panel("vnni16Masked", vnni, 1, true, []int{8, 4, 2, 1})
	stops("vquantize", 64, func(half int) {
		p("\tVMOVUPD %d(SI), Y0", 32*half)
		p("\tVDIVPD Y4, Y0, Y0")
	})
	stops("vrequantize", 32, func(half int) {
		p("\tVCVTDQ2PD %d(SI), Y0", 16*half)
		p("\tVMULPD %d(DX), Y0, Y0", 32*half)
	})
	for _, lanes := range []int{8, 4} {
		interleave(lanes)
		windows(lanes)
		pool(lanes)
	}
}

// stops emits func name(args *levelArgs): lines of a multiple of eight numbers,
// each made a float64 in Y0 by body, rounded half to even between the lowest
// and the highest stop; NaN has a number of its own. Registers: DI and R8 dst
// and its step, SI and R9 src and its step, DX and R10 the factors, one for each
// number of a line, CX numbers left, R12 lines left.
func stops(name string, bytes int, body func(half int)) {
	p("// func %s(args *levelArgs)", name)
	p("TEXT ·%s(SB), NOSPLIT, $0-8", name)
	p("\tMOVQ args+0(FP), AX")
	for i, r := range []string{"DI", "R8", "SI", "R9", "R10", "R12", "R13"} {
		p("\tMOVQ %d(AX), %s", 8*i, r)
	}
	for i, r := range []string{"Y4", "Y7", "Y6", "Y5"} { // scale, low, high, none
		p("\tVBROADCASTSD %d(AX), %s", 56+8*i, r)
	}
	p("line:")
	p("\tMOVQ R13, CX")
	p("\tMOVQ R10, DX")
	p("\tMOVQ DI, R14")
	p("\tMOVQ SI, R15")
	p("loop:")
	for half := range 2 {
		body(half)
		p("\tVCMPPD $3, Y0, Y0, Y3")
		p("\tVMAXPD Y7, Y0, Y0")
		p("\tVMINPD Y6, Y0, Y0")
		p("\tVBLENDVPD Y3, Y5, Y0, Y0")
		p("\tVCVTPD2DQY Y0, X%d", 1+half)
	}
	p("\tVPACKSSDW X2, X1, X1")
	p("\tVMOVDQU X1, (DI)")
	p("\tADDQ $16, DI")
	p("\tADDQ $%d, SI", bytes)
	p("\tADDQ $64, DX")
	p("\tSUBQ $8, CX")
	p("\tJNZ loop")
	p("\tLEAQ (R14)(R8*1), DI")
	p("\tLEAQ (R15)(R9*1), SI")
	p("\tDECQ R12")
	p("\tJNZ line")
	p("\tVZEROUPPER")
	p("\tRET\n")
}

// along emits a loop over the n numbers of 4 bytes of a line, at least as many
// as there are lanes: the last vector overlaps the one before it. CX is n times
// 4, AX the place in bytes.
func along(lanes int, body func()) {
	p("\tXORQ AX, AX")
	p("\tJMP test")
	p("loop:")
	body()
	p("\tADDQ $%d, AX", 4*lanes)
	p("test:")
	p("\tCMPQ AX, CX")
	p("\tJLT loop")
	p("\tMOVQ CX, AX")
	body()
}

func register(lanes int) string { return map[int]string{4: "X", 8: "Y"}[lanes] }

func begin(name, args string, registers ...string) {
	p("// func %s(%s int)", name, args)
	p("TEXT ·%s(SB), NOSPLIT, $0-%d", name, 8*len(registers))
	var names []string
	word := ""
	for _, c := range args + "," {
		switch c {
		case ',', ' ':
			if word != "" && word[0] != '*' {
				names = append(names, word)
			}
			word = ""
		default:
			word += string(c)
		}
	}
	for i, r := range registers {
		p("\tMOVQ %s+%d(FP), %s", names[i], 8*i, r)
	}
}

// interleave emits vinterleave(dst, a, b *int16, lines, width, step int): the
// pairs (a, b) of lines of at least as many as there are lanes; the lines of dst
// are step bytes apart.
func interleave(lanes int) {
	r := register(lanes)
	begin(fmt.Sprint("vinterleave", lanes), "dst, a, b *int16, lines, width, step", "DI", "SI", "DX", "R12", "R13", "R8")
	p("line:")
	p("\tLEAQ -%d(R13*4), CX", 4*lanes)
	along(lanes, func() {
		p("\tMOVQ AX, R9") // of numbers of 2 bytes the place is half as far
		p("\tSHRQ $1, R9")
		p("\tVPMOVZXWD (SI)(R9*1), %s0", r)
		p("\tVPMOVZXWD (DX)(R9*1), %s1", r)
		p("\tVPSLLD $16, %s1, %s1", r, r)
		p("\tVPOR %s1, %s0, %s0", r, r, r)
		p("\tVMOVDQU %s0, (DI)(AX*1)", r)
	})
	p("\tLEAQ (SI)(R13*2), SI")
	p("\tLEAQ (DX)(R13*2), DX")
	p("\tADDQ R8, DI")
	p("\tDECQ R12")
	p("\tJNZ line")
	p("\tVZEROUPPER")
	p("\tRET\n")
}

// windows emits vwindows(dst, src *int16, corners *int32, n, width int): n runs
// of pairs from src, each from its corner, one behind the other.
func windows(lanes int) {
	r := register(lanes)
	begin(fmt.Sprint("vwindows", lanes), "dst, src *int16, corners *int32, n, width", "DI", "SI", "R8", "R12", "R13")
	p("\tLEAQ -%d(R13*4), CX", 4*lanes)
	p("line:")
	p("\tMOVLQSX (R8), DX")
	p("\tLEAQ (SI)(DX*4), DX")
	along(lanes, func() {
		p("\tVMOVDQU (DX)(AX*1), %s0", r)
		p("\tVMOVDQU %s0, (DI)(AX*1)", r)
	})
	p("\tLEAQ (DI)(R13*4), DI")
	p("\tADDQ $4, R8")
	p("\tDECQ R12")
	p("\tJNZ line")
	p("\tVZEROUPPER")
	p("\tRET\n")
}

// pool emits vpool(dst, src *int32, lines, width, step int): the largest of
// windows of 2×2; lines of dst and their width, step the bytes of a line of src.
func pool(lanes int) {
	r := register(lanes)
	begin(fmt.Sprint("vpool", lanes), "dst, src *int32, lines, width, step", "DI", "SI", "R12", "R13", "R8")
	p("\tLEAQ -%d(R13*4), CX", 4*lanes)
	p("line:")
	p("\tLEAQ (SI)(R8*1), DX")
	along(lanes, func() {
		for half := range 2 {
			p("\tVMOVDQU %d(SI)(AX*2), %s%d", 4*lanes*half, r, half)
			p("\tVPMAXSD %d(DX)(AX*2), %s%d, %s%d", 4*lanes*half, r, half, r, half)
		}
		p("\tVSHUFPS $0x88, %s1, %s0, %s2", r, r, r)
		p("\tVSHUFPS $0xdd, %s1, %s0, %s3", r, r, r)
		p("\tVPMAXSD %s3, %s2, %s2", r, r, r)
		if lanes == 8 {
			p("\tVPERMQ $0xd8, Y2, Y2")
		}
		p("\tVMOVDQU %s2, (DI)(AX*1)", r)
	})
	p("\tLEAQ (DX)(R8*1), SI")
	p("\tLEAQ (DI)(R13*4), DI")
	p("\tDECQ R12")
	p("\tJNZ line")
	p("\tVZEROUPPER")
	p("\tRET\n")
}
