package probe

import (
	"context"

	"descent/core"
	"descent/core/loss"

	"gonum.org/v1/gonum/blas/blas64"
)

// Distillation shows one of the rows that probes judge by: what the teacher says
// of it, what the student, and what is true. It finds a Verdict. The rows are
// those of classes.
type Distillation struct{ Row int }

// Verdict is the distributions over the classes, softened by the temperature
// and as they are.
type Verdict struct {
	Row, Of     int
	Input       []float64
	Truth       int
	HasTeacher  bool // there is a teacher
	Temperature float64
	// What each says, and the same at the temperature; the teacher's are nil
	// without one.
	Student, Teacher         []float64
	SoftStudent, SoftTeacher []float64
}

// Measure runs the row through both.
func (p Distillation) Measure(_ context.Context, t *core.Trainer) any {
	part := Held(t)
	at := min(p.Row, part.Rows()-1)
	one := part.Cut(at, at+1)
	v := Verdict{Row: at, Of: part.Rows(), Input: row(one.X, 0), Truth: one.Classes[0], Temperature: t.Temperature()}
	said := t.Outputs(one.X)
	v.Student, v.SoftStudent = distribution(row(said, 0), 1), distribution(row(said, 0), v.Temperature)
	n, _ := t.Network()
	if teacher, _ := n.Teacher(); teacher != nil {
		said := teacher.Answer(one.X)
		v.HasTeacher = true
		v.Teacher, v.SoftTeacher = distribution(row(said, 0), 1), distribution(row(said, 0), v.Temperature)
	}
	return v
}

// distribution is the softmax of scores over the temperature.
func distribution(scores []float64, temperature float64) []float64 {
	out := make([]float64, len(scores))
	for i, v := range scores {
		out[i] = v / temperature
	}
	loss.Softmax(blas64.General{Rows: 1, Cols: len(out), Stride: len(out), Data: out})
	return out
}
