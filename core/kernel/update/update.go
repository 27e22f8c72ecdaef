// Package update moves parameters by the update rules of optimizers in one pass over
// parameters, gradient and state, weight decay, learning rate and subtraction included,
// in assembly where the processor has it, with portable versions in Go that give the
// same bits.
package update

import (
	"fmt"
	"unsafe"

	"descent/core/kernel"
)

// Pass is one update of a run of parameters: update ← rate · (rule(grad + penalty ·
// params) + decay · params), params ← params − update. It can be used again.
type Pass[T kernel.Float] struct {
	Params, Grad, Update []T
	Penalty              T // λ of an L2 penalty; 0 adds nothing
	Decay                T // λ of decoupled weight decay; 0 adds nothing. One of the two is 0
	Rate                 T

	args args[T]
}

// args are what the assembly reads by offset.
type args[T kernel.Float] struct {
	params, grad, update unsafe.Pointer
	state                [3]unsafe.Pointer
	n, decay             int // 0 for no weight decay, 1 for a penalty, 2 for decoupled
	weight, rate         T
	factors              [8]T
}

// name is the instruction set in use.
var name = kernel.Widest

// run applies a rule: the assembly to full registers, one to the rest. It reports
// whether all parameters are finite after it.
func (p *Pass[T]) run(r rule, state [3][]T, factors [8]T, one func(i int, g T) T) (finite bool) {
	n := len(p.Params)
	if len(p.Grad) != n || len(p.Update) != n {
		panic(fmt.Sprintf("update: %d parameters, %d numbers of the gradient, %d of the update", n, len(p.Grad), len(p.Update)))
	}
	for k, s := range state {
		if s != nil && len(s) != n {
			panic(fmt.Sprintf("update: %d parameters, %d numbers in state %d", n, len(s), k))
		}
	}
	i, bad := 0, false
	if f, lanes := assembly[T](r); f != nil && n >= lanes {
		i = n - n%lanes
		a := &p.args
		a.params, a.grad, a.update = unsafe.Pointer(&p.Params[0]), unsafe.Pointer(&p.Grad[0]), unsafe.Pointer(&p.Update[0])
		for k, s := range state {
			if s != nil {
				a.state[k] = unsafe.Pointer(&s[0])
			}
		}
		a.n, a.decay, a.weight, a.rate, a.factors = i, 0, 0, p.Rate, factors
		switch {
		case p.Penalty != 0:
			a.decay, a.weight = 1, p.Penalty
		case p.Decay != 0:
			a.decay, a.weight = 2, p.Decay
		}
		bad = f(unsafe.Pointer(a))
		*a = args[T]{} // what was moved is not held on to
	}
	for ; i < n; i++ {
		g, at := p.Grad[i], p.Params[i]
		if p.Penalty != 0 {
			g += T(p.Penalty * at)
		}
		u := one(i, g)
		if p.Decay != 0 {
			u += T(p.Decay * at)
		}
		u = T(u * p.Rate)
		p.Update[i] = u
		at -= u
		p.Params[i] = at
		bad = bad || at-at != 0
	}
	return !bad
}

// assembly is the assembly of a rule in this precision and the numbers in a register;
// nil for none.
func assembly[T kernel.Float](r rule) (f func(args unsafe.Pointer) bool, lanes int) {
	size := int(unsafe.Sizeof(T(0)))
	switch name() {
	case "avx512":
		return wide[r][size/8], 64 / size
	case "avx2":
		return narrow[r][size/8], 32 / size
	}
	return nil, 0
}
