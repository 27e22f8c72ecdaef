package compress_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core/compress"
	"descent/core/knob"
	"descent/core/nn"
)

var (
	gridSchemes   = []string{"symmetric", "affine", "ternary", "binary", "bf16", "fp16", "fp8-e4m3", "fp8-e5m2"}
	granularities = []string{"tensor", "channel"}
	observers     = []string{"min-max", "moving average", "percentile", "mse"}
)

// near compares to a part in 1e12 of the largest wanted.
func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	top := 0.0
	for _, v := range want {
		top = max(top, math.Abs(v))
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > tolerance*top || math.IsNaN(got[i]) {
			t.Fatalf("%s: number %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

func TestObserversAndTheirGradientsAreThoseOfTensorOperations(t *testing.T) {
	var ref struct {
		Rows, Cols        int
		Weights, Upstream []float64
		Cases             []struct {
			Scheme, Observer, Granularity string
			Bits                          int
			Percentile                    float64
			Weights, Grad                 []float64
		}
	}
	own(t, "observers.json", &ref)
	for _, c := range ref.Cases {
		v := compress.NewView(kernels([2]int{ref.Rows, ref.Cols})[:1])
		v.Quant.Bits, v.Quant.Scheme, v.Quant.Granularity = c.Bits, c.Scheme, c.Granularity
		v.Quant.Observer, v.Quant.Percentile = c.Observer, c.Percentile
		what := fmt.Sprint(c.Scheme, " ", c.Observer, " ", c.Granularity, " ", c.Bits)
		near(t, what, v.Training(ref.Weights), c.Weights, 1e-12)
		grad := slices.Clone(ref.Upstream)
		v.Straight(ref.Weights, grad)
		near(t, what+", gradient", grad, c.Grad, 1e-12)
	}
}

func TestLearnedStepsAreThoseOfAutograd(t *testing.T) {
	var ref struct {
		Rows, Cols        int
		Weights, Upstream []float64
		Cases             []struct {
			Granularity                            string
			Bits                                   int
			Begin, Steps, Weights, Grad, GradSteps []float64
		}
	}
	own(t, "learned.json", &ref)
	for _, c := range ref.Cases {
		v := compress.NewView(kernels([2]int{ref.Rows, ref.Cols})[:1])
		v.Quant.Bits, v.Quant.Granularity, v.Quant.Step = c.Bits, c.Granularity, "learned"
		layout := v.Layout()
		if len(layout) != 2 || layout[1].Name != "0.step" || layout[1].Size() != len(c.Steps) {
			t.Fatalf("the layout is %v", layout)
		}
		what := fmt.Sprint(c.Granularity, " ", c.Bits)
		params := append(slices.Clone(ref.Weights), make([]float64, len(c.Steps))...)
		steps := layout[1].Of(params)
		v.Begin(layout[1], params)
		near(t, what+", begin", steps, c.Begin, 1e-12)
		copy(steps, c.Steps)
		near(t, what, v.Training(params), c.Weights, 1e-12)
		grad := append(slices.Clone(ref.Upstream), make([]float64, len(c.Steps))...)
		v.Straight(params, grad)
		near(t, what+", gradient", layout[0].Of(grad), c.Grad, 1e-12)
		near(t, what+", gradient of the steps", layout[1].Of(grad), c.GradSteps, 1e-12)

		for i := range steps {
			steps[i] = -steps[i] // a grid has a step by its magnitude
		}
		near(t, what+", mirrored", v.Training(params), c.Weights, 1e-12)
		again := append(slices.Clone(ref.Upstream), make([]float64, len(c.Steps))...)
		v.Straight(params, again)
		for i, g := range layout[1].Of(again) {
			if g != -layout[1].Of(grad)[i] {
				t.Errorf("%s: the gradient of a mirrored step is %v, want %v", what, g, -layout[1].Of(grad)[i])
			}
		}
	}
}

func TestGridsAreThoseOfPyTorchsFakeQuantization(t *testing.T) {
	var ref struct {
		Rows, Cols int
		Weights    []float64
		Cases      []struct {
			Scheme, Granularity string
			Bits                int
			Weights             []float64
		}
	}
	own(t, "fake.json", &ref)
	for _, c := range ref.Cases {
		v := compress.NewView(kernels([2]int{ref.Rows, ref.Cols})[:1])
		v.Quant.Bits, v.Quant.Scheme, v.Quant.Granularity = c.Bits, c.Scheme, c.Granularity
		near(t, fmt.Sprint(c.Scheme, c.Bits, c.Granularity), v.Effective(ref.Weights), c.Weights, 1e-6)
	}
}

// each runs over all that a weight can be rounded by.
func each(f func(v *compress.View, what string), shapes ...[2]int) {
	for _, scheme := range gridSchemes {
		for _, granularity := range granularities {
			for _, observer := range observers {
				for _, step := range []string{"range", "learned"} {
					for _, bits := range []int{1, 2, 3, 8, 16} {
						v := compress.NewView(kernels(shapes...))
						v.Quant.Bits, v.Quant.Scheme, v.Quant.Granularity, v.Quant.Observer, v.Quant.Step = bits, scheme, granularity, observer, step
						f(v, fmt.Sprint(scheme, ", ", granularity, ", ", observer, ", ", step, ", ", bits, " bits"))
					}
				}
			}
		}
	}
}

// params are weights with what the view adds begun.
func params(v *compress.View, w []float64) []float64 {
	layout := v.Layout()
	out := make([]float64, layout.Size())
	copy(out, w)
	for _, seg := range layout {
		if seg.Role == knob.Step {
			v.Begin(seg, out)
		}
	}
	return out
}

func TestRowsOfZerosTinyWeightsAndSingleOnesStaySound(t *testing.T) {
	for name, w := range map[string][]float64{
		"zeros":      {0, 0, 0, 0, 0, 0, 7},
		"a row of 0": {0, 0, 0, 1, -2, 0.5, 7},
		"tiny":       {5e-324, -1e-320, 0, 1e-310, 3e-308, -1e-300, 7},
		"wide":       {1e300, -1e299, 0, 1, -1, 1e-300, 7},
		"single":     {3},
	} {
		shape := [2]int{2, 3}
		if name == "single" {
			shape = [2]int{1, 1}
			w = append(w, 7)
		}
		each(func(v *compress.View, what string) {
			p := params(v, append(slices.Clone(w), 7))
			got := v.Training(p)
			if !nn.Finite(got) {
				t.Errorf("%s, %s: %v becomes %v", name, what, w, got)
			}
			for i, x := range got[:shape[0]*shape[1]] {
				if x != 0 && math.Signbit(x) != math.Signbit(w[i]) {
					t.Errorf("%s, %s: %v becomes %v", name, what, w[i], x)
				}
			}
			if got[shape[0]*shape[1]] != 7 {
				t.Errorf("%s, %s: the bias is rounded", name, what)
			}
			grad := slices.Repeat([]float64{1}, len(p))
			v.Straight(p, grad)
			if !nn.Finite(grad) {
				t.Errorf("%s, %s: the gradient is %v", name, what, grad)
			}
		}, shape)
	}
}

// keptOf are the weights of a group that the mask keeps.
func keptOf(mask, w []float64) (out []float64) {
	for i, m := range mask {
		if m != 0 {
			out = append(out, w[i])
		}
	}
	return out
}

func TestPrunedWeightsHaveNoSayInTheGridOfThoseKept(t *testing.T) {
	const rows, cols = 6, 40
	w := gaussian(rows*cols + rows)
	for _, q := range []compress.Quant{
		{Scheme: "ternary", Bits: 2, Observer: "min-max"},
		{Scheme: "binary", Bits: 1, Observer: "min-max"},
		{Scheme: "symmetric", Bits: 1, Observer: "min-max"},
		{Scheme: "symmetric", Bits: 4, Observer: "percentile", Percentile: 0.9},
		{Scheme: "affine", Bits: 4, Observer: "percentile", Percentile: 0.9},
	} {
		for granularity, groups := range map[string]int{"tensor": 1, "channel": rows} {
			v := compress.NewView(kernels([2]int{rows, cols}))
			v.Prune.Sparsity, v.Prune.Scope = 0.8, "layer"
			v.Remask(w, 0, nil)
			set := func(v *compress.View) {
				v.Quant, v.Quant.Granularity, v.Quant.When = q, granularity, "aware"
			}
			set(v)
			rounded, width := v.Effective(w), rows*cols/groups
			for from := 0; from < rows*cols; from += width {
				to := from + width
				mask := v.Mask()[from:to]
				alone := keptOf(mask, w[from:to])
				if len(alone) == 0 {
					continue
				}
				dense := compress.NewView(kernels([2]int{1, len(alone)})[:1])
				set(dense)
				near(t, fmt.Sprint(q.Scheme, ", ", q.Bits, " bits, ", granularity), keptOf(mask, rounded[from:to]), dense.Effective(alone), 0)
			}
		}
	}
}

func TestAStepThatIsLearnedBeginsByTheWeightsKept(t *testing.T) {
	w := gaussian(206)
	v := compress.NewView(kernels([2]int{5, 40}))
	v.Prune.Sparsity = 0.8
	v.Remask(w[:205], 0, nil)
	v.Quant.Bits, v.Quant.Step = 3, "learned"
	sum := 0.0
	alone := keptOf(v.Mask()[:200], w)
	for _, x := range alone {
		sum += math.Abs(x)
	}
	v.Begin(v.Layout()[2], w)
	if want := 2 * (sum / float64(len(alone))) / math.Sqrt(3); w[205] != want {
		t.Errorf("the step begins at %v, want %v", w[205], want)
	}
}

func TestNaNIsNeverRoundedAway(t *testing.T) {
	each(func(v *compress.View, what string) {
		p := params(v, []float64{1, math.NaN(), -2, 3, 0.5, 1, 0, 0})
		if got := v.Effective(p); !math.IsNaN(got[1]) {
			t.Errorf("%s: NaN becomes %v", what, got[1])
		}
	}, [2]int{2, 3})
}

func TestTheObserverOfTheWholeRangeClipsNothing(t *testing.T) {
	w := gaussian(60)
	for _, scheme := range []string{"symmetric", "affine"} {
		v := compress.NewView(kernels([2]int{5, 11}))
		v.Quant.Bits, v.Quant.Scheme = 4, scheme
		want := slices.Clone(v.Effective(w))
		v.Quant.Observer, v.Quant.Percentile = "percentile", 1
		if got := v.Effective(w); !slices.Equal(got, want) {
			t.Errorf("%s: %v, by min-max %v", scheme, got, want)
		}
	}
}

func TestTheObserverByErrorIsNeverWorseThanTheWholeRange(t *testing.T) {
	w := gaussian(1005)
	w[7] = 9
	apart := func(v *compress.View) (sum float64) {
		for i, x := range v.Effective(w) {
			sum += (x - w[i]) * (x - w[i])
		}
		return sum
	}
	for _, scheme := range []string{"symmetric", "affine"} {
		for bits := 2; bits <= 8; bits++ {
			v := compress.NewView(kernels([2]int{5, 200}))
			v.Quant.Bits, v.Quant.Scheme = bits, scheme
			all := apart(v)
			v.Quant.Observer = "mse"
			if best := apart(v); best > all || bits < 5 && best > 0.7*all {
				t.Errorf("%s, %d bits: error %v, of the whole range %v", scheme, bits, best, all)
			}
		}
	}
}

func TestLayersHaveBitsOfTheirOwn(t *testing.T) {
	layout := kernels([2]int{4, 5}, [2]int{3, 4}, [2]int{2, 3})
	w := gaussian(layout.Size())
	v := compress.NewView(layout)
	v.Quant.Bits, v.Quant.Layers = 3, []string{"0:8", "4:0"}
	got := v.Effective(w)
	for i, bits := range []int{8, 3, 0} {
		kernel := layout[2*i]
		alone := compress.NewView(layout)
		alone.Quant.Bits = bits
		if want := kernel.Of(alone.Effective(w)); !slices.Equal(kernel.Of(got), want) {
			t.Errorf("layer %s: %v, by %d bits %v", kernel.Layer, kernel.Of(got), bits, want)
		}
		if b := v.Quant.Weight(kernel.Layer); b != bits {
			t.Errorf("layer %s has %d bits, want %d", kernel.Layer, b, bits)
		}
	}
	v.Quant.Bits = 0 // then one layer alone
	if got := v.Effective(w); !v.On() || slices.Equal(layout[0].Of(got), layout[0].Of(w)) || !slices.Equal(layout[2].Of(got), layout[2].Of(w)) {
		t.Error("a single layer is not rounded by itself")
	}
}

func TestBitsOfLayersThatDoNotExistAreRefused(t *testing.T) {
	layout := kernels([2]int{4, 5}, [2]int{3, 4})
	for entries, want := range map[string]string{
		"":        "",
		"0:8 2:0": "",
		"1:8":     `quant.layers: there is no layer "1" with a kernel; there are 0, 2`,
		"0:8 0:4": "quant.layers names layer 0 twice",
		"0:17":    `quant.layers takes a layer and its bits from 0 to 16, such as "0:8", not "0:17"`,
		"0:-1":    `quant.layers takes a layer and its bits from 0 to 16, such as "0:8", not "0:-1"`,
		"0":       `quant.layers takes a layer and its bits from 0 to 16, such as "0:8", not "0"`,
		"0:x":     `quant.layers takes a layer and its bits from 0 to 16, such as "0:8", not "0:x"`,
	} {
		q := compress.Quant{Layers: strings.Fields(entries)}
		if err := q.Check(layout); err == nil && want != "" || err != nil && err.Error() != want {
			t.Errorf("%s: %v, want %s", entries, err, want)
		}
	}
	q := compress.Quant{Layers: []string{"0:8"}}
	if err := q.Check(knob.Layout{{Name: "point", Layer: "point", Role: "point", Shape: []int{2}}}); err == nil {
		t.Error("a surface takes bits of layers")
	}
}

func TestAfterTrainingTheTrainingIsInFloat(t *testing.T) {
	w := gaussian(25)
	v := compress.NewView(kernels([2]int{4, 5}))
	v.Quant.Bits, v.Quant.Observer, v.Quant.Step = 3, "percentile", "learned"
	v.Quant.When = "after"
	if len(v.Layout()) != 2 {
		t.Errorf("steps are learned that training does not see: %v", v.Layout())
	}
	if got := v.Training(w[:24]); &got[0] != &w[0] {
		t.Error("training sees rounded weights")
	}
	grad := slices.Clone(w[:24])
	v.Straight(w[:24], grad)
	if !slices.Equal(grad, w[:24]) {
		t.Error("the gradient is cut where nothing is rounded")
	}
	if slices.Equal(v.Effective(w[:24]), w[:24]) {
		t.Error("evaluation sees the weights in float")
	}
}

func TestKnobsWithoutEffectSayWhy(t *testing.T) {
	set := func(f func(q *compress.Quant)) *compress.View {
		v := compress.NewView(kernels([2]int{4, 5}))
		v.Quant.Bits = 4
		f(&v.Quant)
		return v
	}
	for _, c := range []struct {
		path, want string
		set        func(q *compress.Quant)
	}{
		{"quant.step", "", func(*compress.Quant) {}},
		{"quant.step", "only the symmetric scheme can learn its scale", func(q *compress.Quant) { q.Scheme = "affine" }},
		{"quant.step", "under post-training quantization no scale can be learned", func(q *compress.Quant) { q.When = "after" }},
		{"quant.step", "1 bit is a sign; a scale is learned from 2 bits on", func(q *compress.Quant) { q.Bits = 1 }},
		{"quant.step", "1 bit is a sign; a scale is learned from 2 bits on", func(q *compress.Quant) { q.Bits, q.Layers = 0, []string{"0:1"} }},
		{"quant.step", "", func(q *compress.Quant) { q.Bits, q.Layers = 1, []string{"0:8"} }},
		{"quant.step", "", func(q *compress.Quant) { q.Bits = 0 }},
		{"quant.granularity", "", func(*compress.Quant) {}},
		{"quant.granularity", "", func(q *compress.Quant) { q.Scheme = "ternary" }},
		{"quant.granularity", "bf16 has no scale to share", func(q *compress.Quant) { q.Scheme = "bf16" }},
		{"quant.granularity", "fp16 has no scale to share", func(q *compress.Quant) { q.Scheme = "fp16" }},
		{"quant.granularity", "fp8-e4m3 has no scale to share", func(q *compress.Quant) { q.Scheme = "fp8-e4m3" }},
		{"quant.granularity", "fp8-e5m2 has no scale to share", func(q *compress.Quant) { q.Scheme = "fp8-e5m2" }},
		{"quant.percentile", "only the percentile observer uses it", func(*compress.Quant) {}},
		{"quant.percentile", "", func(q *compress.Quant) { q.Observer = "percentile" }},
		{"quant.observer", "", func(*compress.Quant) {}},
		{"quant.observer", "the scales are learned", func(q *compress.Quant) { q.Step = "learned" }},
		{"quant.observer", "1 bit has no range, but the mean magnitude", func(q *compress.Quant) { q.Bits, q.Step = 1, "learned" }},
		{"quant.observer", "", func(q *compress.Quant) { q.Bits, q.Scheme = 1, "affine" }},
		{"quant.observer", "ternary has a fixed range", func(q *compress.Quant) { q.Scheme = "ternary" }},
		{"quant.observer", "", func(q *compress.Quant) { q.Scheme, q.Activations = "ternary", 8 }},
	} {
		if got := set(c.set).Inert(c.path); got != c.want {
			t.Errorf("%s: %q, want %q", c.path, got, c.want)
		}
	}
}
