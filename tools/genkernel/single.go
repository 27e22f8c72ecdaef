package main

// singles emits the loops between float32 and float64, eight elements at a time, as the
// plain twins in core/kernel/single.go have them, and the transpose of float32.
func singles() {
	between("vnarrow", "dst *float32, src *float64", 64, 32, func() {
		p("\tVCVTPD2PSY (SI), X0")
		p("\tVCVTPD2PSY 32(SI), X1")
		p("\tVMOVUPS X0, (DI)")
		p("\tVMOVUPS X1, 16(DI)")
	})
	between("vwiden", "dst *float64, src *float32", 32, 64, func() {
		p("\tVCVTPS2PD (SI), Y0")
		p("\tVCVTPS2PD 16(SI), Y1")
		p("\tVMOVUPD Y0, (DI)")
		p("\tVMOVUPD Y1, 32(DI)")
	})
	between("vtoSingle", "dst, src *float64", 64, 64, func() {
		p("\tVCVTPD2PSY (SI), X0")
		p("\tVCVTPD2PSY 32(SI), X1")
		p("\tVCVTPS2PD X0, Y0")
		p("\tVCVTPS2PD X1, Y1")
		p("\tVMOVUPD Y0, (DI)")
		p("\tVMOVUPD Y1, 32(DI)")
	})
	transpose8()
}

// between emits func name(args, n int), n a positive multiple of eight: body does eight
// elements, from SI to DI, which move on by so many bytes.
func between(name, args string, from, to int, body func()) {
	p("// func %s(%s, n int)", name, args)
	p("TEXT ·%s(SB), NOSPLIT, $0-24", name)
	p("\tMOVQ dst+0(FP), DI")
	p("\tMOVQ src+8(FP), SI")
	p("\tMOVQ n+16(FP), CX")
	p("loop:")
	body()
	p("\tADDQ $%d, SI", from)
	p("\tADDQ $%d, DI", to)
	p("\tSUBQ $8, CX")
	p("\tJNZ loop")
	p("\tVZEROUPPER")
	p("\tRET\n")
}

// transpose8 emits the transpose of blocks of 8×8 float32: by pairs, by fours, by
// halves.
func transpose8() {
	blocks("transpose8", "float32", 8, func() {
		p("\tLEAQ (AX)(R9*4), BX")
		for r := range 8 {
			p("\tVMOVUPS %s, Y%d", address(r, "AX", "BX", "R9", "R11"), r)
		}
		for r := 0; r < 8; r += 2 {
			p("\tVUNPCKLPS Y%d, Y%d, Y%d", r+1, r, 8+r)
			p("\tVUNPCKHPS Y%d, Y%d, Y%d", r+1, r, 9+r)
		}
		for h := range 2 { // rows 0 to 3, then 4 to 7
			for c := range 2 {
				a, b := 8+4*h+c, 10+4*h+c
				p("\tVSHUFPS $0x44, Y%d, Y%d, Y%d", b, a, 4*h+2*c)
				p("\tVSHUFPS $0xee, Y%d, Y%d, Y%d", b, a, 4*h+2*c+1)
			}
		}
		for c := range 4 {
			p("\tVPERM2F128 $0x20, Y%d, Y%d, Y%d", 4+c, c, 8+c)
			p("\tVPERM2F128 $0x31, Y%d, Y%d, Y%d", 4+c, c, 12+c)
		}
		p("\tLEAQ (DX)(R8*4), BX")
		for c := range 8 {
			p("\tVMOVUPS Y%d, %s", 8+c, address(c, "DX", "BX", "R8", "R10"))
		}
	})
}
