package pytorch

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"descent/core"
	"descent/core/data"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/nn"
	"descent/core/objective"
	"descent/core/tensor"
	"descent/session/export/format"
)

// Limits of what a file holds, so that neither it nor memory grows without end.
const (
	mostRows = 1 << 25 // of all batches together
	mostKept = 1 << 28 // elements of dropout masks
	answered = 256     // rows that a teacher is asked at a time
	mostSeen = 1 << 26 // numbers of augmented rows
)

// record is all that a run needs to be done again elsewhere.
type record struct {
	trainer *core.Trainer
	seed    uint64
	rows    int // to train on

	start   []tensor.Tensor // weights and statistics
	moments []moment
	losses  []float64

	answers  []float64 // of the teacher to the rows of the data; nil without one
	seen     []float64 // the rows of all batches, where they are augmented
	order    []float64 // rows of all batches, one behind the other
	ends     []float64 // of each batch, among them
	whole    bool      // every batch was of all rows
	masks    map[int][]float64
	kept     map[string][]float64 // masks of dropouts, a row for each row of a batch
	dropouts bool                 // there are any
	adapters []tensor.Tensor      // and learned scales, as they began
}

// gather computes the run again and records it.
func gather(ctx context.Context, s format.Subject) (*record, error) {
	r := &record{masks: map[int][]float64{}, kept: map[string][]float64{}, whole: true}
	decisions := s.Session.Decisions()
	taken := 0
	var order *data.Order
	err := format.Walk(ctx, s, func(t *core.Trainer) error {
		r.trainer, r.seed = t, t.Recipe().Seed
		n, ok := t.Network()
		if !ok {
			return errors.New("a test surface has no network that PyTorch could train")
		}
		r.rows = n.Data().Train.Rows()
		if teacher, _ := n.Teacher(); teacher != nil {
			for from := 0; from < r.rows; from += answered {
				out := teacher.Answer(n.Data().Train.Cut(from, min(from+answered, r.rows)).X)
				for i := range out.Rows {
					r.answers = append(r.answers, out.Data[i*out.Stride:i*out.Stride+out.Cols]...)
				}
			}
		}
		order = data.NewOrder(kernel.Mix(r.seed, "order"), r.rows)
		for _, seg := range t.Layout() {
			r.start = append(r.start, tensor.Tensor{Name: seg.Name, Shape: seg.Shape, Data: slices.Clone(seg.Of(t.Params()))})
		}
		for _, b := range knob.Copies(t.Statistics()) {
			r.start = append(r.start, tensor.Tensor{Name: b.Name, Shape: []int{len(b.Data)}, Data: b.Data})
		}
		return nil
	}, func(t *core.Trainer, step int) error {
		n, _ := t.Network()
		var words []string
		fresh := step == 1
		for ; taken < len(decisions) && decisions[taken].Step <= step; taken++ {
			d := decisions[taken]
			if d.Act != nil {
				return fmt.Errorf("the decision %q at step %d changes weights or teacher, which is not written for PyTorch", d.Words, d.Step)
			}
			words = append(words, d.Words)
			fresh = true
		}
		last := r.last()
		if fresh || t.View().Due(step-1) || last.parts.Finetune.Changes(step-1) {
			m, err := momentOf(t, step)
			if err != nil {
				return err
			}
			m.words = words
			if last != nil {
				if err := m.follows(last); err != nil {
					return err
				}
			}
			if last == nil || len(words) > 0 || !slices.Equal(m.trained, last.trained) {
				r.moments = append(r.moments, m)
			}
			for _, seg := range t.Tensors()[len(t.Layout()):] {
				if !slices.ContainsFunc(r.adapters, func(a tensor.Tensor) bool { return a.Name == seg.Name }) {
					r.adapters = append(r.adapters, tensor.Tensor{Name: seg.Name, Shape: seg.Shape, Data: slices.Clone(seg.Of(t.Params()))})
				}
			}
			order.Shuffle = m.parts.Train.Shuffle
		}
		m := r.last()
		size, count := m.parts.Train.Batch, m.parts.Train.Accumulate
		if m.optimizer.full {
			size, count = 0, 1
		}
		for i := range count {
			rows := order.Batch((step-1)*count+1+i, size)
			r.whole = r.whole && len(rows) == r.rows
			if len(r.order)+len(rows) > mostRows {
				return fmt.Errorf("the run takes more than %d rows in all, more than its order is written for", mostRows)
			}
			for _, row := range rows {
				r.order = append(r.order, float64(row))
			}
			r.ends = append(r.ends, float64(len(r.order)))
		}
		return r.augmented(n, step, count)
	}, func(t *core.Trainer, report core.Report) error {
		r.losses = append(r.losses, report.Loss)
		if mask := t.View().Mask(); mask != nil || len(r.masks) > 0 {
			r.mask(report.Step, mask)
		}
		return r.keep(t)
	})
	if err != nil {
		return nil, err
	}
	if len(r.losses) == 0 {
		return nil, errors.New("the session has not taken a step yet; train first")
	}
	return r, nil
}

// augmented keeps the rows of a step as augmentation makes them, where it does.
func (r *record) augmented(n *objective.Network, step, batches int) error {
	rows := int(r.ends[len(r.ends)-1])
	if b := len(r.ends) - 1 - batches; b >= 0 {
		rows -= int(r.ends[b])
	}
	if r.seen == nil && !n.Preview(step, 0, 1).On {
		return nil
	}
	b := n.Preview(step, 0, rows)
	width := b.After.X.Cols
	switch before := len(r.order) - rows; {
	case b.Share < 1:
		return errors.New("mixup and cutmix (augment.mixup, augment.cutmix) are not written for PyTorch")
	case r.last().alphaOf() > 0 && r.answers != nil:
		return errors.New("distillation of augmented rows is not written for PyTorch")
	case batches > 1:
		return errors.New("augmentation with train.accumulate above 1 is not written for PyTorch")
	case len(r.order)*width > mostSeen:
		return fmt.Errorf("the run sees more than %d augmented numbers, more than are written into a file", mostSeen)
	case r.seen == nil && before > 0: // it was switched on just now
		one := make([]float64, width)
		for _, row := range r.order[:before] {
			n.Data().Train.Gather(one, []int{int(row)})
			r.seen = append(r.seen, one...)
		}
	}
	r.seen = append(r.seen, b.After.X.Data[:rows*width]...)
	return nil
}

// last is the latest moment.
func (r *record) last() *moment {
	if len(r.moments) == 0 {
		return nil
	}
	return &r.moments[len(r.moments)-1]
}

// mask notes the mask under which a step was taken, if it is another.
func (r *record) mask(step int, mask []float64) {
	if mask == nil {
		mask = make([]float64, r.trainer.Layout().Size())
		for i := range mask {
			mask[i] = 1
		}
	}
	latest := 0
	for at := range r.masks {
		latest = max(latest, at)
	}
	if latest == 0 || !slices.Equal(r.masks[latest], mask) {
		r.masks[step] = slices.Clone(mask)
	}
}

// keep notes what dropouts let through in the step.
func (r *record) keep(t *core.Trainer) error {
	n, _ := t.Network()
	last := 0
	if len(r.ends) > 1 {
		last = int(r.ends[len(r.ends)-2])
	}
	rows := int(r.ends[len(r.ends)-1]) - last
	for _, p := range n.Model().Places() {
		mask := nn.Kept(p.Layer, rows)
		if mask == nil {
			continue
		}
		r.dropouts = true
		if r.last().parts.Train.Accumulate > 1 {
			return errors.New("dropout with train.accumulate above 1 is not written for PyTorch")
		}
		total := len(mask)
		for _, k := range r.kept {
			total += len(k)
		}
		if total > mostKept {
			return fmt.Errorf("the run draws more than %d numbers for dropout, more than are written into a file", mostKept)
		}
		for _, v := range mask {
			if v != 0 {
				v = 1
			}
			r.kept[p.Name] = append(r.kept[p.Name], v)
		}
	}
	return nil
}
