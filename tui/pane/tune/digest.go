// Package tune holds the panes of a search: the table of its trials, pictures of what
// they found, and the space that is searched.
package tune

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"descent/core/knob"
	"descent/core/search"
	"descent/session/study"
)

// digest is what the panes draw of a reading: computed once for each.
type digest struct {
	*study.Reading
	goals  []goal
	axes   []axis
	place  []int     // from 1 for the best complete trial, 0 for those that do not count; by index
	merit  []float64 // from 0 for the worst of those with a place to 1 for the best; NaN for others
	ranked []int     // the indices of those with a place, the best first
	front  map[int]bool
	pinned map[int]bool
	places [][]float64 // of each trial on each axis, see unit; by index
}

// goal is an objective as it is shown.
type goal struct {
	name string
	high bool // the highest is asked for: values are stored with the other sign
}

// shown is a value of the objective in its own sign.
func (g goal) shown(v float64) float64 {
	if g.high {
		return -v
	}
	return v
}

// axis is a dimension of the search space with a short name.
type axis struct {
	search.Axis             // as it is searched now
	hull        search.Axis // reaches over all that it ever was
	index       int
	name        string
	gone        bool // it was searched over before, and is not now
}

// goals are the objectives of a study; one that has none yet is given a name.
func goals(s study.Spec) (out []goal) {
	for _, o := range s.Objectives {
		name, high := strings.CutPrefix(o, "-")
		out = append(out, goal{name, high})
	}
	if len(out) == 0 {
		out = []goal{{name: "value"}}
	}
	return out
}

// axes are those of the present space, then those that were dropped.
func axes(r *study.Reading) (out []axis) {
	add := func(all []search.Axis, gone bool) {
		for _, a := range all {
			i := slices.IndexFunc(out, func(o axis) bool { return o.Path == a.Path })
			if i < 0 {
				out = append(out, axis{Axis: a, hull: a, gone: gone})
				continue
			}
			out[i].hull = united(out[i].hull, a)
		}
	}
	add(r.Plan.Space.Axes, false)
	add(r.Spec.Axes, true)
	for _, e := range r.Events {
		add(e.Axes, true)
	}
	for i := range out {
		out[i].name, out[i].index = short(out[i].Path, out), i
	}
	return out
}

// united is an axis that reaches over two.
func united(a, b search.Axis) search.Axis {
	switch {
	case a.Kind == search.Choice && b.Kind == search.Choice:
		a.Choices = slices.Clone(a.Choices)
		for _, c := range b.Choices {
			if a.Index(c) < 0 {
				a.Choices = append(a.Choices, c)
			}
		}
		return a
	case a.Kind == search.Choice || b.Kind == search.Choice, a.Low == b.Low && a.High == b.High:
		return a
	case a.Low != b.Low && a.Step > 0:
		a.Kind, a.Step = search.Float, 0
	}
	a.Low, a.High = min(a.Low, b.Low), max(a.High, b.High)
	a.Log, a.Complement = a.Log && a.Low > 0, a.Complement && a.High < 1
	return a
}

// short is the last part of a path, unless another axis has the same; a choice of a
// part goes by the part.
func short(path string, all []axis) string {
	table, name, ok := strings.Cut(path, ".")
	if !ok {
		return path
	}
	if name == "name" {
		return table
	}
	for _, a := range all {
		if _, other, _ := strings.Cut(a.Path, "."); other == name && a.Path != path {
			return path
		}
	}
	return name
}

// newDigest makes the digest of a reading. An earlier one, nil for none, tells an order
// that is nearly right.
func newDigest(r *study.Reading, earlier *digest) *digest {
	n := len(r.Trials)
	d := &digest{
		Reading: r, goals: goals(r.Spec), axes: axes(r),
		place: make([]int, n), merit: make([]float64, n), front: map[int]bool{}, pinned: r.Plan.Pinned,
	}
	for _, number := range r.Front {
		d.front[number] = true
	}
	if earlier != nil {
		for _, i := range earlier.ranked {
			if i < n && d.competes(r.Trials[i]) {
				d.place[i] = -1
				d.ranked = append(d.ranked, i)
			}
		}
	}
	for i, t := range r.Trials {
		d.merit[i] = math.NaN()
		if d.place[i] == 0 && d.competes(t) {
			d.ranked = append(d.ranked, i)
		}
	}
	d.rank()
	d.located(earlier)
	for k, i := range d.ranked {
		d.place[i] = k + 1
		d.merit[i] = 1 - float64(k)/float64(max(len(d.ranked)-1, 1))
		if len(d.ranked) == 1 {
			d.merit[i] = 1
		}
	}
	return d
}

// rank sorts those with a place, the best first.
func (d *digest) rank() {
	type keyed struct {
		front int
		value float64
		i     int
	}
	keys := make([]keyed, len(d.ranked))
	for k, i := range d.ranked {
		keys[k] = keyed{0, d.Trials[i].Values[0], i}
	}
	if len(d.goals) > 1 {
		values := make([][]float64, len(d.ranked))
		for k, i := range d.ranked {
			values[k] = d.Trials[i].Values[:2]
		}
		for k, rank := range search.Ranks(values) {
			keys[k].front = rank
		}
	}
	slices.SortFunc(keys, func(a, b keyed) int {
		return cmp.Or(a.front-b.front, cmp.Compare(a.value, b.value), a.i-b.i)
	})
	for k, key := range keys {
		d.ranked[k] = key.i
	}
}

// competes reports whether a trial counts and has a value of each objective.
func (d *digest) competes(t *study.Trial) bool { return counts(t) && len(t.Values) >= len(d.goals) }

// counts reports whether a trial competes: it is complete, meets the constraints, and
// has a value.
func counts(t *study.Trial) bool {
	return t.State == search.Complete && !(t.Violation > 0) && len(t.Values) > 0 && !math.IsNaN(t.Values[0]) && !math.IsInf(t.Values[0], 0)
}

// value is an objective of a trial as it is stored: what its result says or, as long as
// there is none, its last report; NaN without any.
func value(t *study.Trial, objective int) float64 {
	if objective < len(t.Values) {
		return t.Values[objective]
	}
	for k := len(t.Reports) - 1; k >= 0; k-- {
		if objective < len(t.Reports[k].Values) {
			return float64(t.Reports[k].Values[objective])
		}
	}
	return math.NaN()
}

// index returns the index of the trial of a number, −1 if there is none.
func (d *digest) index(number int) int {
	if number >= 0 && number < len(d.Trials) && d.Trials[number].Number == number {
		return number
	}
	i, ok := slices.BinarySearchFunc(d.Trials, number, func(t *study.Trial, n int) int { return t.Number - n })
	if !ok {
		return -1
	}
	return i
}

// trial returns the trial of a number, nil if there is none.
func (d *digest) trial(number int) *study.Trial {
	if i := d.index(number); i >= 0 {
		return d.Trials[i]
	}
	return nil
}

// unit is where the trial at an index lies along all that an axis ever was, from 0 to 1;
// ok is false if it has no value there.
func (d *digest) unit(a axis, i int) (u float64, ok bool) {
	u = d.places[i][a.index]
	return u, !math.IsNaN(u)
}

// located finds where trials lie; those that an earlier digest has are taken from it.
func (d *digest) located(earlier *digest) {
	same := earlier != nil && earlier.Plan.Decisions == d.Plan.Decisions && len(earlier.axes) == len(d.axes) && earlier.Dir == d.Dir
	d.places = make([][]float64, len(d.Trials))
	for i, t := range d.Trials {
		if same && i < len(earlier.Trials) && earlier.Trials[i] == t {
			d.places[i] = earlier.places[i]
			continue
		}
		at := make([]float64, len(d.axes))
		for k, a := range d.axes {
			at[k] = math.NaN()
			if v, ok := t.Point[a.Path]; ok {
				if u, ok := a.place(v); ok {
					at[k] = u
				}
			}
		}
		d.places[i] = at
	}
}

// place is where a value lies along all that the axis ever was.
func (a axis) place(v knob.Value) (u float64, ok bool) {
	u, ok = a.hull.Unit(v)
	return u, ok && !math.IsNaN(u)
}

// trained is how many steps a trial has trained of how many, all its seeds together.
func (d *digest) trained(t *study.Trial) (done, of int) {
	last := map[int]int{}
	for _, r := range t.Reports {
		last[r.Seed] = max(last[r.Seed], r.Step)
	}
	for _, s := range last {
		done += s
	}
	return max(done, t.Step), d.Spec.Steps * max(d.Spec.Seeds, 1)
}

// state is the standing of a trial: its State with what the study knows beside.
type state struct {
	sign rune
	word string
	tone tone
}

// tone is the meaning that a state has for the eye.
type tone int

const (
	plain tone = iota
	busy
	fine
	quiet
	bad
)

// The states.
var (
	running  = state{'▶', "running", busy}
	waiting  = state{'○', "waiting", busy}
	complete = state{'●', "complete", fine}
	beyond   = state{'!', "infeasible", quiet}
	pruned   = state{'↓', "pruned", quiet}
	stopped  = state{'□', "stopped", quiet}
	failed   = state{'×', "failed", bad}
)

// states are all of them, in the order in which they sort.
var states = []state{complete, running, waiting, beyond, pruned, stopped, failed}

// stateOf is the standing of a trial.
func stateOf(t *study.Trial) state { return states[standing(t)] }

// standing is the index of the state of a trial among states.
func standing(t *study.Trial) int {
	switch {
	case t.State == search.Failed:
		return 6
	case t.Stopped:
		return 5
	case t.State == search.Pruned:
		return 4
	case t.Waits || t.State == search.Waiting:
		return 2
	case t.State == search.Complete && t.Violation > 0:
		return 3
	case t.State == search.Complete:
		return 0
	}
	return 1
}
