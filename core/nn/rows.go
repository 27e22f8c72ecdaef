package nn

import "gonum.org/v1/gonum/blas/blas64"

// rowsOf are the rows from and to before.
func rowsOf(m blas64.General, from, to int) blas64.General {
	if from == to {
		return blas64.General{Cols: m.Cols, Stride: m.Stride}
	}
	m.Data, m.Rows = m.Data[from*m.Stride:(to-1)*m.Stride+m.Cols], to-from
	return m
}

func rowOf(m blas64.General, r int) []float64 {
	return m.Data[r*m.Stride : r*m.Stride+m.Cols]
}

func fill(v []float64, x float64) {
	for i := range v {
		v[i] = x
	}
}

func total(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s
}

func add(to, a, b blas64.General) {
	for r := range to.Rows {
		dst, second := rowOf(to, r), rowOf(b, r)
		for i, v := range rowOf(a, r) {
			dst[i] = v + second[i]
		}
	}
}
