//go:build !amd64

package kernel

func supported() bool { return false }

func supported512() bool { return false }

func supportedVNNI() bool { return false }

func transposed(dst, src []float64, dstStep, srcStep, rows, cols int) {
	for r := range rows {
		for c := range cols {
			dst[c*dstStep+r] = src[r*srcStep+c]
		}
	}
}

func panels(k int, a view, b []float64, bStep int, c view, from start, row []float64) {
	chains(k, a, b, bStep, c, from, row)
}
