package importance

import (
	"math"
	"math/rand/v2"
	"slices"

	"descent/core/kernel"
	"descent/core/search"
)

// The size of the forest: trees, and the most trials that one is fitted to.
const (
	trees      = 48
	mostFitted = 1000
)

// ANOVA is another way to compute importances, by values instead of by order: a random
// forest is fitted to the complete trials, and the variance of its predictions over the
// space is divided among the axes: the part of an axis is the variance of the mean
// prediction as a function of that axis alone. Hutter, Hoos, Leyton-Brown, An Efficient
// Approach for Assessing Hyperparameter Importance, ICML 2014 (fANOVA), equations 1 to 6.
// Numbers are on the scale of their axis; an axis that does not exist in a trial is in
// the middle of its range.
//
// The result is in the order of the axes and sums to 1, so interactions are left out;
// all are 0 if the objective is constant. It is nil if fewer than Fewest trials are
// complete. It takes about a second for 1000 trials: Of is for screens.
func ANOVA(space search.Space, trials []search.Trial, objective int) []Importance {
	var rows [][]float64
	var values []float64
	out := make([]Importance, len(space.Axes))
	for _, t := range trials {
		if t.State != search.Complete || objective >= len(t.Values) {
			continue
		}
		if v := t.Values[objective]; !math.IsNaN(v) && !math.IsInf(v, 0) {
			row := make([]float64, len(space.Axes))
			for i, a := range space.Axes {
				u, ok := position(a, t.Point)
				if ok {
					out[i].Trials++
				} else {
					u = 0.5
				}
				row[i] = u
			}
			rows, values = append(rows, row), append(values, v)
		}
	}
	if len(values) < Fewest {
		return nil
	}
	choices := make([]int, len(space.Axes))
	for i, a := range space.Axes {
		out[i].Path = a.Path
		if a.Kind == search.Choice {
			choices[i] = len(a.Choices)
		}
	}
	rng := rand.New(rand.NewPCG(kernel.Mix(0, "importance"), uint64(len(values))))
	for range trees {
		sample := make([]int, min(len(values), mostFitted))
		for i := range sample {
			sample[i] = rng.IntN(len(values))
		}
		f := fit{rows: rows, values: values, choices: choices}
		f.grow(sample, whole(choices))
		for i, v := range f.parts() {
			out[i].Fraction += v
		}
	}
	return normalized(out)
}

// box is a part of the space: an interval of each axis, of choices some of them.
type box struct {
	low, high []float64
	in        [][]bool // of each axis with choices
}

func whole(choices []int) box {
	b := box{low: make([]float64, len(choices)), high: make([]float64, len(choices)), in: make([][]bool, len(choices))}
	for i, n := range choices {
		b.high[i] = 1
		if n > 0 {
			b.in[i] = slices.Repeat([]bool{true}, n)
		}
	}
	return b
}

// share is which part of an axis the box takes.
func (b box) share(axis int) float64 {
	if b.in[axis] == nil {
		return b.high[axis] - b.low[axis]
	}
	n := 0
	for _, in := range b.in[axis] {
		if in {
			n++
		}
	}
	return float64(n) / float64(len(b.in[axis]))
}

func (b box) clone() box {
	c := box{slices.Clone(b.low), slices.Clone(b.high), slices.Clone(b.in)}
	for i := range c.in {
		c.in[i] = slices.Clone(b.in[i])
	}
	return c
}

// leaf is a box in which a tree predicts one value.
type leaf struct {
	box
	value float64
}

// fit is a regression tree while it grows, kept as its leaves.
type fit struct {
	rows    [][]float64
	values  []float64
	choices []int // of each axis, 0 for a range
	leaves  []leaf
}

// split is where a node is divided: an axis at a number, or by choices.
type split struct {
	axis int
	at   float64
	left []bool
	gain float64
}

func (s split) goesLeft(row []float64) bool {
	if s.left != nil {
		return s.left[choiceAt(row[s.axis], len(s.left))]
	}
	return row[s.axis] < s.at
}

// grow divides a sample until its values are equal or nothing tells them apart.
func (f *fit) grow(sample []int, b box) {
	s, ok := f.best(sample)
	if !ok {
		sum := 0.0
		for _, i := range sample {
			sum += f.values[i]
		}
		f.leaves = append(f.leaves, leaf{b, sum / float64(len(sample))})
		return
	}
	var left, right []int
	for _, i := range sample {
		if s.goesLeft(f.rows[i]) {
			left = append(left, i)
		} else {
			right = append(right, i)
		}
	}
	l, r := b.clone(), b.clone()
	if s.left == nil {
		l.high[s.axis], r.low[s.axis] = s.at, s.at
	} else {
		for c, goes := range s.left {
			l.in[s.axis][c] = l.in[s.axis][c] && goes
			r.in[s.axis][c] = r.in[s.axis][c] && !goes
		}
	}
	f.grow(left, l)
	f.grow(right, r)
}

// best is the split that lowers the squared error most.
func (f *fit) best(sample []int) (best split, ok bool) {
	order := slices.Clone(sample)
	for axis, n := range f.choices {
		if n > 0 {
			if s := f.byChoice(axis, n, sample); s.gain > best.gain {
				best, ok = s, true
			}
			continue
		}
		slices.SortFunc(order, func(a, b int) int {
			switch x, y := f.rows[a][axis], f.rows[b][axis]; {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return a - b
		})
		total := 0.0
		for _, i := range order {
			total += f.values[i]
		}
		sum := 0.0
		for k, i := range order[:len(order)-1] {
			sum += f.values[i]
			x, next := f.rows[i][axis], f.rows[order[k+1]][axis]
			if x == next {
				continue
			}
			if g := gain(sum, k+1, total, len(order)); g > best.gain {
				best, ok = split{axis: axis, at: (x + next) / 2, gain: g}, true
			}
		}
	}
	return best, ok
}

// gain is by how much the squared error sinks if the first n of all values are divided
// from the others.
func gain(sum float64, n int, total float64, all int) float64 {
	d := sum/float64(n) - (total-sum)/float64(all-n)
	g := float64(float64(d*d)*float64(n)) * float64(all-n) / float64(all)
	if g <= float64(1e-20*math.Abs(total))*math.Abs(total) { // what rounding leaves of equal values
		return 0
	}
	return g
}

// byChoice divides the choices of an axis, in the order of their mean values, where the
// squared error is least; those that the sample does not have go where most of it goes.
func (f *fit) byChoice(axis, n int, sample []int) split {
	sum, count, order := make([]float64, n), make([]int, n), []int{}
	total := 0.0
	for _, i := range sample {
		c := choiceAt(f.rows[i][axis], n)
		sum[c] += f.values[i]
		total += f.values[i]
		count[c]++
	}
	for c := range count {
		if count[c] > 0 {
			order = append(order, c)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := sum[a]/float64(count[a]), sum[b]/float64(count[b]); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	best, at, most := split{axis: axis}, 0, false
	left, members := 0.0, 0
	for k := 0; k+1 < len(order); k++ {
		left += sum[order[k]]
		members += count[order[k]]
		if g := gain(left, members, total, len(sample)); g > best.gain {
			best.gain, at, most = g, k+1, 2*members >= len(sample)
		}
	}
	best.left = slices.Repeat([]bool{most}, n)
	for k, c := range order {
		best.left[c] = k < at
	}
	return best
}

// parts are the variances of the mean prediction as a function of each axis alone.
func (f *fit) parts() []float64 {
	mean := 0.0
	volume := make([]float64, len(f.leaves))
	for k, l := range f.leaves {
		volume[k] = 1
		for i := range f.choices {
			volume[k] *= l.share(i)
		}
		mean += float64(volume[k] * l.value)
	}
	out := make([]float64, len(f.choices))
	for i, n := range f.choices {
		edges := f.edges(i, n)
		change := make([]float64, len(edges)) // of the mean prediction, at each edge
		for k, l := range f.leaves {
			share := l.share(i)
			if share == 0 {
				continue
			}
			height := volume[k] * l.value / share
			if n > 0 {
				for c, in := range l.in[i] {
					if in {
						change[c] += height
						change[c+1] -= height
					}
				}
				continue
			}
			low, _ := slices.BinarySearch(edges, l.low[i])
			high, _ := slices.BinarySearch(edges, l.high[i])
			change[low] += height
			change[high] -= height
		}
		now := 0.0
		for k := range edges[:len(edges)-1] {
			now += change[k]
			d := now - mean
			out[i] += float64(float64(d*d) * (edges[k+1] - edges[k]))
		}
	}
	return out
}

// edges are where the mean prediction along an axis can change, from 0 to 1.
func (f *fit) edges(axis, choices int) []float64 {
	if choices > 0 {
		out := make([]float64, choices+1)
		for i := range out {
			out[i] = float64(i) / float64(choices)
		}
		return out
	}
	out := []float64{0, 1}
	for _, l := range f.leaves {
		out = append(out, l.low[axis], l.high[axis])
	}
	slices.Sort(out)
	return slices.Compact(out)
}
