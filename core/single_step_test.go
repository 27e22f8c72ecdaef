package core_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
)

// Steps in float32 keep weights and state in it, whether they are taken in float32, in
// float64 and rounded, inspected, or gone back to; whoever looks on changes nothing.
func TestStepsInFloat32(t *testing.T) {
	for _, set := range [][]string{
		{"optimizer.name=sgd"},
		{"optimizer.name=momentum"},
		{"optimizer.name=nesterov", "optimizer.weight_decay=0.1"},
		{"optimizer.name=adam"},
		{"optimizer.name=adamw"},
		{"optimizer.name=adam", "optimizer.amsgrad=true"},
		{"optimizer.name=lion"},
		{"optimizer.name=lbfgs"},
		{"optimizer.name=adam", "train.clip_norm=0.1"},
		{"optimizer.name=adam", "prune.sparsity=0.5"},
		{"optimizer.name=adam", "train.ema=0.9"},
		{"optimizer.name=sam"},
	} {
		t.Run(fmt.Sprint(set), func(t *testing.T) {
			turns := append([]string{"train.precision=float32"}, set...)
			plain, watched := preset(t, "spiral", turns...), preset(t, "spiral", turns...)
			var kept *core.Snapshot
			for step := range 30 {
				a, b := plain.Step(), watched.Step
				if step%7 == 3 {
					watched.Inspect(nil)
				} else {
					b()
				}
				watched.OptimizerState()
				watched.Trace()
				if step == 20 {
					kept = watched.Snapshot()
				}
				if a.Loss != watched.Last().Loss {
					t.Fatalf("step %d: loss %v, and %v where somebody looks on", step, a.Loss, watched.Last().Loss)
				}
			}
			for _, b := range append(plain.OptimizerState(), knob.Buffer{Name: "weights", Data: plain.Params()}) {
				if strings.HasPrefix(b.Name, "lbfgs/") {
					continue // whose history stays float64
				}
				if i := slices.IndexFunc(b.Data, func(v float64) bool { return v != float64(float32(v)) }); i >= 0 {
					t.Fatalf("%s: %v is no float32", b.Name, b.Data[i])
				}
			}
			want := plain.Hash()
			if got := watched.Hash(); got != want {
				t.Fatal("other bits where somebody looks on")
			}
			watched.Restore(kept)
			for range 9 {
				watched.Step()
			}
			if watched.Hash() != want {
				t.Fatal("other bits after going back")
			}
			if copied := plain.Copy(); copied.Step().Loss != plain.Step().Loss || copied.Hash() != plain.Hash() {
				t.Fatal("a copy goes on otherwise")
			}
		})
	}
}
