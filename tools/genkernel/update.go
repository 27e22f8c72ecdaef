package main

import "fmt"

// updates emits the passes of core/kernel/update, one for each rule, of either
// precision, for AVX2 and for AVX-512. The order of operations is that of the plain
// twins in core/kernel/update/rules.go, to the letter.
func updates() {
	for _, v := range []lanes{{"Y", 32, 8}, {"Z", 64, 8}, {"Y", 32, 4}, {"Z", 64, 4}} {
		for _, r := range rules {
			v.pass(r)
		}
	}
}

// rule is what turns a gradient into an update: emit takes the gradient from register
// grad and leaves the update there. It may use the registers from mean on; its factors
// follow each other from register factor on.
type rule struct {
	name    string
	factors int
	emit    func(v lanes)
}

// Registers of a pass, and of the general ones those that hold an array's address.
const (
	grad, params, mean, square, scratch, factor = 0, 1, 2, 3, 4, 5
	weight, rate, bad                           = 13, 14, 15
	first, second, third                        = "(R8)(DX*1)", "(R9)(DX*1)", "(R10)(DX*1)"
)

var rules = []rule{
	{"SGD", 0, func(lanes) {}},
	{"Begin", 0, func(v lanes) { v.store(grad, first) }},
	{"Momentum", 2, func(v lanes) { // μ, 1 − τ
		v.average(mean, first, grad, factor)
		v.move(mean, grad)
	}},
	{"Nesterov", 2, func(v lanes) { // μ of the buffer, μ
		v.op("VMUL", first, v.r(factor), v.r(mean))
		v.op("VADD", v.r(grad), v.r(mean), v.r(mean))
		v.store(mean, first)
		v.op("VMUL", v.r(mean), v.r(factor+1), v.r(mean))
		v.op("VADD", v.r(mean), v.r(grad), v.r(grad))
	}},
	{"Adagrad", 2, func(v lanes) { // ε, divisor
		v.op("VMUL", v.r(grad), v.r(grad), v.r(square))
		v.op("VADD", first, v.r(square), v.r(square))
		v.store(square, first)
		v.root(square)
		v.op("VADD", v.r(factor), v.r(square), v.r(square))
		v.op("VDIV", v.r(square), v.r(grad), v.r(grad))
		v.op("VDIV", v.r(factor+1), v.r(grad), v.r(grad))
	}},
	{"RMSprop", 3, func(v lanes) { v.rmsprop(false, false) }},
	{"RMSpropMomentum", 4, func(v lanes) { v.rmsprop(false, true) }},
	{"RMSpropCentered", 3, func(v lanes) { v.rmsprop(true, false) }},
	{"RMSpropCenteredMomentum", 4, func(v lanes) { v.rmsprop(true, true) }},
	{"Adadelta", 3, func(v lanes) { // ρ, 1 − ρ, ε
		v.squares(square, first, grad, factor)
		v.op("VMOVU", second, v.r(mean))
		v.op("VADD", v.r(factor+2), v.r(mean), v.r(scratch))
		v.root(scratch)
		v.op("VADD", v.r(factor+2), v.r(square), v.r(square))
		v.root(square)
		v.op("VDIV", v.r(square), v.r(scratch), v.r(scratch))
		v.op("VMUL", v.r(grad), v.r(scratch), v.r(grad))
		v.squares(square, second, grad, factor)
	}},
	{"Adam", 8, func(v lanes) { // β₁ 1−β₁ β₂ 1−β₂ unbias ε root 1/root
		v.op("VMUL", v.r(factor+1), v.r(grad), v.r(mean))
		v.op("VFMADD231", first, v.r(factor), v.r(mean))
		v.store(mean, first)
		v.op("VMUL", v.r(factor+3), v.r(grad), v.r(square))
		v.op("VMUL", v.r(grad), v.r(square), v.r(square))
		v.op("VFMADD231", second, v.r(factor+2), v.r(square))
		v.store(square, second)
		v.root(square)
		v.adam()
	}},
	{"AMSGrad", 8, func(v lanes) {
		v.average(mean, first, grad, factor)
		v.squares(square, second, grad, factor+2)
		v.op("VMOVU", third, v.r(scratch))
		v.larger(scratch, square, grad)
		v.store(square, third)
		v.root(square)
		v.adam()
	}},
	{"Adamax", 6, func(v lanes) { // β₁ 1−β₁ β₂ ε unbias −0
		v.average(mean, first, grad, factor)
		v.bits("VANDN", v.r(grad), v.r(factor+5), v.r(grad)) // |g|
		v.op("VADD", v.r(factor+3), v.r(grad), v.r(grad))
		v.op("VMUL", second, v.r(factor+2), v.r(square))
		v.larger(grad, square, scratch)
		v.store(square, second)
		v.op("VMUL", v.r(factor+4), v.r(mean), v.r(mean))
		v.op("VDIV", v.r(square), v.r(mean), v.r(grad))
	}},
	{"NAdam", 8, func(v lanes) { // β₁ 1−β₁ β₂ 1−β₂ of g, of m, unbias, ε
		v.average(mean, first, grad, factor)
		v.squares(square, second, grad, factor+2)
		v.op("VDIV", v.r(factor+6), v.r(square), v.r(square))
		v.root(square)
		v.op("VADD", v.r(factor+7), v.r(square), v.r(square))
		v.op("VMUL", v.r(factor+4), v.r(grad), v.r(grad))
		v.op("VMUL", v.r(factor+5), v.r(mean), v.r(mean))
		v.op("VADD", v.r(mean), v.r(grad), v.r(grad))
		v.op("VDIV", v.r(square), v.r(grad), v.r(grad))
	}},
	{"RAdam", 8, func(v lanes) { // β₁ 1−β₁ β₂ 1−β₂ unbias, r, root, ε
		v.average(mean, first, grad, factor)
		v.squares(square, second, grad, factor+2)
		v.root(square)
		v.op("VADD", v.r(factor+7), v.r(square), v.r(square))
		v.op("VDIV", v.r(square), v.r(factor+6), v.r(square))
		v.op("VMUL", v.r(square), v.r(factor+5), v.r(square))
		v.op("VDIV", v.r(factor+4), v.r(mean), v.r(mean))
		v.op("VMUL", v.r(square), v.r(mean), v.r(grad))
	}},
	{"RAdamEarly", 5, func(v lanes) {
		v.average(mean, first, grad, factor)
		v.squares(square, second, grad, factor+2)
		v.op("VDIV", v.r(factor+4), v.r(mean), v.r(grad))
	}},
	{"Lion", 6, func(v lanes) { // β₁ 1−β₁ β₂ 1−β₂, 1, −0
		v.op("VMOVU", first, v.r(mean))
		v.op("VMUL", v.r(mean), v.r(factor), v.r(square))
		v.op("VMUL", v.r(grad), v.r(factor+1), v.r(scratch))
		v.op("VADD", v.r(scratch), v.r(square), v.r(square))
		v.average(mean, first, grad, factor+2)
		v.bits("VAND", v.r(square), v.r(factor+5), v.r(grad))
		v.bits("VOR", v.r(grad), v.r(factor+4), v.r(grad)) // 1 with the sign
		v.bits("VXOR", v.r(scratch), v.r(scratch), v.r(scratch))
		v.choose(0x0c, square, scratch, grad) // ±0 and NaN stay
	}},
}

// lanes is a kind of vector register: its letter, its bytes, and those of a number.
type lanes struct {
	letter       string
	bytes, width int
}

func (v lanes) r(i int) string { return fmt.Sprintf("%s%d", v.letter, i) }

func (v lanes) suffix() string { return map[int]string{4: "PS", 8: "PD"}[v.width] }

// op emits an instruction on numbers, the destination last.
func (v lanes) op(name string, operands ...string) {
	text := "\t" + name + v.suffix()
	for i, o := range operands {
		text += map[bool]string{true: " ", false: ", "}[i == 0] + o
	}
	p("%s", text)
}

// bits emits an operation on bits.
func (v lanes) bits(name, b, a, dst string) {
	if v.letter == "Z" {
		p("\tVP%s%s %s, %s, %s", name[1:], map[int]string{4: "D", 8: "Q"}[v.width], b, a, dst)
		return
	}
	v.op(name, b, a, dst)
}

func (v lanes) store(i int, to string) { v.op("VMOVU", v.r(i), to) }
func (v lanes) move(from, to int)      { v.op("VMOVA", v.r(from), v.r(to)) }
func (v lanes) root(i int)             { v.op("VSQRT", v.r(i), v.r(i)) }

// average leaves in dst, and in its place, the number there times a factor and x times
// the next one.
func (v lanes) average(dst int, place string, x, factor int) {
	v.op("VMUL", place, v.r(factor), v.r(dst))
	v.op("VMUL", v.r(x), v.r(factor+1), v.r(scratch))
	v.op("VADD", v.r(scratch), v.r(dst), v.r(dst))
	v.store(dst, place)
}

// squares is average of x².
func (v lanes) squares(dst int, place string, x, factor int) {
	v.op("VMUL", v.r(x), v.r(x), v.r(scratch))
	v.op("VMUL", v.r(scratch), v.r(factor+1), v.r(scratch))
	v.op("VMUL", place, v.r(factor), v.r(dst))
	v.op("VADD", v.r(scratch), v.r(dst), v.r(dst))
	v.store(dst, place)
}

// larger leaves the larger of two numbers in the second, NaN if one is, and uses a free
// register.
func (v lanes) larger(a, b, free int) {
	if v.letter == "Z" {
		v.op("VCMP", "$3", v.r(a), v.r(b), "K1")
		v.op("VADD", v.r(a), v.r(b), v.r(free))
		v.op("VMAX", v.r(a), v.r(b), v.r(b))
		v.op("VMOVA", v.r(free), "K1", v.r(b)) // NaN where one is
		return
	}
	v.op("VCMP", "$3", v.r(a), v.r(b), v.r(free)) // ones where one is NaN
	v.op("VMAX", v.r(a), v.r(b), v.r(b))
	v.op("VOR", v.r(free), v.r(b), v.r(b))
}

// choose keeps b where the comparison of it with zero holds, else takes a.
func (v lanes) choose(comparison, a, zero, b int) {
	if v.letter == "Z" {
		v.op("VCMP", fmt.Sprintf("$%#x", comparison), v.r(zero), v.r(a), "K1")
		v.op("VBLENDM", v.r(b), v.r(a), "K1", v.r(b))
		return
	}
	v.op("VCMP", fmt.Sprintf("$%#x", comparison), v.r(zero), v.r(a), v.r(zero))
	v.op("VBLENDV", v.r(zero), v.r(b), v.r(a), v.r(b))
}

// adam divides the mean by the root of the square, whose bias is divided out, and ε:
// factors 4 to 7 are unbias, ε, the root of the bias and its inverse. The quotient by
// the root of the bias is that of a division, to the bit: with y = 1/d rounded to
// nearest, q = x y and r = x − q d, which is exact, q + r y is x/d rounded to nearest.
// P. Markstein, "Computation of Elementary Functions on the IBM RISC System/6000
// Processor", IBM Journal of Research and Development 34(1), 1990; N. Brisebarre,
// J.-M. Muller, S. K. Raina, "Accelerating Correctly Rounded Floating-Point Division
// when the Divisor Is Known in Advance", IEEE Transactions on Computers 53(8), 2004.
// A root is far from where that over- or underflows; that of ∞ has r = NaN, which is
// left out.
func (v lanes) adam() {
	v.op("VMUL", v.r(factor+7), v.r(square), v.r(scratch)) // q
	v.op("VFNMADD231", v.r(factor+6), v.r(scratch), v.r(square))
	if v.letter == "Z" {
		v.op("VCMP", "$7", v.r(square), v.r(square), "K1")
		v.op("VFMADD231", v.r(factor+7), v.r(square), "K1", v.r(scratch))
	} else {
		v.op("VCMP", "$7", v.r(square), v.r(square), v.r(grad))
		v.bits("VAND", v.r(grad), v.r(square), v.r(square))
		v.op("VFMADD231", v.r(factor+7), v.r(square), v.r(scratch))
	}
	v.op("VADD", v.r(factor+5), v.r(scratch), v.r(scratch))
	v.op("VMUL", v.r(factor+4), v.r(mean), v.r(mean))
	v.op("VDIV", v.r(scratch), v.r(mean), v.r(grad))
}

// rmsprop has the factors α, 1 − α, ε and μ.
func (v lanes) rmsprop(centered, momentum bool) {
	v.squares(square, first, grad, factor)
	if centered {
		v.average(mean, second, grad, factor)
		v.op("VMUL", v.r(mean), v.r(mean), v.r(mean))
		v.op("VSUB", v.r(mean), v.r(square), v.r(square))
		v.bits("VXOR", v.r(mean), v.r(mean), v.r(mean))
		v.op("VMAX", v.r(square), v.r(mean), v.r(square)) // of NaN and a number, the first here: NaN
	}
	v.root(square)
	v.op("VADD", v.r(factor+2), v.r(square), v.r(square))
	v.op("VDIV", v.r(square), v.r(grad), v.r(grad))
	if momentum {
		v.op("VMUL", third, v.r(factor+3), v.r(mean))
		v.op("VADD", v.r(grad), v.r(mean), v.r(grad))
		v.store(grad, third)
	}
}

// pass emits func name(args *args) bool: over n numbers, a positive multiple of those
// in a register, and reports whether a parameter is no longer finite.
func (v lanes) pass(r rule) {
	name := fmt.Sprintf("%s%s%d", map[string]string{"Y": "avx2", "Z": "avx512"}[v.letter], r.name, 8*v.width)
	p("// func %s(args unsafe.Pointer) bool", name)
	p("TEXT ·%s(SB), NOSPLIT, $0-9", name)
	p("\tMOVQ args+0(FP), AX")
	for i, to := range []string{"DI", "SI", "BX", "R8", "R9", "R10", "CX", "R11"} {
		p("\tMOVQ %d(AX), %s", 8*i, to)
	}
	broadcast := map[int]string{4: "VBROADCASTSS", 8: "VBROADCASTSD"}[v.width]
	p("\t%s 64(AX), %s", broadcast, v.r(weight))
	p("\t%s %d(AX), %s", broadcast, 64+v.width, v.r(rate))
	for i := range r.factors {
		p("\t%s %d(AX), %s", broadcast, 64+v.width*(2+i), v.r(factor+i))
	}
	v.bits("VXOR", v.r(bad), v.r(bad), v.r(bad))
	p("\tSHLQ $%d, CX", map[int]int{4: 2, 8: 3}[v.width])
	p("\tXORQ DX, DX")
	p("loop:")
	v.op("VMOVU", "(DI)(DX*1)", v.r(params))
	v.op("VMOVU", "(SI)(DX*1)", v.r(grad))
	p("\tCMPQ R11, $1")
	p("\tJNE rule")
	v.op("VMUL", v.r(params), v.r(weight), v.r(scratch))
	v.op("VADD", v.r(scratch), v.r(grad), v.r(grad))
	p("rule:")
	r.emit(v)
	p("\tCMPQ R11, $2")
	p("\tJNE move")
	v.op("VMUL", v.r(params), v.r(weight), v.r(scratch))
	v.op("VADD", v.r(scratch), v.r(grad), v.r(grad))
	p("move:")
	v.op("VMUL", v.r(rate), v.r(grad), v.r(grad))
	v.store(grad, "(BX)(DX*1)")
	v.op("VSUB", v.r(grad), v.r(params), v.r(params))
	v.store(params, "(DI)(DX*1)")
	v.op("VSUB", v.r(params), v.r(params), v.r(params)) // 0, or NaN
	v.bits("VOR", v.r(params), v.r(bad), v.r(bad))
	p("\tADDQ $%d, DX", v.bytes)
	p("\tCMPQ DX, CX")
	p("\tJLT loop")
	if v.letter == "Z" {
		p("\tVPTESTMQ %s, %s, K1", v.r(bad), v.r(bad))
		p("\tKMOVW K1, AX")
		p("\tTESTL AX, AX")
	} else {
		p("\tVPTEST %s, %s", v.r(bad), v.r(bad))
	}
	p("\tSETNE ret+8(FP)")
	p("\tVZEROUPPER")
	p("\tRET\n")
}
