package data

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// division is the rows of a table by what they are for, each in the order of the table.
type division struct{ train, val, test []int }

// split shares out rows 0 to rows−1 as the spec says, by the seed. strata are the
// classes of rows, nil where the targets are numbers.
func (t *Table) split(rows int, s Spec, strata []int, seed uint64) (division, error) {
	nVal, nTest := portion(s.Validation, rows), portion(s.Test, rows)
	if s.Split == splitFolds {
		nVal = 0
	}
	if nVal+nTest >= rows {
		key := "data.validation"
		if s.Test > 0 {
			key = "data.test"
		}
		return division{}, blame(key, "%s %v leaves no row of %d to train on", key, map[bool]float64{true: s.Test, false: s.Validation}[s.Test > 0], rows)
	}
	source := rand.NewPCG(seed, 0)
	order := make([]int, rows)
	part := make([]int, rows) // of each row: 0 for training, 1 for validation, 2 for the test
	switch s.Split {
	case splitStratified:
		if strata == nil {
			return division{}, blame("data.split", `data.split = "stratified" needs classes, and these targets are numbers; "random" takes any`)
		}
		shuffle(order, source)
		stratify(part, order, strata, nVal, nTest)
	case splitTime, splitOrder:
		for i := range order {
			order[i] = i
		}
		if s.Split == splitTime {
			slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(t.Times[a], t.Times[b]) })
		}
		mark(part, order[rows-nTest:], 2)
		mark(part, order[rows-nTest-nVal:rows-nTest], 1)
	case splitGroup:
		if err := t.splitGroups(part, rows, nVal, nTest, source); err != nil {
			return division{}, err
		}
	case splitFolds:
		if err := t.splitFolds(part, s, strata, nTest, source); err != nil {
			return division{}, err
		}
	default:
		shuffle(order, source)
		mark(part, order[:nVal], 1)
		mark(part, order[nVal:nVal+nTest], 2)
	}
	var p division
	for r, k := range part {
		switch k {
		case 1:
			p.val = append(p.val, r)
		case 2:
			p.test = append(p.test, r)
		default:
			p.train = append(p.train, r)
		}
	}
	return p, nil
}

func portion(fraction float64, rows int) int {
	return int(math.Round(float64(fraction * float64(rows))))
}

func mark(part, rows []int, as int) {
	for _, r := range rows {
		part[r] = as
	}
}

// stratify marks rows of each class for validation and test, in the order given.
func stratify(part, order, strata []int, nVal, nTest int) {
	counts := make([]int, slices.Max(strata)+1)
	for _, r := range order {
		counts[strata[r]]++
	}
	train := shares(counts, len(order)-nVal-nTest)
	rest := make([]int, len(counts))
	for c := range rest {
		rest[c] = counts[c] - train[c]
	}
	test := shares(rest, nTest)
	for _, r := range order {
		c := strata[r]
		switch {
		case rest[c] > test[c]:
			rest[c]--
			part[r] = 1
		case test[c] > 0:
			rest[c]--
			test[c]--
			part[r] = 2
		}
	}
}

// shares divides n among classes of so many rows, by largest remainder, of equals the
// class that comes first.
func shares(counts []int, n int) []int {
	total := 0
	for _, k := range counts {
		total += k
	}
	out, left := make([]int, len(counts)), n
	if total == 0 {
		return out
	}
	byRemainder := make([]int, len(counts))
	for c, k := range counts {
		byRemainder[c] = c
		out[c] = k * n / total
		left -= out[c]
	}
	slices.SortStableFunc(byRemainder, func(a, b int) int { return cmp.Compare(counts[b]*n%total, counts[a]*n%total) })
	for _, c := range byRemainder[:left] {
		out[c]++
	}
	return out
}

// group is the rows that hold the same value of data.group.
type group struct{ rows []int }

// groups are those of the first rows, in the order of the table.
func (t *Table) grouped(rows int) []group {
	index := map[string]int{}
	var out []group
	for r, name := range t.Groups[:rows] {
		i, ok := index[name]
		if !ok {
			i = len(out)
			index[name] = i
			out = append(out, group{})
		}
		out[i].rows = append(out[i].rows, r)
	}
	return out
}

// splitGroups holds out whole groups, in random order: each that brings the number of
// rows held out closer to what was asked for, the last for training excepted.
func (t *Table) splitGroups(part []int, rows, nVal, nTest int, source *rand.PCG) error {
	groups := t.grouped(rows)
	order := make([]int, len(groups))
	shuffle(order, source)
	left := len(groups)
	taken := make([]bool, len(groups))
	for _, side := range []struct{ as, want int }{{1, nVal}, {2, nTest}} {
		held := 0
		for _, g := range order {
			n := len(groups[g].rows)
			if taken[g] || left == 1 || side.want == 0 || abs(held+n-side.want) >= abs(held-side.want) {
				continue
			}
			mark(part, groups[g].rows, side.as)
			taken[g] = true
			held += n
			left--
		}
		if held == 0 && side.want > 0 {
			return blame("data.group", "no group of data.group is small enough to be held out: there are %d, in %d rows", len(groups), rows)
		}
	}
	return nil
}

// splitFolds holds out one of several folds, of the rows that are not for the test.
func (t *Table) splitFolds(part []int, s Spec, strata []int, nTest int, source *rand.PCG) error {
	rows := len(part)
	order := make([]int, rows)
	shuffle(order, source)
	if len(t.Groups) > 0 {
		if err := t.splitGroups(part, rows, 0, nTest, source); err != nil {
			return err
		}
		groups := slices.DeleteFunc(t.grouped(rows), func(g group) bool { return part[g.rows[0]] == 2 })
		if len(groups) < s.Folds {
			return blame("data.folds", "there are %d groups for %d folds", len(groups), s.Folds)
		}
		slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(len(b.rows), len(a.rows)) })
		sizes := make([]int, s.Folds)
		for _, g := range groups { // the largest into the smallest fold
			f := slices.Index(sizes, slices.Min(sizes))
			sizes[f] += len(g.rows)
			if f == s.Fold-1 {
				mark(part, g.rows, 1)
			}
		}
		return nil
	}
	if strata != nil {
		stratify(part, order, strata, 0, nTest)
	} else {
		mark(part, order[:nTest], 2)
	}
	order = slices.DeleteFunc(order, func(r int) bool { return part[r] == 2 })
	if len(order) < s.Folds {
		return blame("data.folds", "there are %d rows for %d folds", len(order), s.Folds)
	}
	if strata == nil {
		from := 0
		for f := range s.Folds {
			n := len(order) / s.Folds
			if f < len(order)%s.Folds {
				n++
			}
			if f == s.Fold-1 {
				mark(part, order[from:from+n], 1)
			}
			from += n
		}
		return nil
	}
	// The classes in the order of the first row of each, one after the other: every
	// k-th row is of the same fold, which tells how many of a class a fold has.
	seen := map[int]int{} // the number of a class in that order
	sizes := []int{}
	for r := range rows {
		if part[r] == 2 {
			continue
		}
		c, ok := seen[strata[r]]
		if !ok {
			c = len(sizes)
			seen[strata[r]] = c
			sizes = append(sizes, 0)
		}
		sizes[c]++
	}
	want := make([]int, len(sizes))
	at := 0
	before := make([]int, len(sizes)) // rows of the class in folds that come earlier
	for c, n := range sizes {
		for i := range n {
			switch f := (at + i) % s.Folds; {
			case f == s.Fold-1:
				want[c]++
			case f < s.Fold-1:
				before[c]++
			}
		}
		at += n
	}
	for _, r := range order {
		c := seen[strata[r]]
		switch {
		case before[c] > 0:
			before[c]--
		case want[c] > 0:
			want[c]--
			part[r] = 1
		}
	}
	return nil
}

func abs(n int) int { return max(n, -n) }
