package kernel

//go:noescape
func cpuid(leaf, sub uint32) (eax, ebx, ecx, edx uint32)

//go:noescape
func xgetbv() (eax, edx uint32)

// supported reports whether processor and operating system have AVX2 and FMA.
func supported() bool {
	const fma, osxsave, avx, avx2 = 1 << 12, 1 << 27, 1 << 28, 1 << 5
	highest, _, _, _ := cpuid(0, 0)
	if highest < 7 {
		return false
	}
	_, _, c, _ := cpuid(1, 0)
	if c&fma == 0 || c&osxsave == 0 || c&avx == 0 {
		return false
	}
	if state, _ := xgetbv(); state&6 != 6 {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&avx2 != 0
}

// present512 reports whether processor and operating system have AVX-512.
func present512() bool {
	const avx512f = 1 << 16
	if !supported() {
		return false
	}
	if state, _ := xgetbv(); state&0xe6 != 0xe6 {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&avx512f != 0
}

// supported512 reports whether there is AVX-512 that is faster than AVX2. AMD's first
// generation with it splits it into halves, which is slower on narrow products.
func supported512() bool {
	if !present512() {
		return false
	}
	_, maker, _, _ := cpuid(0, 0)
	a, _, _, _ := cpuid(1, 0)
	family := a>>8&0xf + a>>20&0xff
	const amd = 0x68747541 // "Auth"
	return maker != amd || family >= 0x1a
}

// supportedVNNI reports whether that AVX-512 has dot products of integers of 16 bits.
func supportedVNNI() bool {
	const vnni = 1 << 11
	_, _, c, _ := cpuid(7, 0)
	return supported512() && c&vnni != 0
}
