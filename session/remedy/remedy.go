// Package remedy finds a remedy for training that has diverged.
package remedy

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/session"
	"descent/session/history"
	"descent/session/journal"
)

// Remedy is the last good step of a training that diverged, and a change that may
// keep it stable. The last finite step is not useful: by then the weights are
// ruined.
type Remedy struct {
	Good   int // the last step with a loss not far above the best
	Branch journal.BranchID
	Scale  []Unscaled     // parts of the data that are large and not standardized
	Change *recipe.Change // a change of a knob there with which training on a copy was stable; nil if none was found
}

// Reached reports whether the position is the last good step.
func (r *Remedy) Reached(branch journal.BranchID, step int) bool {
	return branch == r.Branch && step == r.Good
}

// Unscaled are inputs or targets that are large and not standardized.
type Unscaled struct {
	What string  // "inputs", "targets"
	Size float64 // root mean square of the largest column
	Path string  // the key that standardizes them
}

// Command returns what to try, as flags of a command.
func (r *Remedy) Command() string {
	var parts []string
	scaling := Scaling(r.Scale)
	if scaling != "" {
		parts = append(parts, scaling)
	}
	good := fmt.Sprintf("the last good step is %d", r.Good)
	switch {
	case r.Change == nil && scaling != "":
	case r.Change == nil:
		good += ", and none of the lower learning rates that were tried from there is stable: check the scale of the data and the initialization"
	case scaling != "":
		good += "; without that, " + r.flag() + " is stable for longer"
	default:
		good += ": try " + r.flag()
	}
	return strings.Join(append(parts, good), "; ")
}

// flag is the flag that sets the knob at the last good step.
func (r *Remedy) flag() string {
	if r.Good == 0 {
		return fmt.Sprintf("--set %s=%s", r.Change.Path, r.Change.Value)
	}
	return fmt.Sprintf("--at %d:%s=%s", r.Good+1, r.Change.Path, r.Change.Value)
}

// Scaling describes data that is not standardized and the flags that standardize
// it, "" if there is none.
func Scaling(of []Unscaled) string {
	var flags []string
	for _, u := range of {
		flags = append(flags, "--set "+u.Path+"=true")
	}
	if len(flags) == 0 {
		return ""
	}
	return (&Remedy{Scale: of}).Unscaled() + ": try " + strings.Join(flags, " ")
}

// Unscaled describes data that is not standardized, "" if there is none.
func (r *Remedy) Unscaled() string {
	var parts []string
	for _, u := range r.Scale {
		parts = append(parts, fmt.Sprintf("the %s are around %s and not standardized", u.What, sized(u.Size)))
	}
	return strings.Join(parts, ", ")
}

// sized formats a number to one or two significant digits.
func sized(v float64) string {
	if v >= 1e7 {
		return strconv.FormatFloat(v, 'g', 1, 64)
	}
	unit := math.Pow(10, math.Floor(math.Log10(v))-1)
	text := strconv.FormatFloat(math.Round(v/unit)*unit, 'f', 0, 64)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

const (
	// divergedFactor is the multiple of the best loss above which a loss is no longer good.
	divergedFactor = 100
	// unscaled is the threshold above which data are large; the initial outputs of
	// a network are around 1.
	unscaled = 100
	// stableSteps is the number of steps for which a remedy must be stable on a copy.
	stableSteps = 64
)

// For finds, for a step that diverged, the last good step and a lower learning rate
// that is stable from there, on a copy and within a time limit. The session is not
// modified.
func For(s *session.Session, d *session.Diverged, patience time.Duration) *Remedy {
	r := &Remedy{Branch: s.Position().Branch}
	r.Scale = UnscaledIn(s.Trainer())
	end := time.Now().Add(patience)
	for _, factor := range []float64{divergedFactor, 3, 0} { // nearer to the best if nothing is stable from there, and then the start
		good := lastGood(s, d.Step, factor)
		if factor != divergedFactor && good == r.Good {
			continue
		}
		if factor == divergedFactor {
			r.Good = good
		}
		if turn := lasts(s, good, d, end); turn != nil {
			r.Good, r.Change = good, turn
			break
		}
		if time.Now().After(end) {
			break
		}
	}
	return r
}

// UnscaledIn finds large, unstandardized parts of the training data.
func UnscaledIn(t *core.Trainer) (out []Unscaled) {
	d, r := t.Data(), t.Recipe()
	if d == nil {
		return nil
	}
	largest := func(columns, rows int, at func(row, column int) float64) float64 {
		most := 0.0
		for c := range columns {
			peak, squares := 0.0, 0.0
			for row := range rows {
				peak = max(peak, math.Abs(at(row, c)))
			}
			for row := range rows {
				v := at(row, c) / max(peak, 1)
				squares += v * v / float64(rows)
			}
			most = max(most, max(peak, 1)*math.Sqrt(squares))
		}
		return most
	}
	p := d.Train
	if !r.Data.StandardizeTarget && !d.ByClass {
		if size := largest(p.Values.Cols, p.Rows(), func(row, c int) float64 { return p.Values.Data[row*p.Values.Stride+c] }); size > unscaled {
			out = append(out, Unscaled{"targets", size, "data.standardize_target"})
		}
	}
	if !r.Data.Standardize {
		if size := largest(p.X.Cols, p.Rows(), p.At); size > unscaled {
			out = append(out, Unscaled{"inputs", size, "data.standardize"})
		}
	}
	return out
}

// lastGood returns the last step before a failed one whose loss was at most the
// given multiple of the best; 0 returns the start. A step reports the loss of the
// weights before it, so the state is that after the previous step.
func lastGood(s *session.Session, failed int, times float64) int {
	if times == 0 {
		return 0
	}
	curve := s.Curves().Train
	limit := limitOf(curve, failed, times)
	within := func(v float64) bool { return math.Abs(v) <= limit }
	for _, r := range slices.Backward(s.Recent()) {
		if r.Step < failed && within(r.Loss) {
			return r.Step - 1
		}
	}
	for i := len(curve) - 1; i >= 0; i-- {
		if b := curve[i]; b.First < failed && b.Count > 0 && within(b.Min) && within(b.Max) {
			return min(b.Last, failed) - 1
		}
	}
	return 0
}

// rates are the factors of the learning rate to try.
var rates = []float64{0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10}

// lasts finds a change with which training is stable from a step on, including the
// decisions between that step and the failed one.
func lasts(s *session.Session, from int, d *session.Diverged, end time.Time) *recipe.Change {
	state, err := s.StateAt(from, func(int, int) bool { return time.Now().Before(end) })
	if err != nil {
		return nil
	}
	now := s.Trainer().Settings()
	var path string
	for _, p := range []string{"optimizer.lr", "schedule.max_lr"} {
		if set, err := now.Find(p); err == nil && s.Trainer().Inert(p) == "" && set.Value.Num() > 0 {
			path = p
			break
		}
	}
	var turns []recipe.Change
	if path != "" {
		set, _ := now.Find(path) // found above
		for _, f := range rates {
			if v := rounded(set.Value.Num() * f); v >= set.Knob.Min && v > 0 {
				turns = append(turns, recipe.Change{Path: path, Value: knob.Num(v)})
			}
		}
	}
	if clip, err := now.Find("train.clip_norm"); err == nil && clip.Value.Num() == 0 && s.Trainer().Inert("train.clip_norm") == "" {
		turns = append(turns, recipe.Change{Path: "train.clip_norm", Value: knob.Num(1)})
	}
	limit := limitOf(s.Curves().Train, d.Step, divergedFactor)
	way := s.Trainer().Copy()
	way.Abandon(func() bool { return time.Now().After(end) })
	for _, turn := range turns {
		way.Restore(state)
		err := error(nil)
		for _, e := range s.Decisions() {
			if e.Step > from && e.Step <= d.Step && e.Set != nil {
				err = errors.Join(err, way.Set(e.Set.Path, e.Set.Value))
			}
		}
		if err != nil || way.Set(turn.Path, turn.Value) != nil {
			continue
		}
		good := true
		for i := 0; good && i < stableSteps; i++ {
			if late := time.Now().After(end); late && i < 8 { // too few to decide
				return nil
			} else if late {
				break
			}
			loss := math.Abs(way.Advance().Loss)
			if i == 0 {
				limit = max(limit, 10*loss) // a single batch may be harder than the best
			}
			if way.Broken() {
				return nil
			}
			good = way.Finite() && loss <= limit
		}
		if good {
			return &turn
		}
	}
	return nil
}

// limitOf returns the largest acceptable loss: a multiple of the best before a
// failed step, but at least a fraction of the initial loss, in case the best is
// nearly 0. If losses are negative, the initial loss is the reference.
func limitOf(curve []history.Bucket, failed int, times float64) float64 {
	first, best := math.NaN(), math.Inf(1)
	for _, b := range curve {
		if b.Count == 0 || b.First >= failed {
			continue
		}
		if math.IsNaN(first) {
			first = math.Abs(b.Max)
		}
		best = min(best, b.Min)
	}
	if best < 0 {
		return times * max(first, 1)
	}
	return times * max(best, first/1e4)
}

// rounded removes the rounding noise of a division.
func rounded(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		return v
	}
	return r
}
