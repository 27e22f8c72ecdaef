package loss

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Hint returns weight times the mean squared difference of the features of student and
// teacher, both rows×width, and overwrites grad, of the same shape, with the gradient
// with respect to the student's. It panics if the shapes differ.
// Romero et al., “FitNets: Hints for Thin Deep Nets”, ICLR 2015, equation 3, with the
// identity as regressor and the mean instead of the sum.
func Hint(grad, student, teacher blas64.General, weight float64) float64 {
	checkValues(student, teacher)
	sum, scale := 0.0, weight/float64(student.Rows*student.Cols)
	for r := range student.Rows {
		s, t, g := row(student, r), row(teacher, r), row(grad, r)
		for j, v := range s {
			d := v - t[j]
			sum += float64(d * d)
			g[j] = float64(float64(2*scale) * d)
		}
	}
	return float64(sum * scale)
}

// Similarity compares the similarities of the rows of a batch:
//
//	weight / rows² · ‖G(teacher) − G(student)‖²
//
// with G(F) the matrix F Fᵀ with rows normalised to length 1, at any widths. A row of
// zeros has similarity 0 to all.
// Tung, Mori, “Similarity-Preserving Knowledge Distillation”, ICCV 2019, equations 1 to 4.
// Batches of more than 512 rows are compared in blocks of that size, weighted by their
// rows, since time and memory grow with the square of the rows.
type Similarity struct{ own, theirs, lengths []float64 }

// similarityRows is the number of rows of a block.
const similarityRows = 512

// Eval returns the loss of the features of student and teacher, rows×width each, and
// overwrites grad, of the student's shape, with the gradient with respect to the
// student's.
func (s *Similarity) Eval(grad, student, teacher blas64.General, weight float64) (value float64) {
	for from := 0; from < student.Rows; from += similarityRows {
		to := min(from+similarityRows, student.Rows)
		share := float64(to-from) / float64(student.Rows)
		value += s.block(rows(grad, from, to), rows(student, from, to), rows(teacher, from, to), weight*share)
	}
	return value
}

// rows are those of m from one up to another.
func rows(m blas64.General, from, to int) blas64.General {
	m.Rows, m.Data = to-from, m.Data[from*m.Stride:(to-1)*m.Stride+m.Cols]
	return m
}

func (s *Similarity) block(grad, student, teacher blas64.General, weight float64) float64 {
	n := student.Rows
	if len(s.own) < n*n {
		s.own, s.theirs, s.lengths = make([]float64, n*n), make([]float64, n*n), make([]float64, n)
	}
	own := blas64.General{Rows: n, Cols: n, Stride: n, Data: s.own[:n*n]}
	theirs := blas64.General{Rows: n, Cols: n, Stride: n, Data: s.theirs[:n*n]}
	gram(theirs, teacher, s.lengths)
	gram(own, student, s.lengths)
	sum, scale := 0.0, weight/float64(n*n)
	for r := range n {
		g, t := row(own, r), row(theirs, r)
		inner := 0.0
		for j, v := range g {
			d := v - t[j]
			sum += float64(d * d)
			t[j] = float64(float64(2*scale) * d) // ∂/∂G
			inner += float64(t[j] * v)
		}
		for j, v := range g { // through the length of the row
			if s.lengths[r] == 0 {
				t[j] = 0
				continue
			}
			t[j] = (t[j] - float64(inner*v)) / s.lengths[r]
		}
	}
	blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, theirs, student, 0, grad)
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, theirs, student, 1, grad)
	return float64(sum * scale)
}

// gram overwrites g with f fᵀ, its rows normalised to length 1, and lengths with their
// lengths before.
func gram(g, f blas64.General, lengths []float64) {
	blas64.Gemm(blas.NoTrans, blas.Trans, 1, f, f, 0, g)
	for r := range g.Rows {
		v, sum := row(g, r), 0.0
		for _, x := range v {
			sum += float64(x * x)
		}
		lengths[r] = math.Sqrt(sum)
		if lengths[r] == 0 {
			continue
		}
		for j := range v {
			v[j] /= lengths[r]
		}
	}
}
