package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"descent/core/kernel"
	"descent/core/search/cma"
)

// Constants of CMA-ES.
const (
	cmaDeviation = 1.0 / 6 // at the start, in shares of the range
	cmaElite     = 8       // trials that say how wide the distribution is that begins among them
	cmaMost      = 50      // the most of them
	cmaNarrowest = 0.01    // the least deviation of that distribution
	cmaTries     = 100     // to draw a sample within the range
	cmaLeast     = 1e-7    // deviation in shares of the range below which the search begins again elsewhere
)

// mark is what the note of a trial says.
type mark struct {
	space      string // fingerprint
	generation int
	try        int   // samples drawn before this one
	parents    []int // numbers of the trials of the generation before; at first those where the search began
}

func (m mark) String() string {
	parents := make([]string, len(m.parents))
	for i, p := range m.parents {
		parents[i] = strconv.Itoa(p)
	}
	return fmt.Sprintf("cmaes %s %d %d %s", m.space, m.generation, m.try, strings.Join(parents, ","))
}

// mostTries is how many more samples are drawn where the point was proposed already.
const mostTries = 9

func readMark(note string) (m mark, ok bool) {
	parts := strings.Split(note, " ")
	if len(parts) != 5 || parts[0] != "cmaes" {
		return m, false
	}
	m.space = parts[1]
	var e1, e2 error
	m.generation, e1 = strconv.Atoi(parts[2])
	m.try, e2 = strconv.Atoi(parts[3])
	if e1 != nil || e2 != nil || m.generation < 0 || m.try < 0 || m.try > mostTries {
		return m, false
	}
	if parts[4] == "" {
		return m, true
	}
	for _, p := range strings.Split(parts[4], ",") {
		n, err := strconv.Atoi(p)
		if err != nil {
			return m, false
		}
		m.parents = append(m.parents, n)
	}
	return m, true
}

// replay computes the distribution from the trials.
type replay struct {
	q     Question
	cube  *cube
	axes  []int // axes of numbers with more than one value: the dimensions
	space string
	greed float64

	trials      map[int]Trial
	marks       map[int]mark  // of trials of this space, by number
	generations map[int][]int // their numbers, by generation

	state      *cma.State
	generation int
	restarts   int
	flat       int // generations in a row whose members had equal values
	parents    []int
}

func newReplay(q Question, greed float64) *replay {
	r := &replay{q: q, cube: newCube(q), greed: greed, trials: map[int]Trial{}, marks: map[int]mark{}, generations: map[int][]int{}}
	for i, a := range q.Space.Axes {
		if a.Kind != Choice && a.Count() != 1 {
			r.axes = append(r.axes, i)
		}
	}
	text := fmt.Sprintf("%+v", q.Space.Around)
	for _, i := range r.axes {
		a := q.Space.Axes[i]
		text += fmt.Sprintln(a.Path, a.Kind, a.Low, a.High, a.Log, a.Step)
	}
	r.space = fmt.Sprintf("%08x", uint32(kernel.Mix(0, text)))
	for _, t := range q.Told {
		r.trials[t.Number] = t
		if m, ok := readMark(t.Note); ok && m.space == r.space {
			r.marks[t.Number] = m
			r.generations[m.generation] = append(r.generations[m.generation], t.Number)
		}
	}
	return r
}

// run goes from the start to the present generation.
func (r *replay) run() {
	if len(r.axes) == 0 {
		return
	}
	if first := r.generations[0]; len(first) > 0 {
		r.parents = r.marks[first[0]].parents
	} else {
		r.parents = r.elite()
	}
	r.state = r.start()
	for {
		var parents []int
		if next := r.generations[r.generation+1]; len(next) > 0 {
			parents = r.ended(r.marks[next[0]].parents)
		} else if parents = r.ended(r.generations[r.generation]); len(parents) < r.size() {
			return
		}
		if len(parents) < 2 {
			return
		}
		r.tell(parents)
		r.generation++
		r.parents = parents
	}
}

// size is the number of trials of a generation: twice as many after each restart, as
// in Auger, Hansen, A Restart CMA Evolution Strategy With Increasing Population Size, 2005.
func (r *replay) size() int {
	n := float64(cma.Size(len(r.axes))) * kernel.Exp(float64(math.Ln2*(float64(min(r.restarts, 6))-r.greed)))
	return max(4, int(math.Round(n)))
}

// ended are those of some trials that are known and do not run any more.
func (r *replay) ended(numbers []int) []int {
	var out []int
	for _, n := range numbers {
		if t, ok := r.trials[n]; ok && t.State != Running {
			out = append(out, n)
		}
	}
	return out
}

// elite are the trials around which a new search begins: the best tenth of those that
// know all the axes. Without any it begins at the middle of the space.
func (r *replay) elite() []int {
	var all []int
	for _, t := range r.q.Told {
		if t.State == Running || t.State == Failed || !r.knows(t.Point) {
			continue
		}
		if x := r.coordinates(t); !slices.ContainsFunc(x, func(u float64) bool { return !(u >= 0 && u <= 1) }) {
			all = append(all, t.Number)
		}
	}
	return r.rank(all)[:min((len(all)+9)/10, cmaMost)]
}

func (r *replay) knows(p Point) bool {
	return !slices.ContainsFunc(r.axes, func(i int) bool {
		a := r.q.Space.Axes[i]
		_, ok := p[a.Path]
		return !ok && a.Condition == nil
	})
}

// coordinates are the dimensions of a trial.
func (r *replay) coordinates(t Trial) []float64 {
	all := r.cube.of(t.Point)
	x := make([]float64, len(r.axes))
	for k, i := range r.axes {
		x[k] = all[i]
	}
	return x
}

// start is the distribution at the beginning.
func (r *replay) start() *cma.State {
	d := len(r.axes)
	mean, deviation := make([]float64, d), make([]float64, d)
	around := r.cube.around()
	for k, i := range r.axes {
		mean[k], deviation[k] = 0.5, cmaDeviation
		if around != nil {
			mean[k], deviation[k] = around[i].mu, min(around[i].sigma, cmaDeviation)
		}
	}
	if len(r.parents) > 0 {
		if t, ok := r.trials[r.parents[0]]; ok {
			mean = r.coordinates(t)
			r.narrow(deviation)
		}
	}
	return r.margin(cma.New(mean, deviation))
}

// narrow lowers deviations to those of the trials where the search begins, if there are
// enough of them.
func (r *replay) narrow(deviation []float64) {
	n := float64(len(r.parents))
	if n < cmaElite {
		return
	}
	sum, square := make([]float64, len(deviation)), make([]float64, len(deviation))
	for _, p := range r.parents {
		for k, u := range r.coordinates(r.trials[p]) {
			sum[k] += u / n
			square[k] += float64(u*u) / n
		}
	}
	for k := range deviation {
		spread := math.Sqrt(max(square[k]-float64(sum[k]*sum[k]), 0))
		deviation[k] = min(deviation[k], max(spread, cmaNarrowest))
	}
}

// tell moves the distribution by a generation.
func (r *replay) tell(numbers []int) {
	numbers = r.rank(numbers)
	members := make([][]float64, len(numbers))
	for k, n := range numbers {
		members[k] = r.member(r.trials[n])
	}
	lambda := len(members)
	s := r.state.Tell(members)
	if first, last := r.trials[numbers[0]], r.trials[numbers[lambda-1]]; lambda > 2 && value(first, 0) == value(last, 0) {
		r.flat++
	} else {
		r.flat = 0
	}
	widest := 0.0
	for k := range r.axes {
		s.Mean[k] = min(max(s.Mean[k], 0), 1)
		widest = max(widest, s.Deviation(k))
	}
	if !(widest >= cmaLeast) || !(s.Condition() < 1e14) || widest > 1e3 || r.flat > 10+30*len(r.axes)/lambda {
		r.restarts++
		r.flat = 0
		rng := rand.New(rand.NewPCG(kernel.Mix(r.q.Seed, "restart"), uint64(r.restarts)))
		mean, deviation := make([]float64, len(r.axes)), make([]float64, len(r.axes))
		for k := range mean {
			mean[k], deviation[k] = rng.Float64(), cmaDeviation
		}
		s = cma.New(mean, deviation)
	}
	r.state = r.margin(s)
}

// member is the sample that a trial was: drawn again if it can be, since the point has
// lost what was rounded.
func (r *replay) member(t Trial) []float64 {
	q := r.q
	q.Number = t.Number
	rng := q.Random()
	m := r.marks[t.Number]
	if m.generation == r.generation {
		for range m.try {
			r.point(r.sample(rng), rng)
		}
		x := r.sample(rng)
		if p := r.point(x, rng); p.Equal(t.Point) {
			return x
		}
	}
	return r.state.Inject(r.coordinates(t))
}

// sample draws from the distribution, within the range of the axes without steps.
func (r *replay) sample(rng *rand.Rand) []float64 {
	if r.state == nil {
		return nil
	}
	var x []float64
	for range cmaTries {
		x = r.state.Sample(rng)
		out := false
		for k, u := range x {
			out = out || !(u >= 0 && u <= 1) && !r.stepped(k)
		}
		if !out {
			return x
		}
	}
	for k := range x {
		if !r.stepped(k) {
			x[k] = min(max(x[k], 0), 1)
		}
	}
	return x
}

func (r *replay) stepped(k int) bool { return r.q.Space.Axes[r.axes[k]].Count() > 0 }

// margin keeps the neighbours of the values at the mean likely enough.
func (r *replay) margin(s *cma.State) *cma.State {
	share := 1 / float64(len(r.axes)*cma.Size(len(r.axes)))
	for k, i := range r.axes {
		if !r.stepped(k) {
			continue
		}
		below, above := r.q.Space.Axes[i].share(s.Mean[k])
		s = s.WithMargin(k, below, above, share)
	}
	return s
}

// share are the coordinates between which numbers are rounded to the value at u; at the
// ends of the axis both are the one that lies within it.
func (a Axis) share(u float64) (below, above float64) {
	low, high := a.Inner()
	v := a.FromInner(low + float64(min(max(u, 0), 1)*(high-low))).Num()
	half := float64(a.step() / 2)
	at := func(x float64) float64 { return (a.ToInner(x) - low) / (high - low) }
	last := a.Low + float64(float64(a.Count()-1)*a.step())
	switch {
	case v-half <= a.Low:
		return at(v + half), at(v + half)
	case v+half >= last:
		return at(v - half), at(v - half)
	}
	return at(v - half), at(v + half)
}

// point is the place of a sample; choices are drawn as often as good trials made them.
func (r *replay) point(x []float64, rng *rand.Rand) Point {
	all := slices.Clone(r.cube.missing)
	for k, i := range r.axes {
		all[i] = x[k]
		if r.stepped(k) {
			all[i] = r.state.Rounded(k, x[k])
		}
	}
	p := Point{}
	for i, a := range r.cube.axes {
		if !a.Condition.Holds(p) {
			continue
		}
		if a.Kind == Choice {
			all[i] = r.choose(i, rng.Float64())
		}
		p[a.Path] = r.cube.at(i, all[i])
	}
	return p
}

// choose draws a choice: in proportion to how often it is among the best quarter of the
// trials, and to the prior, which weighs as one trial.
func (r *replay) choose(i int, u float64) float64 {
	a := r.cube.axes[i]
	weights := make([]float64, len(a.Choices))
	around := r.cube.around()
	total := 1.0
	for k := range weights {
		weights[k] = 1 / float64(len(weights))
		if around != nil {
			weights[k] = around[i].choices[k]
		}
	}
	var ended []int
	for _, t := range r.q.Told {
		if _, ok := t.Point[a.Path]; ok && t.State != Running {
			ended = append(ended, t.Number)
		}
	}
	for _, n := range r.rank(ended)[:len(ended)/4] {
		if k := a.Index(r.trials[n].Point[a.Path]); k >= 0 {
			weights[k]++
			total++
		}
	}
	u = float64(u * total)
	for k, w := range weights {
		if u -= w; u < 0 {
			return float64(k)
		}
	}
	return float64(len(weights) - 1)
}

// rank sorts trials, the best first.
func (r *replay) rank(numbers []int) []int {
	q := Question{Number: -1, Objectives: max(r.q.Objectives, 1)}
	for _, n := range numbers {
		q.Told = append(q.Told, r.trials[n])
	}
	var out []int
	for _, i := range stand(q, func(finished int) int { return finished / 2 }).finished {
		out = append(out, q.Told[i].Number)
	}
	return out
}
