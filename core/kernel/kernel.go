// Package kernel is the arithmetic below everything: matrix products and
// element-wise loops, in assembly where the processor has it, with portable versions
// in Go that give the same bits.
//
// Every element of a product is one chain of fused multiply-adds in the order
// of the inner index, whatever the blocking, the instruction set and the
// number of threads.
package kernel

// Name returns the instruction set in use: "avx512", "avx2" or "go".
func Name() string {
	if wide {
		return "avx512"
	}
	if vector {
		return "avx2"
	}
	return "go"
}

// Widest returns the widest instruction set there is: it pays for loops over numbers on
// processors too where it does not for products, since they wait for divisions.
func Widest() string {
	if vector && present {
		return "avx512"
	}
	return Name()
}

// present reports whether there is AVX-512.
var present = present512()

// vector reports whether the assembly (AVX2 and FMA) is used.
var vector = supported()

// wide reports whether all of matrix products uses AVX-512, not whole panels alone.
var wide = supported512()

// dots reports whether products of integers use the dot products of AVX-512 VNNI.
var dots = supportedVNNI()

// UsePlain switches the assembly off; it is to be called before anything is computed.
func UsePlain() { vector, wide, dots = false, false, false }
