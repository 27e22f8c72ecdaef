package core

import "descent/core/kernel"

// Arithmetic names the order and the rounding of every operation. It changes
// whenever a release would compute other bits; processor, operating system and
// the number of threads do not change it.
const Arithmetic = "fma-chains-3"

// oneAge is the arithmetic before: all tensors had the age of the optimizer,
// however late they began to train, moments of frozen tensors decayed, and a
// frozen batch norm went on measuring its batches. A log of it is computed so.
const oneAge = "fma-chains-2"

// Computes is the arithmetic by which a recipe is computed: that of the log it
// comes from if that is still known, else the present one.
func (r Recipe) Computes() string {
	if r.Arithmetic == oneAge {
		return oneAge
	}
	return Arithmetic
}

// Kernel names the implementation in use, "avx2" or "go". Their bits are the same.
func Kernel() string { return kernel.Name() }

// PlainKernel switches the assembly off. It is called before anything else.
func PlainKernel() { kernel.UsePlain() }
