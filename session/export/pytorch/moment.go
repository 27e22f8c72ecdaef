package pytorch

import (
	"errors"
	"maps"
	"slices"

	"descent/core"
	"descent/core/data"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/recipe"
)

// moment is how all stands from a step on.
type moment struct {
	step    int
	words   []string // of the decisions that led to it
	parts   *recipe.Parts
	panel   map[string]knob.Value
	network knob.Layout

	lr         float64
	optimizer  optimizer
	groups     []group
	rate, like string // the schedule
	loss       criterion
	trained    []string       // tensors; nil for all
	frozen     []string       // layers that keep their statistics
	bits       map[string]int // of layers that training sees quantized
	quantizer  string         // the function that does it
	quantize   string         // its definition
	learned    bool           // their scales train
	rank       int
	alpha      float64
}

// group is parameters with a rate and a decay of their own.
type group struct {
	names       []string
	base, share float64 // the rate is share times the schedule's of base
	decay       float64
}

// value is a knob of the moment.
func (m *moment) value(path string) knob.Value { return m.panel[path] }

func (m *moment) num(path string) float64 { return m.panel[path].Num() }
func (m *moment) word(path string) string { return m.panel[path].Word() }

func (m *moment) list(path string) []float64 { return list(m.panel[path]) }

// momentOf is how all stands before a step, or what of it PyTorch cannot be told.
func momentOf(t *core.Trainer, step int) (moment, error) {
	s := t.Settings()
	n, _ := t.Network()
	m := moment{step: step, parts: recipe.NewParts(s, t.Layout()), panel: map[string]knob.Value{}, network: t.Layout(), lr: 0}
	for _, k := range s.Panel() {
		m.panel[k.Knob.Path] = k.Value
	}
	m.lr = m.num("optimizer.lr")
	if err := refuses(&m, t, n); err != nil {
		return m, err
	}
	var err error
	if m.optimizer, err = optimizerOf(&m); err != nil {
		return m, err
	}
	if m.rate, m.like, err = schedule(&m); err != nil {
		return m, err
	}
	m.rate = warmed(m.rate, m.num("schedule.warmup"))
	if m.loss, err = lossOf(&m, counts(n.Data().Train), float64(n.Data().Train.Rows())); err != nil {
		return m, err
	}
	m.rank, m.alpha = m.parts.View.Lora.Rank, m.parts.View.Lora.Alpha
	moving := m.parts.Finetune.Moving(nil, t.Tensors(), t.Layout(), step-1, m.rank > 0)
	if slices.Contains(moving, false) {
		m.trained = []string{}
		layers := map[string]bool{}
		for i, seg := range t.Tensors() {
			layers[seg.Layer] = layers[seg.Layer] || moving[i]
			if moving[i] {
				m.trained = append(m.trained, seg.Name)
			}
		}
		for _, p := range n.Model().Places() {
			if trains, ok := layers[p.Name]; ok && !trains && p.Layer.Kind() == "batch-norm" {
				m.frozen = append(m.frozen, p.Name)
			}
		}
	}
	m.group(t.Tensors())
	m.bits = bitsOf(&m)
	if m.bits != nil {
		m.quantizer, m.quantize, err = quantizer(&m, t.Inert)
		m.learned = slices.ContainsFunc(t.Tensors(), func(s knob.Segment) bool { return s.Role == knob.Step })
	}
	return m, err
}

// bitsOf are the bits of the layers that training sees quantized; nil for none.
func bitsOf(m *moment) map[string]int {
	if m.word("quant.when") != "aware" {
		return nil
	}
	q := &m.parts.View.Quant
	out := map[string]int{}
	for _, seg := range m.network.Kernels() {
		if q.LayerBits(seg.Layer) > 0 {
			out[seg.Layer] = q.Weight(seg.Layer)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// group gathers the tensors by their rates and decays.
func (m *moment) group(layout knob.Layout) {
	rates, decays := m.parts.Groups.Of(layout)
	decay := m.num("optimizer.weight_decay")
	layers := []string{}
	for _, seg := range m.network {
		if !slices.Contains(layers, seg.Layer) {
			layers = append(layers, seg.Layer)
		}
	}
	for i, seg := range layout {
		g := group{base: m.lr, share: 1, decay: decay}
		if rates != nil {
			g.base = rates[i].Of(m.lr)
		}
		if decays != nil {
			g.decay = decays[i].Of(decay)
		}
		g.share = kernel.Power(m.parts.Finetune.RateDecay, len(layers)-1-slices.Index(layers, seg.Layer))
		at := slices.IndexFunc(m.groups, func(h group) bool { return h.base == g.base && h.share == g.share && h.decay == g.decay })
		if at < 0 {
			at = len(m.groups)
			m.groups = append(m.groups, g)
		}
		m.groups[at].names = append(m.groups[at].names, seg.Name)
	}
}

// follows says what of the way from one moment to the next cannot be written.
func (m *moment) follows(was *moment) error {
	if m.word("optimizer.name") != was.word("optimizer.name") && was.word("optimizer.swap_state") == "carry" {
		return errors.New("optimizer.swap_state = carry is not written for PyTorch: its optimizers do not take over each other's state")
	}
	if was.learned && (!m.learned || !maps.Equal(was.bits, m.bits)) {
		return errors.New("learned scales (quant.step) that begin anew are not written for PyTorch")
	}
	if m.rank != was.rank && was.rank > 0 {
		return errors.New("adapters that are taken away, or get another rank, are not written for PyTorch")
	}
	return nil
}

// alphaOf is the share of the teacher in the loss.
func (m *moment) alphaOf() float64 { return m.num("distill.alpha") }

// counts are the rows in which each output is expected to be 1.
func counts(part data.Part) []float64 {
	out := make([]float64, part.Values.Cols)
	for r := range part.Rows() {
		for c := range out {
			if part.Values.Data[r*part.Values.Stride+c] == 1 {
				out[c]++
			}
		}
	}
	return out
}
