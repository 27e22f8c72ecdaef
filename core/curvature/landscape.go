package curvature

import (
	"context"
	"math"

	"descent/core"
	"descent/core/data"
)

// Landscape is the training loss on a plane through the weights: L(θ + x a + y b), in
// two random directions, filter-normalised, or along the two principal directions of
// the path of the weights. It finds Heights. A surface needs none: see probe.Plane.
// Li et al. 2018, sections 4 and 7; Goodfellow, Vinyals, Saxe, ICLR 2015, for one
// direction.
type Landscape struct {
	Path bool // along the path, else in random directions
	// Seed is that of the random directions.
	Seed uint64
	// Radius is how far the plane reaches from the weights in random directions, in
	// their norms; along the path it is the margin, as a share of its length.
	Radius float64
	W, H   int // points across and down; H 1 is a section along the first direction
}

// Heights is what Landscape found, row by row, the first row topmost, at the middles
// of equal parts. Points that are not there yet are NaN, and so is Value of what is not
// finite.
type Heights struct {
	W, H                     int
	Left, Right, Bottom, Top float64
	Value                    []float64
	Known                    []bool       // whether the point has been evaluated itself
	Path                     []Projection // of earlier weights, oldest first, the present last
	Explained                [2]float64   // share of the path's variance along each direction; 0 in random ones
	Rows, Of                 int          // training rows that the loss is over
	Done, Points             int          // evaluations
	Note                     string       // why there is nothing
}

// Projection is the place of the weights after a step.
type Projection struct {
	Step int
	X, Y float64
}

// Measure leaves the copy elsewhere.
func (m Landscape) Measure(ctx context.Context, t *core.Trainer) any {
	return m.FollowPath(ctx, t, nil, func(any) {})
}

// Follow is Measure that tells what it has so far.
func (m Landscape) Follow(ctx context.Context, t *core.Trainer, tell func(any)) any {
	return m.FollowPath(ctx, t, nil, tell)
}

// The plane is evaluated over so many rows as so many multiply-adds pay for.
const (
	heightWork = 3 << 20
	heightRows = 64
)

// mostOfPath is how many earlier weights are used.
const mostOfPath = 96

// FollowPath is Follow with the snapshots that there are of the path, oldest first,
// which may end before the trainer's own state.
func (m Landscape) FollowPath(ctx context.Context, t *core.Trainer, path []*core.Snapshot, tell func(any)) any {
	out := Heights{W: m.W, H: m.H}
	if _, ok := t.Network(); !ok || m.W < 1 || m.H < 1 {
		return out
	}
	centre, layout := weightsOf(t), t.Layout()
	steps, weights := visited(t, path, centre)
	p := plane{Random(layout, centre, m.Seed, 1), Random(layout, centre, m.Seed, 2)}
	if m.Path {
		var ok bool
		if p, out.Explained, ok = principal(weights); !ok {
			out.Note = "the path has no two directions yet: train on, or take random directions"
			return out
		}
	}
	for i, w := range weights {
		x, y := p.project(w, centre)
		out.Path = append(out.Path, Projection{steps[i], x, y})
	}
	m.frame(&out)
	rows := firstRows(t, heightWork, heightRows)
	out.Rows, out.Of, out.Points = rows.Rows(), t.Data().Train.Rows(), m.W*m.H
	fill(ctx, t, &out, p, centre, rows, tell)
	return out
}

// visited are the steps and weights of the path, the present ones last. It leaves the
// trainer at the present state.
func visited(t *core.Trainer, path []*core.Snapshot, centre []float64) (steps []int, weights [][]float64) {
	now := t.Snapshot()
	every := max((len(path)+mostOfPath-1)/mostOfPath, 1)
	for i := 0; i < len(path); i += every {
		if s := path[i]; s.Step < now.Step && t.Takes(s) {
			t.Restore(s)
			steps, weights = append(steps, s.Step), append(weights, weightsOf(t))
		}
	}
	t.Restore(now)
	return append(steps, now.Step), append(weights, centre)
}

// frame says which part of the plane is shown.
func (m Landscape) frame(out *Heights) {
	out.Left, out.Right, out.Bottom, out.Top = -m.Radius, m.Radius, -m.Radius, m.Radius
	if !m.Path {
		return
	}
	left, right, bottom, top := 0.0, 0.0, 0.0, 0.0
	for _, q := range out.Path {
		left, right, bottom, top = min(left, q.X), max(right, q.X), min(bottom, q.Y), max(top, q.Y)
	}
	margin := float64(m.Radius * max(right-left, top-bottom))
	out.Left, out.Right, out.Bottom, out.Top = left-margin, right+margin, bottom-margin, top+margin
}

// at is the place of point i, column c and row r.
func (h *Heights) at(c, r int) (x, y float64) {
	across, down := (float64(c)+0.5)/float64(h.W), (float64(r)+0.5)/float64(h.H)
	if h.H == 1 {
		return h.Left + float64((h.Right-h.Left)*across), 0
	}
	return h.Left + float64((h.Right-h.Left)*across), h.Top - float64((h.Top-h.Bottom)*down)
}

// fill evaluates the points, coarse ones first, row by row, and lets each stand for
// those around it until they are there.
func fill(ctx context.Context, t *core.Trainer, out *Heights, p plane, centre []float64, rows data.Part, tell func(any)) {
	out.Value, out.Known = make([]float64, out.W*out.H), make([]bool, out.W*out.H)
	for i := range out.Value {
		out.Value[i] = math.NaN()
	}
	w := make([]float64, len(centre))
	for stride := 8; stride >= 1; stride /= 2 {
		for r := stride / 2; r < out.H || r == stride/2; r += stride {
			row := min(r, out.H-1)
			fresh := false
			for c := stride / 2; c < out.W || c == stride/2; c += stride {
				column := min(c, out.W-1)
				i := row*out.W + column
				if out.Known[i] {
					continue
				}
				if ctx.Err() != nil {
					return
				}
				x, y := out.at(column, row)
				for k, v := range centre {
					w[k] = v + float64(x*p.a[k]) + float64(y*p.b[k])
				}
				out.stand(column, row, stride, t.LossAt(w, rows))
				out.Known[i] = true
				out.Done++
				fresh = true
			}
			if fresh {
				told := *out
				told.Value, told.Known = append([]float64(nil), out.Value...), append([]bool(nil), out.Known...)
				tell(told)
			}
		}
	}
}

// stand writes a value to a point and to those around it that have none of their own.
func (h *Heights) stand(c, r, stride int, v float64) {
	half := stride / 2
	for y := max(r-half, 0); y < min(r-half+max(stride, 1), h.H); y++ {
		for x := max(c-half, 0); x < min(c-half+max(stride, 1), h.W); x++ {
			if i := y*h.W + x; !h.Known[i] {
				h.Value[i] = v
			}
		}
	}
	h.Value[r*h.W+c] = v
}
