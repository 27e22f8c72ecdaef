package core

import "descent/core/kernel"

// Arithmetic names the order and the rounding of every operation. It changes
// whenever a release would compute other bits; processor, operating system and
// the number of threads do not change it.
const Arithmetic = "fma-chains-2"

// Kernel names the implementation in use, "avx2" or "go". Their bits are the same.
func Kernel() string { return kernel.Name() }

// PlainKernel switches the assembly off. It is called before anything else.
func PlainKernel() { kernel.UsePlain() }
