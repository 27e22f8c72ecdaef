package history

import (
	"math"
	"testing"
)

func TestASpikeOfOneStepShowsAtAnyLength(t *testing.T) {
	var s Series
	for step := 1; step <= 1_000_000; step++ {
		v := 1.0
		if step == 123_456 {
			v = 99
		}
		s.Add(step, v)
	}
	b := s.Buckets()
	if len(b) > bucketLimit {
		t.Errorf("%d buckets, at most %d", len(b), bucketLimit)
	}
	found, count, next := false, 0, 1
	for _, x := range b {
		if x.First != next {
			t.Fatalf("a bucket begins at %d, want %d", x.First, next)
		}
		next = x.Last + 1
		count += x.Count
		found = found || x.Max == 99 && x.First <= 123_456 && 123_456 <= x.Last
	}
	if !found || count != 1_000_000 {
		t.Errorf("spike found %v, %d values", found, count)
	}
}

func TestNaNAndInfinitiesAreLeftOutOfTheMean(t *testing.T) {
	var s Series
	for i, v := range []float64{1, math.NaN(), math.Inf(1), 3} {
		s.Add(i+1, v)
	}
	all := s.Buckets()[0]
	for _, b := range s.Buckets()[1:] {
		all.add(&b)
	}
	if all.Mean() != 2 || all.Last != 4 {
		t.Errorf("mean %v up to step %d, want 2 up to 4", all.Mean(), all.Last)
	}
}
