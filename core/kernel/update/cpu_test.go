package update

import (
	"os"
	"strings"
)

// has512 tells whether the processor has AVX-512, whether or not it is used.
func has512() bool {
	text, _ := os.ReadFile("/proc/cpuinfo")
	return strings.Contains(string(text), " avx512f ")
}
