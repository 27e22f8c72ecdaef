package curvature_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"descent/core"
	"descent/core/curvature"
	"descent/core/knob"
	"descent/presets/presettest"
)

const normed = `
[data]
set = "moons"
[model]
input = [2]
[[model.layer]]
kind = "dense"
out = 6
[[model.layer]]
kind = "batch-norm"
[[model.layer]]
kind = "relu"
[[model.layer]]
kind = "dense"
out = 2
[loss]
name = "cross-entropy"
`

func length(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum)
}

func TestFiltersOfADirectionAreAsLongAsThoseOfTheWeights(t *testing.T) {
	tr := presettest.Trained(t, normed, 40)
	d := curvature.Random(tr.Layout(), tr.Params(), 7, 1)
	for _, seg := range tr.Layout() {
		each := seg.Size() / seg.Shape[0]
		for f := range seg.Shape[0] {
			of, w := seg.Of(d)[f*each:(f+1)*each], seg.Of(tr.Params())[f*each:(f+1)*each]
			want := length(w)
			if seg.Role != knob.Kernel {
				want = 0
			}
			if math.Abs(length(of)-want) > 1e-12 {
				t.Errorf("%s, filter %d: %v long, the weights %v", seg.Name, f, length(of), want)
			}
		}
	}
	if other := curvature.Random(tr.Layout(), tr.Params(), 8, 1); slices.Equal(d, other) {
		t.Error("another seed gives the same direction")
	}
}

func TestALandscapeIsTheLossOnAPlane(t *testing.T) {
	tr := presettest.Trained(t, normed, 40)
	m := curvature.Landscape{Seed: 5, Radius: 1, W: 13, H: 9}
	hash := tr.Hash()
	partial := 0
	f := m.Follow(context.Background(), tr, func(sofar any) {
		h := sofar.(curvature.Heights)
		if h.Done <= partial {
			t.Errorf("told of %d points after %d", h.Done, partial)
		}
		partial = h.Done
	}).(curvature.Heights)
	if tr.Hash() != hash {
		t.Error("the copy was left elsewhere")
	}
	if f.Done != 13*9 || f.Points != f.Done {
		t.Fatalf("%d of %d points", f.Done, f.Points)
	}
	a, b := curvature.Random(tr.Layout(), tr.Params(), 5, 1), curvature.Random(tr.Layout(), tr.Params(), 5, 2)
	w := slices.Clone(tr.Params())
	for _, i := range []int{0, 12, 58, 100} {
		x, y := -1+2*(float64(i%13)+0.5)/13, 1-2*(float64(i/13)+0.5)/9
		for k, v := range tr.Params() {
			w[k] = v + x*a[k] + y*b[k]
		}
		near(t, "a height", f.Value[i], tr.LossAt(w, tr.Data().Train), 1e-12)
	}
	if middle := f.Value[4*13+6]; math.Abs(middle-tr.LossAt(tr.Params(), tr.Data().Train)) > 1e-12 {
		t.Errorf("the middle is %v high", middle)
	}
}

func TestThePathLiesOnItsPrincipalDirections(t *testing.T) {
	tr := presettest.Trainer(t, small)
	var path []*core.Snapshot
	for range 6 {
		path = append(path, tr.Snapshot())
		for range 20 {
			tr.Step()
		}
	}
	m := curvature.Landscape{Path: true, Radius: 0.2, W: 8, H: 8}
	f := m.FollowPath(context.Background(), tr, path, func(any) {}).(curvature.Heights)
	if len(f.Path) != 7 || f.Path[6].Step != 120 || math.Abs(f.Path[6].X) > 1e-12 || math.Abs(f.Path[6].Y) > 1e-12 {
		t.Fatalf("path %+v", f.Path)
	}
	if e := f.Explained; !(e[0] >= e[1] && e[1] > 0 && e[0]+e[1] <= 1+1e-12 && e[0]+e[1] > 0.8) {
		t.Errorf("explained %v", e)
	}
	for _, q := range f.Path {
		if q.X < f.Left || q.X > f.Right || q.Y < f.Bottom || q.Y > f.Top {
			t.Errorf("%+v is not in the picture", q)
		}
	}
	if short := m.FollowPath(context.Background(), tr, path[:1], func(any) {}).(curvature.Heights); short.Note == "" {
		t.Error("two points have no plane, and nothing says so")
	}
}

func TestALandscapeOfAnySizeIsFilled(t *testing.T) {
	tr := presettest.Trained(t, small, 10)
	for _, s := range [][2]int{{1, 1}, {1, 7}, {30, 1}, {3, 2}, {17, 9}} {
		f := presettest.Find[curvature.Heights](curvature.Landscape{Radius: 1, W: s[0], H: s[1]}, tr)
		if f.Done != s[0]*s[1] || slices.ContainsFunc(f.Value, math.IsNaN) {
			t.Errorf("%v: %d points, %v", s, f.Done, f.Value)
		}
	}
}
