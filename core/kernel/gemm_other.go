//go:build !amd64

package kernel

func supported() bool { return false }

func transposed(dst, src []float64, dstStep, srcStep, rows, cols int) {
	for r := range rows {
		for c := range cols {
			dst[c*dstStep+r] = src[r*srcStep+c]
		}
	}
}

func panels(k int, a view, b []float64, bStep int, c view, fromC bool) {
	chains(k, a, b, bStep, c, fromC)
}
