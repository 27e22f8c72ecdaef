package nn

import (
	"descent/core/kernel"

	"gonum.org/v1/gonum/blas/blas64"
)

// rowsOf are the rows from and to before.
func rowsOf[T kernel.Float](m kernel.Matrix[T], from, to int) kernel.Matrix[T] {
	if from == to {
		return kernel.Matrix[T]{Cols: m.Cols, Stride: m.Stride}
	}
	m.Data, m.Rows = m.Data[from*m.Stride:(to-1)*m.Stride+m.Cols], to-from
	return m
}

func rowOf[T kernel.Float](m kernel.Matrix[T], r int) []T {
	return m.Data[r*m.Stride : r*m.Stride+m.Cols]
}

// plain is a matrix whose rows lie behind each other.
func plain[T kernel.Float](data []T, rows, cols int) kernel.Matrix[T] {
	return kernel.Matrix[T]{Rows: rows, Cols: cols, Stride: cols, Data: data[:rows*cols]}
}

// general is a matrix of float64 as the other packages have them.
func general(m kernel.Matrix[float64]) blas64.General { return blas64.General(m) }

func fill[T kernel.Float](v []T, x T) {
	if len(v) == 0 {
		return
	}
	v[0] = x
	for n := 1; n < len(v); n *= 2 {
		copy(v[n:], v[:n])
	}
}

func total[T kernel.Float](v []T) T {
	s := T(0)
	for _, x := range v {
		s += x
	}
	return s
}

// sum is total in float64.
func sum[T kernel.Float](v []T) (s float64) {
	for _, x := range v {
		s += float64(x)
	}
	return s
}

func add[T kernel.Float](to, a, b kernel.Matrix[T]) {
	for r := range to.Rows {
		dst, second := rowOf(to, r), rowOf(b, r)
		for i, v := range rowOf(a, r) {
			dst[i] = v + second[i]
		}
	}
}
