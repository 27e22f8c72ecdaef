package objective

import (
	"descent/core/augment"
	"descent/core/data"
	"descent/core/kernel"

	"gonum.org/v1/gonum/blas/blas64"
)

// evalRows is how many rows an evaluation takes at a time, and augmentation before
// it asks whether to give up.
const evalRows = 256

// batch is the rows of a batch as they go through the network.
type batch struct {
	part    data.Part
	mixed   augment.Mixed // Share is 1 where rows are not mixed with others
	partner data.Part     // targets of the rows that these are mixed with
}

// sampler takes the batches of a data set, with augmentation and rows of the old task.
type sampler struct {
	set     *data.Set
	order   *data.Order
	seed    uint64 // of the recipe
	size    int    // rows in a batch, 0 for all
	augment *augment.Augment
	shape   augment.Shape
	old     *OldTask // what was learnt before; nil if nothing was
	replay  float64  // its share of a batch
	stop    func() bool
	sums    []float64 // see ones

	// Memory of the batch under branch.
	x, y    []float64
	whole   []float64 // all rows, where they are kept as bytes
	classes []int
	weights []float64
	partner data.Part
}

func newSampler(set *data.Set, seed uint64) sampler {
	s := sampler{set: set, seed: seed, order: data.NewOrder(kernel.Mix(seed, "order"), set.Train.Rows())}
	if len(set.Shape) >= 2 {
		h, w := set.Shape[0], set.Shape[1]
		s.shape = augment.Shape{Channels: len(set.Inputs) / (h * w), Height: h, Width: w, Last: set.Last, Mean: set.Mean, Deviation: set.Deviation}
	}
	return s
}

// ones are the sums of the targets of the training rows, by output: of classes how many
// rows each has.
func (s *sampler) ones() []float64 {
	if s.sums == nil {
		values := s.set.Train.Values
		s.sums = make([]float64, values.Cols)
		for r := range values.Rows {
			for j, v := range values.Data[r*values.Stride : r*values.Stride+values.Cols] {
				s.sums[j] += v
			}
		}
	}
	return s.sums
}

// rows is how many rows a batch has, but for the last of an epoch.
func (s *sampler) rows() int {
	rows := s.set.Train.Rows()
	if s.size > 0 {
		rows = min(rows, s.size)
	}
	return rows
}

// take gathers a batch as augmentation makes it; all rows are not copied.
func (s *sampler) take(number int) batch {
	b := batch{mixed: augment.Mixed{Share: 1}}
	rows := s.order.Batch(number, s.size)
	all := &s.set.Train
	changed, replayed := s.augmented(), s.old != nil && s.replay > 0
	if len(rows) == all.Rows() && !changed && !replayed {
		b.part = all.Block(&s.whole, 0, all.Rows())
		return b
	}
	in, out := all.X.Cols, all.Values.Cols
	if len(s.x) < len(rows)*in {
		s.x, s.y = make([]float64, len(rows)*in), make([]float64, len(rows)*out)
		s.classes = make([]int, len(rows))
	}
	part := data.Part{
		X:      blas64.General{Rows: len(rows), Cols: in, Stride: in, Data: s.x[:len(rows)*in]},
		Values: blas64.General{Rows: len(rows), Cols: out, Stride: out, Data: s.y[:len(rows)*out]},
	}
	all.Gather(part.X.Data, rows)
	kernel.Gather(part.Values.Data, all.Values.Data, rows, out)
	if all.Classes != nil {
		part.Classes = s.classes[:len(rows)]
		for i, r := range rows {
			part.Classes[i] = all.Classes[r]
		}
	}
	if all.Weights != nil {
		s.weights = s.weights[:0]
		for _, r := range rows {
			s.weights = append(s.weights, all.Weights[r])
		}
		part.Weights = s.weights
	}
	if replayed {
		s.old.recall(part, number, s.replay)
	}
	if changed {
		for i := range rows {
			if i%evalRows == evalRows-1 && s.stop != nil && s.stop() {
				break
			}
			s.augment.Row(part.X.Data[i*in:(i+1)*in], s.shape, s.seed^augmentStream, number, i)
		}
		if b.mixed = s.augment.Mix(part.X.Data, len(rows), s.shape, s.seed^augmentStream, number); b.mixed.Share < 1 {
			b.partner = s.pair(part, b.mixed.Partner)
		}
	}
	b.part = part
	return b
}

// augmented tells whether a batch is other than its rows.
func (s *sampler) augmented() bool { return s.augment != nil && s.augment.On(s.shape) }

// pair gathers the targets of those that the rows of a batch are mixed with.
func (s *sampler) pair(part data.Part, partner []int) data.Part {
	p, cols := &s.partner, part.Values.Cols
	if cap(p.Values.Data) < part.Rows()*cols {
		p.Values.Data, p.Classes = make([]float64, part.Rows()*cols), make([]int, part.Rows())
	}
	p.Values = blas64.General{Rows: part.Rows(), Cols: cols, Stride: cols, Data: p.Values.Data[:part.Rows()*cols]}
	kernel.Gather(p.Values.Data, part.Values.Data, partner, cols)
	if part.Classes == nil {
		p.Classes = nil
		return *p
	}
	p.Classes = p.Classes[:part.Rows()]
	for i, other := range partner {
		p.Classes[i] = part.Classes[other]
	}
	return *p
}

// augmentStream keeps the chance of augmentation apart from other streams.
const augmentStream = 0xa09e667f3bcc908b

// Batch is rows of a batch, before and after augmentation. Only After.X is other
// than in Before.
type Batch struct {
	Step          int  // whose first batch it is
	Of            int  // the rows in the whole batch
	First         int  // of the rows, the first that is here
	On            bool // any augmentation is
	Before, After data.Part
	Share         float64   // what each row keeps of itself; 1 if none are mixed
	Pasted        bool      // mixed by a rectangle, not by a mean
	Partner       data.Part // the targets of the rows mixed in, without X; empty if none are
}

// preview is the rows of a batch from first on, at most so many, valid until the
// next batch is taken.
func (s *sampler) preview(number, first, most int) Batch {
	as := s.augment
	s.augment = nil
	plain := s.take(number).part
	s.augment = as
	from := min(first, plain.Rows())
	to := min(from+most, plain.Rows())
	before := append([]float64(nil), plain.Cut(from, to).X.Data...)
	after := s.take(number)
	b := Batch{
		Of: after.part.Rows(), First: from, On: s.augmented(),
		After: after.part.Cut(from, to), Share: after.mixed.Share, Pasted: after.mixed.Pasted,
	}
	b.Before = b.After
	b.Before.X.Data = before
	if b.Share < 1 {
		b.Partner = after.partner.Cut(from, to)
	}
	return b
}
