// Package kernel is the arithmetic below everything: matrix products and
// element-wise loops, in assembly where the processor has it, with twins in
// plain Go that give the same bits.
//
// Every element of a product is one chain of fused multiply-adds in the order
// of the inner index, whatever the blocking, the instruction set and the
// number of threads.
package kernel

// Name says which arithmetic is in use: "avx512", "avx2" or "go".
func Name() string {
	if wide {
		return "avx512"
	}
	if vector {
		return "avx2"
	}
	return "go"
}

// vector tells whether the assembly is used.
var vector = supported()

// wide tells whether products use AVX-512.
var wide = supported512()

// dots tells whether those of whole numbers use its dot products.
var dots = supportedVNNI()

// UsePlain switches the assembly off, before anything is computed.
func UsePlain() { vector, wide, dots = false, false, false }
