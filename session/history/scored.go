package history

// Scored is the curve of a metric that was asked for, by its name in reports:
// "val_f1".
type Scored struct {
	Name    string
	Buckets []Bucket
}

// scoredStretch is the part of such a series that belongs to a branch, and scoredTail
// its end.
type (
	scoredStretch struct {
		Name string
		Own  stretch
	}
	scoredTail struct {
		Name string
		Tail tail
	}
)

// ScoredTails are those of a tip. They are never modified: a snapshot shares them.
type ScoredTails []scoredTail

// tail is that of a series, empty where it has none.
func (all ScoredTails) tail(name string) tail {
	for i := range all {
		if all[i].Name == name {
			return all[i].Tail
		}
	}
	return tail{}
}

// with are those with another tail of a series.
func (all ScoredTails) with(name string, to tail) ScoredTails {
	out := make(ScoredTails, len(all), len(all)+1)
	copy(out, all)
	for i := range out {
		if out[i].Name == name {
			out[i].Tail = to
			return out
		}
	}
	return append(out, scoredTail{name, to})
}

// ScoredStretches are those of a track. They are never modified: a state that is being
// written shares them.
type ScoredStretches []scoredStretch

// stretch is that of a series, empty where it has none.
func (all ScoredStretches) stretch(name string) stretch {
	for i := range all {
		if all[i].Name == name {
			return all[i].Own
		}
	}
	return stretch{}
}

// with are those with one more bucket of a series, which has a number.
func (all ScoredStretches) with(name string, number int, full Bucket) ScoredStretches {
	out := make(ScoredStretches, len(all), len(all)+1)
	copy(out, all)
	for i := range out {
		if out[i].Name == name {
			out[i].Own.Full = append(out[i].Own.Full, full)
			return out
		}
	}
	return append(out, scoredStretch{name, stretch{number, []Bucket{full}}})
}
