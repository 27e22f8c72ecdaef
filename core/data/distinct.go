package data

import (
	"cmp"
	"math/bits"
	"slices"
)

// distinct counts different cells: exactly up to maxWords, then by the hashes below a
// threshold, which is halved whenever there are too many of them.
// M. Wegman's adaptive sampling; P. Flajolet, “On Adaptive Sampling”, Computing 43, 1990.
type distinct struct {
	counts   map[string]int // nil once there are more than maxWords
	sample   map[uint64]struct{}
	level    int  // hashes with as many zeros in front are kept
	repeated bool // one of those was met twice
	example  []string
}

const mostSampled = 4096

func (d *distinct) add(cell []byte) {
	if d.counts != nil || d.sample == nil {
		if n, ok := d.counts[string(cell)]; ok {
			d.counts[string(cell)] = n + 1
			return
		}
		if d.counts == nil {
			d.counts = make(map[string]int)
		}
		if len(d.example) < 5 {
			d.example = append(d.example, brief(string(cell)))
		}
		if len(d.counts) < maxWords {
			d.counts[string(cell)] = 1
			return
		}
		d.sample = make(map[uint64]struct{}, mostSampled)
		for word, n := range d.counts {
			d.repeated = d.repeated || n > 1
			d.sample[hash([]byte(word))] = struct{}{}
		}
		d.counts = nil
	}
	h := hash(cell)
	if bits.LeadingZeros64(h) < d.level {
		return
	}
	if _, ok := d.sample[h]; ok {
		d.repeated = true
		return
	}
	d.sample[h] = struct{}{}
	for len(d.sample) > mostSampled {
		d.level++
		for h := range d.sample {
			if bits.LeadingZeros64(h) < d.level {
				delete(d.sample, h)
			}
		}
	}
}

// number is how many different cells there are.
func (d *distinct) number() int {
	if d.sample == nil {
		return len(d.counts)
	}
	return max(maxWords+1, len(d.sample)<<d.level)
}

// unique tells whether no cell was met twice.
func (d *distinct) unique() bool {
	if d.sample != nil {
		return !d.repeated
	}
	for _, n := range d.counts {
		if n > 1 {
			return false
		}
	}
	return true
}

// values are the different cells, the most frequent first.
func (d *distinct) values() []ValueCount {
	if d.sample != nil {
		return nil
	}
	out := make([]ValueCount, 0, len(d.counts))
	for v, n := range d.counts {
		out = append(out, ValueCount{v, n})
	}
	sortValues(out)
	return out
}

// hash is FNV-1a with the finalizer of MurmurHash3: the same in every run.
func hash(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// holds tells whether a cell, or one with digits of the same shape, is among them; of very many
// cells it may not be known.
func (d *distinct) holds(word string) bool {
	if d.sample != nil {
		_, ok := d.sample[hash([]byte(word))]
		return ok
	}
	if _, ok := d.counts[word]; ok {
		return true
	}
	form := shape(word)
	if form == word {
		return false
	}
	for w := range d.counts {
		if shape(w) == form {
			return true
		}
	}
	return false
}

func sortValues(values []ValueCount) {
	slices.SortFunc(values, func(a, b ValueCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
}
