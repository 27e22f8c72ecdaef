package data

import (
	"math/bits"
	"math/rand/v2"
)

// Order says which rows make up the batch of a step: a pure function of the
// seed, the step and the batch size. Each epoch is a new permutation; its last
// batch may be shorter.
type Order struct {
	Seed    uint64
	Rows    int
	Shuffle bool

	epoch  int // the one that perm holds, from 0; −1 for none
	source rand.PCG
	perm   []int
}

// NewOrder shuffles so many rows by the seed.
func NewOrder(seed uint64, rows int) *Order {
	return &Order{Seed: seed, Rows: rows, Shuffle: true, epoch: -1, perm: make([]int, rows)}
}

// Batches is the number of batches in an epoch; size 0 takes all rows.
func (o *Order) Batches(size int) int {
	if size <= 0 || size >= o.Rows {
		return 1
	}
	return (o.Rows + size - 1) / size
}

// Batch is the rows of a step, counted from 1. The slice is valid until the
// next call. A batch of all rows is in table order.
func (o *Order) Batch(step, size int) []int {
	batches := o.Batches(size)
	epoch, at := (step-1)/batches, (step-1)%batches
	if batches == 1 || !o.Shuffle {
		epoch = -2
	}
	if epoch != o.epoch {
		if epoch < 0 {
			for i := range o.perm {
				o.perm[i] = i
			}
		} else {
			o.source.Seed(o.Seed, uint64(epoch))
			shuffle(o.perm, &o.source)
		}
		o.epoch = epoch
	}
	if batches == 1 {
		return o.perm
	}
	return o.perm[at*size : min((at+1)*size, o.Rows)]
}

// shuffle fills dst with a random permutation (Fisher-Yates).
func shuffle(dst []int, source *rand.PCG) {
	for i := range dst {
		j, _ := bits.Mul64(source.Uint64(), uint64(i+1))
		dst[i] = dst[j]
		dst[j] = i
	}
}
