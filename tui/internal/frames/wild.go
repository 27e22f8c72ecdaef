package frames

import (
	"testing"

	"descent/session"
	"descent/session/history"
	"descent/session/live"
	"descent/tui/internal/check"
)

// Wild are frames of networks and surfaces in which every number is extreme.
func Wild(t *testing.T) []*live.Frame {
	var out []*live.Frame
	for k := range check.Extremes {
		v := func(i int) float64 { return check.Extremes[(i*7+k)%len(check.Extremes)] }
		bucket := func(i int) history.Bucket {
			return history.Bucket{First: i + 1, Last: i + 1, Count: i % 3, Min: v(i), Max: v(i + 1), Sum: v(i + 2)}
		}
		for _, surface := range []string{"", "saddle", "rosenbrock"} {
			f := Still(t)
			f.Last.Loss, f.Eval.ValLoss, f.Eval.ValAccuracy, f.PerSecond, f.Epoch = v(0), v(1), v(2), v(3), v(4)
			f.Curves = history.Curves{}
			for i := range 40 {
				f.Curves.Train, f.Curves.Val, f.Curves.Old = append(f.Curves.Train, bucket(i)), append(f.Curves.Val, bucket(i+3)), append(f.Curves.Old, bucket(i+5))
				f.Curves.Trajectory = append(f.Curves.Trajectory, history.Point{Step: i, X: v(i), Y: v(i + 9)})
			}
			f.Others = []session.Other{{Label: "other", Curves: f.Curves}}
			f.Branches = []session.BranchSummary{{Label: "main", Head: 1 << 40, Loss: v(5), Last: v(6)}}
			for i := range f.Layers {
				f.Layers[i].Weight, f.Layers[i].Grad, f.Layers[i].Ratio, f.Layers[i].Kept = v(i), v(i+1), v(i+2), v(i+3)
			}
			for i := range f.Visits {
				f.Visits[i].BestLoss, f.Visits[i].BestCorrect, f.Visits[i].Kept, f.Visits[i].Loss = v(i), v(i+1), v(i+2), v(i+3)
			}
			if surface != "" {
				f.Recipe.Surface.Name, f.Recipe.Surface.X, f.Recipe.Surface.Y = surface, v(7), v(8)
				f.Point = history.Point{Step: 40, X: v(10), Y: v(11)}
			}
			out = append(out, f)
		}
	}
	return out
}
