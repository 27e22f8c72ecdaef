package data_test

import (
	"slices"
	"testing"

	"descent/core/data"

	"pgregory.net/rapid"
)

func TestEveryEpochVisitsEveryRowOnce(t *testing.T) {
	for _, c := range []struct{ rows, size int }{{10, 3}, {10, 5}, {10, 1}, {10, 10}, {10, 0}, {10, 99}, {1, 1}, {97, 32}} {
		for _, shuffle := range []bool{true, false} {
			o := data.NewOrder(3, c.rows)
			o.Shuffle = shuffle
			batches := o.Batches(c.size)
			for epoch := range 3 {
				var seen []int
				for i := range batches {
					batch := o.Batch(epoch*batches+i+1, c.size)
					if c.size > 0 && len(batch) > c.size || i < batches-1 && len(batch) != c.size {
						t.Errorf("%d rows by %d: batch %d has %d", c.rows, c.size, i, len(batch))
					}
					seen = append(seen, batch...)
				}
				slices.Sort(seen)
				if len(seen) != c.rows || len(slices.Compact(seen)) != c.rows || seen[0] != 0 || seen[c.rows-1] != c.rows-1 {
					t.Errorf("%d rows by %d, shuffled %v, epoch %d visits %v", c.rows, c.size, shuffle, epoch, seen)
				}
			}
		}
	}
}

func TestBatchesCountsThem(t *testing.T) {
	for _, c := range []struct{ rows, size, want int }{{10, 3, 4}, {10, 5, 2}, {10, 10, 1}, {10, 11, 1}, {10, 0, 1}, {1, 1, 1}} {
		if got := data.NewOrder(1, c.rows).Batches(c.size); got != c.want {
			t.Errorf("%d rows by %d: %d batches, want %d", c.rows, c.size, got, c.want)
		}
	}
}

func TestEpochsDifferAndSeedsDiffer(t *testing.T) {
	epoch := func(seed uint64, n int) []int {
		o := data.NewOrder(seed, 50)
		var out []int
		for i := range 5 {
			out = append(out, o.Batch(n*5+i+1, 10)...)
		}
		return out
	}
	if slices.Equal(epoch(1, 0), epoch(1, 1)) {
		t.Error("two epochs in the same order")
	}
	if slices.Equal(epoch(1, 0), epoch(2, 0)) {
		t.Error("two seeds in the same order")
	}
}

func TestUnshuffledBatchesAreInTableOrder(t *testing.T) {
	o := data.NewOrder(1, 7)
	o.Shuffle = false
	if got := o.Batch(5, 3); !slices.Equal(got, []int{3, 4, 5}) { // the second of the second epoch
		t.Errorf("%v", got)
	}
}

// Whatever was asked before, in whatever order, the answer is the same.
func TestABatchIsAPureFunctionOfSeedStepAndSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(1, 30).Draw(t, "rows")
		seed := rapid.Uint64().Draw(t, "seed")
		used := data.NewOrder(seed, rows)
		for range rapid.IntRange(1, 20).Draw(t, "calls") {
			step := rapid.IntRange(1, 200).Draw(t, "step")
			size := rapid.IntRange(0, 35).Draw(t, "size")
			used.Shuffle = rapid.Bool().Draw(t, "shuffle")
			fresh := data.NewOrder(seed, rows)
			fresh.Shuffle = used.Shuffle
			if a, b := used.Batch(step, size), fresh.Batch(step, size); !slices.Equal(a, b) {
				t.Fatalf("step %d by %d: %v after other calls, %v alone", step, size, a, b)
			}
		}
	})
}

func TestABatchAllocatesNothing(t *testing.T) {
	o, step := data.NewOrder(1, 100), 0
	if n := testing.AllocsPerRun(50, func() { step++; o.Batch(step, 7) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
