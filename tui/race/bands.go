package race

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/session/journal"
	"descent/session/live"
	"descent/tui/draw"
)

// run is one repetition of a race, for each racer in the order of entry.
type run []live.Outcome

// runs returns the race itself, where it began at step 0 as its repetitions do, and
// these.
func runs(f *live.Frame) []run {
	var out []run
	if f.Race.From == 0 {
		out = append(out, first(f))
	}
	for _, h := range f.Heats.Runs {
		out = append(out, h.Outcomes)
	}
	return out
}

// points is the length of the curve of an outcome.
const points = 60

// first is the race on the screen as a run.
func first(f *live.Frame) run {
	s := f.Standings()
	out := make(run, len(f.Race.Racers))
	for i, e := range f.Race.Racers {
		out[i] = live.Outcome{Loss: math.NaN(), Accuracy: math.NaN()}
		for _, r := range s.Rows {
			if r.Branch != e.Branch {
				continue
			}
			sum, n := make([]float64, points), make([]float64, points)
			for _, b := range r.Curves.Train {
				if b.Count > 0 && b.Last > f.Race.From && b.First <= f.Race.End {
					at := min(max((b.Last-f.Race.From-1)*points/max(f.Race.End-f.Race.From, 1), 0), points-1)
					sum[at], n[at] = sum[at]+b.Sum, n[at]+float64(b.Count)
				}
			}
			for k := range sum {
				sum[k] /= n[k] // NaN where there is none
			}
			out[i] = live.Outcome{Loss: r.Loss, Accuracy: r.Accuracy, Diverged: r.Diverged, Curve: filled(sum)}
		}
	}
	return out
}

// filled repeats the value before in gaps between two values.
func filled(v []float64) []float64 {
	end := len(v)
	for end > 0 && math.IsNaN(v[end-1]) {
		end--
	}
	for i := 1; i < end; i++ {
		if math.IsNaN(v[i]) {
			v[i] = v[i-1]
		}
	}
	return v
}

// won returns the index of the best racer of a run, −1 if all diverged.
func won(r run, accuracy bool) int {
	best := -1
	key := func(o live.Outcome) float64 {
		if accuracy {
			return -o.Accuracy
		}
		return o.Loss
	}
	for i, o := range r {
		if o.Diverged > 0 || math.IsNaN(key(o)) {
			continue
		}
		if best < 0 || key(o) < key(r[best]) {
			best = i
		}
	}
	return best
}

// bands draws what the repetitions have found: the median curve of each racer, with
// the lowest and the highest of the chosen one, and for each racer how often it won,
// and the median of its losses with the least and the greatest.
func bands(t *draw.Theme, f *live.Frame, chosen journal.BranchID, w, h int) []string {
	if f.Race == nil || f.Heats == nil || len(f.Heats.Runs) == 0 {
		return nil
	}
	all := runs(f)
	s := f.Standings()
	labels := make([]string, len(f.Race.Racers))
	for _, row := range s.Rows {
		labels[row.Hue] = row.Label
	}
	wins := make([]int, len(labels))
	for _, one := range all {
		if i := won(one, s.By == "accuracy"); i >= 0 && i < len(wins) {
			wins[i]++
		}
	}
	title := fmt.Sprintf(" %d seeds", len(all))
	if len(all) == 1 {
		title = " 1 other seed"
	}
	if f.Race.From > 0 {
		title += ", from step 0 with the same knobs"
	}
	title += ": median, and lowest and highest, of the loss"
	out := []string{"", t.Muted.Render(draw.Crop(title, w, "…"))}
	order := make([]int, len(labels))
	for i := range order {
		order[i] = i
	}
	spread := func(i int) (low, middle, high float64) {
		var v []float64
		for _, one := range all {
			if i < len(one) {
				v = append(v, finite(one[i].Loss))
			}
		}
		return triple(v)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		_, x, _ := spread(a)
		_, y, _ := spread(b)
		return cmp.Or(cmp.Compare(wins[b], wins[a]), cmp.Compare(x, y))
	})
	wide := 6
	for _, l := range labels {
		wide = min(max(wide, draw.Width(l)), 20)
	}
	room := max(h-2, 0)
	tall := 0
	if left := room - len(order); left >= 7 {
		tall = left
	}
	for n, i := range order {
		if n >= room-tall {
			break
		}
		low, middle, high := spread(i)
		text := fmt.Sprintf("  won %2d of %d   %s  (%s to %s)", wins[i], len(all), draw.Between("", loss(middle), 8), loss(low), loss(high))
		if diverged := divergedIn(all, i); diverged > 0 {
			text += fmt.Sprintf("   diverged in %d", diverged)
		}
		out = append(out, " "+t.Branch(i).Render(string(t.Trace(i).Sign))+" "+t.Text.Render(draw.FitLine(labels[i], wide)+text))
	}
	if tall > 0 {
		out = append(out, chart(t, f, all, chosen, w, tall)...)
	}
	return out
}

// chart draws the medians, and the band of the chosen racer.
func chart(t *draw.Theme, f *live.Frame, all []run, chosen journal.BranchID, w, h int) []string {
	cols := w - draw.ChartMargin - 1
	if cols < 20 || h < 5 {
		return nil
	}
	var medians []draw.Curve
	for i, e := range f.Race.Racers {
		low, middle, high := make([]float64, cols), make([]float64, cols), make([]float64, cols)
		for c := range cols {
			var v []float64
			for _, one := range all {
				if i < len(one) && len(one[i].Curve) > 0 {
					if at := one[i].Curve[c*len(one[i].Curve)/cols]; !math.IsNaN(at) {
						v = append(v, at)
					}
				}
			}
			low[c], middle[c], high[c] = triple(v)
		}
		median := draw.Curve{Values: middle, Trace: t.Trace(i)}
		if e.Branch == chosen {
			median.Low, median.High = low, high
		}
		medians = append(medians, median)
	}
	out := t.Chart(draw.Plot{Curves: medians, Fine: true}, cols, h-1)
	return append(out, t.Muted.Render(strings.Repeat(" ", draw.ChartMargin-1)+"└"+strings.Repeat("─", cols)))
}

// triple is the lowest, the median and the highest of numbers, NaN of none.
func triple(v []float64) (low, middle, high float64) {
	if len(v) == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	slices.Sort(v)
	return v[0], v[len(v)/2], v[len(v)-1]
}

// finite puts a loss that is none behind all others.
func finite(v float64) float64 {
	if math.IsNaN(v) {
		return math.Inf(1)
	}
	return v
}

func loss(v float64) string {
	if math.IsInf(v, 1) || math.IsNaN(v) {
		return "–"
	}
	return draw.Significant(v)
}

func divergedIn(all []run, i int) (n int) {
	for _, one := range all {
		if i < len(one) && one[i].Diverged > 0 {
			n++
		}
	}
	return n
}
