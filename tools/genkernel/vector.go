package main

import (
	"fmt"
	"math"
	"strings"
)

// vectors emits the element-wise loops, four elements at a time. The order of
// operations is that of the plain twins in core/kernel/vector.go, to the letter.
func vectors() {
	constant("log2e", math.Log2E)
	constant("ln2hi", math.Float64frombits(0x3fe62e42fee00000))
	constant("ln2lo", math.Float64frombits(0x3dea39ef35793c76))
	constant("lowest", -708)
	constant("highest", 709.782712893384)
	constant("one", 1)
	constant("two", 2)
	constant("minustwo", -2)
	constant("minussixty", -60)
	constant("infinity", math.Inf(1))
	constant("shift1022", 0x1.8p52+1022) // adds an integer's bits, biased for half its power of two
	constant("shift1023", 0x1.8p52+1023)
	bits("sign", 1<<63)
	factorial := 1.0
	for k := 2; k <= 13; k++ {
		factorial *= float64(k)
		constant(fmt.Sprintf("c%d", k), 1/factorial)
	}
	bits("mantissa", 1<<52-1)
	bits("half", 0x3fe<<52)
	bits("whole", 0x433<<52) // with an integer in its last bits it is 2⁵² and that number
	constant("whole1022", 0x1p52+1022)
	constant("zerofive", 0.5)
	constant("roothalf", math.Sqrt2/2)
	for i, c := range logCoefficients {
		constant(fmt.Sprintf("l%d", i), c)
	}
	for _, v := range []lanes{{"Y", 32, 8}, {"Z", 64, 8}} {
		v.loop("exp", v.exp)
		v.loop("sigmoid", v.sigmoid)
		v.loop("tanh", v.tanh)
		v.loop("log", v.log)
		v.loop("log1p", v.log1p)
	}
	tanhBack()
	gather()
	for _, v := range []lanes{{"Y", 32, 8}, {"Y", 32, 4}} {
		v.relu()
		v.add()
		v.columnSums()
	}
	adam()
	inPlace("vscale", "a", func() { p("\tVMULPD (DI), Y2, Y0") })
	inPlace("vsub", "x", func() {
		p("\tVMOVUPD (DI), Y0")
		p("\tVSUBPD (SI), Y0, Y0")
	})
	probe()
	squaredError("vsquaredError", "grad, out, target, sums *float64, scale float64", true)
	squaredError("vsquares", "out, target, sums *float64", false)
}

func constant(name string, v float64) { bits(name, math.Float64bits(v)) }

func bits(name string, v uint64) {
	for i := range 4 {
		p("DATA %s<>+%d(SB)/8, $%#016x", name, 8*i, v)
	}
	p("GLOBL %s<>(SB), RODATA|NOPTR, $32\n", name)
}

// loop emits func vname(dst, src *float64, n int), or wname with AVX-512, n a positive
// multiple of the numbers in a register: body turns register 0 into the result, free to
// use 1 to 9.
func (v lanes) loop(name string, body func()) {
	name = map[string]string{"Y": "v", "Z": "w"}[v.letter] + name
	p("// func %s(dst, src *float64, n int)", name)
	p("TEXT ·%s(SB), NOSPLIT, $0-24", name)
	p("\tMOVQ dst+0(FP), DI")
	p("\tMOVQ src+8(FP), SI")
	p("\tMOVQ n+16(FP), CX")
	p("loop:")
	v.op("VMOVU", "(SI)", v.r(0))
	body()
	v.op("VMOVU", v.r(0), "(DI)")
	p("\tADDQ $%d, SI", v.bytes)
	p("\tADDQ $%d, DI", v.bytes)
	p("\tSUBQ $%d, CX", v.bytes/v.width)
	p("\tJNZ loop")
	p("\tVZEROUPPER")
	p("\tRET\n")
}

// with emits an operation with a constant: dst from a, or with dst as a third number.
func (v lanes) with(name, constant string, a, dst int) {
	if constant += "<>(SB)"; v.letter == "Z" {
		p("\t%s%s.BCST %s, %s, %s", name, v.suffix(), constant, v.r(a), v.r(dst))
		return
	}
	v.op(name, constant, v.r(a), v.r(dst))
}

// bitsWith is with for an operation on bits.
func (v lanes) bitsWith(name, constant string, a, dst int) {
	if constant += "<>(SB)"; v.letter == "Z" {
		p("\tVP%sQ.BCST %s, %s, %s", name[1:], constant, v.r(a), v.r(dst))
		return
	}
	v.op(name, constant, v.r(a), v.r(dst))
}

// set emits a register full of a constant.
func (v lanes) set(constant string, dst int) {
	if constant += "<>(SB)"; v.letter == "Z" {
		p("\tVBROADCASTSD %s, %s", constant, v.r(dst))
		return
	}
	v.op("VMOVU", constant, v.r(dst))
}

// power emits 2ⁿ for an integer n, where the constant is 1.5 · 2⁵² and the bias.
func (v lanes) power(constant string, n int) {
	v.with("VADD", constant, n, n)
	p("\tVPSLLQ $52, %s, %s", v.r(n), v.r(n))
}

// reduce leaves n = round(x log₂e) in 1, r = x − n ln 2 in 2 and
// expm1(r) = r + r²(1/2! + r/3! + ...) in 3, from x in 0.
func (v lanes) reduce() {
	v.with("VMUL", "log2e", 0, 1)
	v.op(map[string]string{"Y": "VROUND", "Z": "VRNDSCALE"}[v.letter], "$8", v.r(1), v.r(1))
	v.move(0, 2)
	v.with("VFNMADD231", "ln2hi", 1, 2)
	v.with("VFNMADD231", "ln2lo", 1, 2)
	v.set("c13", 3)
	for k := 12; k >= 2; k-- {
		v.with("VFMADD213", fmt.Sprintf("c%d", k), 2, 3)
	}
	v.op("VMUL", v.r(2), v.r(2), v.r(4))
	v.op("VFMADD213", v.r(2), v.r(4), v.r(3))
}

func (v lanes) exp() {
	v.reduce()
	v.with("VADD", "one", 3, 3)
	v.power("shift1022", 1)
	v.op("VMUL", v.r(1), v.r(3), v.r(3))
	v.op("VADD", v.r(3), v.r(3), v.r(3))
	v.set("lowest", 5)
	v.set("highest", 7)
	v.set("infinity", 6)
	if v.letter == "Z" {
		p("\tVCMPPD $0x1d, Z5, Z0, K1") // x ≥ lowest
		p("\tVCMPPD $0x1e, Z7, Z0, K2") // x > highest
		p("\tVCMPPD $3, Z0, Z0, K3")    // NaN
		p("\tKORW K3, K1, K1")
		p("\tVMOVAPD.Z Z3, K1, Z0")
		p("\tVMOVAPD Z6, K2, Z0")
		return
	}
	p("\tVCMPPD $0x11, Y5, Y0, Y5") // x < lowest
	p("\tVANDNPD Y3, Y5, Y3")
	p("\tVCMPPD $0x1e, Y7, Y0, Y5") // x > highest
	p("\tVBLENDVPD Y5, Y6, Y3, Y0")
}

// sigmoid is 1 / (1 + exp(−x)).
func (v lanes) sigmoid() {
	v.bitsWith("VXOR", "sign", 0, 0)
	v.exp()
	v.with("VADD", "one", 0, 0)
	v.set("one", 1)
	v.op("VDIV", v.r(0), v.r(1), v.r(0))
}

// tanh: with t = expm1(−2|x|), |t / (t + 2)|, and the sign of x.
func (v lanes) tanh() {
	v.bitsWith("VAND", "sign", 0, 7)
	v.bits("VXOR", v.r(7), v.r(0), v.r(0))
	v.with("VMUL", "minustwo", 0, 0)
	v.set("minussixty", 1)
	v.op("VMAX", v.r(0), v.r(1), v.r(0)) // of NaN and a number, the second operand: x
	v.reduce()
	v.power("shift1023", 1)
	v.set("one", 5)
	v.op("VSUB", v.r(5), v.r(1), v.r(4))
	v.op("VFMADD213", v.r(4), v.r(1), v.r(3)) // 2ⁿ expm1(r) + (2ⁿ − 1)
	v.with("VADD", "two", 3, 4)
	v.op("VDIV", v.r(4), v.r(3), v.r(0))
	v.set("sign", 1)
	v.bits("VANDN", v.r(0), v.r(1), v.r(0))
	v.bits("VOR", v.r(7), v.r(0), v.r(0))
}

// logCoefficients are those of Log in core/kernel/vector.go.
var logCoefficients = []float64{
	1.479819860511658591e-01, 1.531383769920937332e-01, 1.818357216161805012e-01,
	2.222219843214978396e-01, 2.857142874366239149e-01, 3.999999999940941908e-01,
	6.666666666666735130e-01,
}

// log is that of positive, finite, normal numbers.
func (v lanes) log() {
	p("\tVPSRLQ $52, %s, %s", v.r(0), v.r(1))
	v.bitsWith("VOR", "whole", 1, 1)
	v.set("whole1022", 2)
	v.op("VSUB", v.r(2), v.r(1), v.r(1)) // e
	v.bitsWith("VAND", "mantissa", 0, 0)
	v.bitsWith("VOR", "half", 0, 0) // m from ½ to 1
	v.set("roothalf", 3)
	v.set("one", 7)
	if v.letter == "Z" { // m < √½
		p("\tVCMPPD $0x11, Z3, Z0, K1")
		p("\tVADDPD Z0, Z0, K1, Z0")
		p("\tVSUBPD Z7, Z1, K1, Z1")
	} else {
		p("\tVCMPPD $0x11, Y3, Y0, Y2")
		p("\tVANDPD Y2, Y0, Y3")
		p("\tVADDPD Y3, Y0, Y0")
		p("\tVANDPD Y7, Y2, Y2")
		p("\tVSUBPD Y2, Y1, Y1")
	}
	v.op("VSUB", v.r(7), v.r(0), v.r(0)) // f
	v.with("VADD", "two", 0, 2)
	v.op("VDIV", v.r(2), v.r(0), v.r(2)) // s
	v.op("VMUL", v.r(2), v.r(2), v.r(3)) // z
	v.set("l0", 4)
	for i := 1; i < len(logCoefficients); i++ {
		v.with("VFMADD213", fmt.Sprintf("l%d", i), 3, 4)
	}
	v.op("VMUL", v.r(3), v.r(4), v.r(4)) // r
	v.op("VMUL", v.r(0), v.r(0), v.r(5))
	v.with("VMUL", "zerofive", 5, 5) // half
	v.with("VMUL", "ln2lo", 1, 6)
	v.op("VADD", v.r(4), v.r(5), v.r(4))
	v.op("VFMADD213", v.r(6), v.r(2), v.r(4)) // s (half + r) + n ln2lo
	v.op("VSUB", v.r(4), v.r(5), v.r(5))
	v.op("VSUB", v.r(5), v.r(0), v.r(0))
	v.with("VFMADD231", "ln2hi", 1, 0)
}

// log1p is log u − ((u − 1) − x)/u with u = 1 + x.
func (v lanes) log1p() {
	v.move(0, 8)
	v.with("VADD", "one", 0, 0)
	v.move(0, 9)
	v.log()
	v.op("VSUB", v.r(7), v.r(9), v.r(1))
	v.op("VSUB", v.r(8), v.r(1), v.r(1))
	v.op("VDIV", v.r(9), v.r(1), v.r(1))
	v.op("VSUB", v.r(1), v.r(0), v.r(0))
}

// tanhBack emits vtanhBack(dx, dy, y, n): dy (1 − y²).
func tanhBack() {
	p("// func vtanhBack(dx, dy, y *float64, n int)")
	p("TEXT ·vtanhBack(SB), NOSPLIT, $0-32")
	p("\tMOVQ dx+0(FP), DI")
	p("\tMOVQ dy+8(FP), SI")
	p("\tMOVQ y+16(FP), DX")
	p("\tMOVQ n+24(FP), CX")
	p("\tVMOVUPD one<>(SB), Y1")
	p("loop:")
	p("\tVMOVUPD (DX), Y0")
	p("\tVMULPD Y0, Y0, Y0")
	p("\tVSUBPD Y0, Y1, Y0")
	p("\tVMULPD (SI), Y0, Y0")
	p("\tVMOVUPD Y0, (DI)")
	p("\tADDQ $32, SI")
	p("\tADDQ $32, DX")
	p("\tADDQ $32, DI")
	p("\tSUBQ $4, CX")
	p("\tJNZ loop")
	p("\tVZEROUPPER")
	p("\tRET\n")
}

// gather emits vgather(dst, src *float64, rows *int, n, width int): n rows of
// src, width numbers each and at least four, one below the other in dst. The
// last vector of a row overlaps the one before it.
func gather() {
	p("// func vgather(dst, src *float64, rows *int, n, width int)")
	p("TEXT ·vgather(SB), NOSPLIT, $0-40")
	p("\tMOVQ dst+0(FP), DI")
	p("\tMOVQ src+8(FP), SI")
	p("\tMOVQ rows+16(FP), R8")
	p("\tMOVQ n+24(FP), R9")
	p("\tMOVQ width+32(FP), R10")
	p("\tSHLQ $3, R10") // bytes of a row
	p("row:")
	p("\tMOVQ (R8), AX")
	p("\tIMULQ R10, AX")
	p("\tADDQ SI, AX")
	p("\tMOVQ R10, CX")
	p("\tSUBQ $32, CX")
	p("\tXORQ DX, DX")
	p("\tJMP test")
	p("loop:")
	p("\tVMOVUPD (AX)(DX*1), Y0")
	p("\tVMOVUPD Y0, (DI)(DX*1)")
	p("\tADDQ $32, DX")
	p("test:")
	p("\tCMPQ DX, CX")
	p("\tJLT loop")
	p("\tVMOVUPD (AX)(CX*1), Y0")
	p("\tVMOVUPD Y0, (DI)(CX*1)")
	p("\tADDQ R10, DI")
	p("\tADDQ $8, R8")
	p("\tDECQ R9")
	p("\tJNZ row")
	p("\tVZEROUPPER")
	p("\tRET\n")
}

// name is a function's for numbers of this width.
func (v lanes) name(of string) string { return of + map[int]string{4: "Single", 8: ""}[v.width] }

// relu emits vrelu(dst, src, n), 0 where x ≤ 0, and vreluBack(dx, dy, y, n), 0 where
// y ≤ 0; NaN passes.
func (v lanes) relu() {
	v.four("vrelu", []string{"dst", "src"}, func(at string, i int) {
		v.op("VMOVU", at+"(SI)", v.r(i))
		v.op("VCMP", "$0x12", v.r(15), v.r(i), v.r(4+i)) // x ≤ 0
		v.op("VANDN", v.r(i), v.r(4+i), v.r(i))
	})
	v.four("vreluBack", []string{"dx", "dy", "y"}, func(at string, i int) {
		v.op("VMOVU", at+"(DX)", v.r(i))
		v.op("VCMP", "$0x12", v.r(15), v.r(i), v.r(4+i))
		v.op("VANDN", at+"(SI)", v.r(4+i), v.r(i))
	})
}

// add emits vadd(dst, x, n).
func (v lanes) add() {
	v.four("vadd", []string{"dst", "x"}, func(at string, i int) {
		v.op("VMOVU", at+"(DI)", v.r(i))
		v.op("VADD", at+"(SI)", v.r(i), v.r(i))
	})
}

// four emits func name(args unsafe.Pointer, n int), n a positive multiple of the numbers
// in a register, four of which are on their way at once: one leaves the i-th, which lies
// at an offset from the arguments in DI, SI and DX, in its register, with 0 in 15.
func (v lanes) four(name string, args []string, one func(at string, i int)) {
	name = v.name(name)
	p("// func %s(%s unsafe.Pointer, n int)", name, strings.Join(args, ", "))
	p("TEXT ·%s(SB), NOSPLIT, $0-%d", name, 8*len(args)+8)
	for i, arg := range args {
		p("\tMOVQ %s+%d(FP), %s", arg, 8*i, []string{"DI", "SI", "DX"}[i])
	}
	p("\tMOVQ n+%d(FP), CX", 8*len(args))
	v.op("VXOR", v.r(15), v.r(15), v.r(15))
	for _, vectors := range []int{4, 1} {
		p("vectors%d:", vectors)
		p("\tSUBQ $%d, CX", v.bytes/v.width*vectors)
		p("\tJLT short%d", vectors)
		for i := range vectors {
			one(fmt.Sprint(v.bytes*i), i)
		}
		for i := range vectors {
			v.op("VMOVU", v.r(i), fmt.Sprintf("%d(DI)", v.bytes*i))
		}
		for i := range args {
			p("\tADDQ $%d, %s", v.bytes*vectors, []string{"DI", "SI", "DX"}[i])
		}
		p("\tJMP vectors%d", vectors)
		p("short%d:", vectors)
		p("\tADDQ $%d, CX", v.bytes/v.width*vectors)
	}
	p("\tVZEROUPPER")
	p("\tRET\n")
}

// adam emits vadam(args *adamArgs): update, m, v, n, then six factors.
func adam() {
	p("// func vadam(args *adamArgs)")
	p("TEXT ·vadam(SB), NOSPLIT, $0-8")
	p("\tMOVQ args+0(FP), AX")
	p("\tMOVQ 0(AX), DI")
	p("\tMOVQ 8(AX), SI")
	p("\tMOVQ 16(AX), DX")
	p("\tMOVQ 24(AX), CX")
	for i := range 7 {
		p("\tVBROADCASTSD %d(AX), Y%d", 32+8*i, 8+i) // β₁ 1−β₁ β₂ 1−β₂ unbias root ε
	}
	p("loop:")
	p("\tVMOVUPD (DI), Y0")
	p("\tVMULPD Y9, Y0, Y1")
	p("\tVFMADD231PD (SI), Y8, Y1") // m = β₁ m + (1−β₁) g
	p("\tVMOVUPD Y1, (SI)")
	p("\tVMULPD Y11, Y0, Y2")
	p("\tVMULPD Y0, Y2, Y2")
	p("\tVFMADD231PD (DX), Y10, Y2") // v = β₂ v + (1−β₂) g g
	p("\tVMOVUPD Y2, (DX)")
	p("\tVSQRTPD Y2, Y2")
	p("\tVDIVPD Y13, Y2, Y2")
	p("\tVADDPD Y14, Y2, Y2")
	p("\tVMULPD Y12, Y1, Y1")
	p("\tVDIVPD Y2, Y1, Y1")
	p("\tVMOVUPD Y1, (DI)")
	p("\tADDQ $32, DI")
	p("\tADDQ $32, SI")
	p("\tADDQ $32, DX")
	p("\tSUBQ $4, CX")
	p("\tJNZ loop")
	p("\tVZEROUPPER")
	p("\tRET\n")
}

// inPlace emits func name(dst *float64, a float64, n int) or
// name(dst, x *float64, n int): body leaves the new dst in Y0.
func inPlace(name, arg string, body func()) {
	kind := "a float64"
	if arg == "x" {
		kind = "x *float64"
	}
	p("// func %s(dst *float64, %s, n int)", name, kind)
	p("TEXT ·%s(SB), NOSPLIT, $0-24", name)
	p("\tMOVQ dst+0(FP), DI")
	if arg == "x" {
		p("\tMOVQ x+8(FP), SI")
	} else {
		p("\tVBROADCASTSD a+8(FP), Y2")
	}
	p("\tMOVQ n+16(FP), CX")
	p("loop:")
	body()
	p("\tVMOVUPD Y0, (DI)")
	if arg == "x" {
		p("\tADDQ $32, SI")
	}
	p("\tADDQ $32, DI")
	p("\tSUBQ $4, CX")
	p("\tJNZ loop")
	p("\tVZEROUPPER")
	p("\tRET\n")
}

// probe emits vprobe(x, n): Σ (x − x), 0 if all are finite, else NaN.
func probe() {
	p("// func vprobe(x *float64, n int) float64")
	p("TEXT ·vprobe(SB), NOSPLIT, $0-24")
	p("\tMOVQ x+0(FP), SI")
	p("\tMOVQ n+8(FP), CX")
	p("\tVXORPD Y0, Y0, Y0")
	p("loop:")
	p("\tVMOVUPD (SI), Y1")
	p("\tVSUBPD Y1, Y1, Y1")
	p("\tVADDPD Y1, Y0, Y0")
	p("\tADDQ $32, SI")
	p("\tSUBQ $4, CX")
	p("\tJNZ loop")
	p("\tVEXTRACTF128 $1, Y0, X1")
	p("\tVADDPD X1, X0, X0")
	p("\tVUNPCKHPD X0, X0, X1")
	p("\tVADDSD X1, X0, X0")
	p("\tVMOVSD X0, ret+16(FP)")
	p("\tVZEROUPPER")
	p("\tRET\n")
}

// columnSums emits vcolumnSums(dst, m, step, rows, cols): to dst sums down the columns
// are added, which fill registers, the rows in order; step in bytes, rows > 0.
func (v lanes) columnSums() {
	name := v.name("vcolumnSums")
	p("// func %s(dst, m *float%d, step, rows, cols int)", name, 8*v.width)
	p("TEXT ·%s(SB), NOSPLIT, $0-40", name)
	p("\tMOVQ dst+0(FP), DI")
	p("\tMOVQ m+8(FP), SI")
	p("\tMOVQ step+16(FP), R8")
	p("\tMOVQ rows+24(FP), R9")
	p("\tMOVQ cols+32(FP), R10")
	for _, vectors := range []int{4, 1} {
		p("wide%d:", vectors)
		p("\tCMPQ R10, $%d", v.bytes/v.width*vectors)
		p("\tJLT %s", map[int]string{4: "wide1", 1: "done"}[vectors])
		for i := range vectors {
			v.op("VMOVU", fmt.Sprintf("%d(DI)", v.bytes*i), v.r(i))
		}
		p("\tMOVQ SI, AX")
		p("\tMOVQ R9, CX")
		p("loop%d:", vectors)
		for i := range vectors {
			v.op("VADD", fmt.Sprintf("%d(AX)", v.bytes*i), v.r(i), v.r(i))
		}
		p("\tADDQ R8, AX")
		p("\tDECQ CX")
		p("\tJNZ loop%d", vectors)
		for i := range vectors {
			v.op("VMOVU", v.r(i), fmt.Sprintf("%d(DI)", v.bytes*i))
		}
		p("\tADDQ $%d, DI", v.bytes*vectors)
		p("\tADDQ $%d, SI", v.bytes*vectors)
		p("\tSUBQ $%d, R10", v.bytes/v.width*vectors)
		p("\tJMP wide%d", vectors)
	}
	p("done:")
	p("\tVZEROUPPER")
	p("\tRET\n")
}

// squaredError emits func name(args, n int): of d = out − target four sums of d² in step,
// and grad = 2 d scale.
func squaredError(name, args string, grad bool) {
	names := strings.FieldsFunc(strings.NewReplacer("*float64", "", "float64", "").Replace(args), func(r rune) bool { return r == ',' || r == ' ' })
	p("// func %s(%s, n int)", name, args)
	p("TEXT ·%s(SB), NOSPLIT, $0-%d", name, 8*len(names)+8)
	registers := map[string]string{"grad": "DI", "out": "SI", "target": "DX", "sums": "AX"}
	for i, of := range names {
		if of == "scale" {
			p("\tVBROADCASTSD scale+%d(FP), Y4", 8*i)
			continue
		}
		p("\tMOVQ %s+%d(FP), %s", of, 8*i, registers[of])
	}
	p("\tMOVQ n+%d(FP), CX", 8*len(names))
	p("\tVXORPD Y0, Y0, Y0")
	p("loop:")
	p("\tVMOVUPD (SI), Y1")
	p("\tVSUBPD (DX), Y1, Y1")
	p("\tVMULPD Y1, Y1, Y2")
	p("\tVADDPD Y2, Y0, Y0")
	if grad {
		p("\tVADDPD Y1, Y1, Y1")
		p("\tVMULPD Y4, Y1, Y1")
		p("\tVMOVUPD Y1, (DI)")
		p("\tADDQ $32, DI")
	}
	p("\tADDQ $32, SI")
	p("\tADDQ $32, DX")
	p("\tSUBQ $4, CX")
	p("\tJNZ loop")
	p("\tVMOVUPD Y0, (AX)")
	p("\tVZEROUPPER")
	p("\tRET\n")
}
