package pytorch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"descent/core"
	"descent/core/data"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/nn"
	"descent/core/objective"
	"descent/core/recipe"
	"descent/core/tensor"
	"descent/session/export/format"
)

// Limits of what a file holds, so that neither it nor memory grows without end.
const (
	mostRows = 1 << 25 // of all batches together
	mostKept = 1 << 28 // elements of dropout masks
)

// record is all that a run needs to be done again elsewhere.
type record struct {
	trainer *core.Trainer
	seed    uint64
	rows    int // to train on

	start   []tensor.Tensor // weights and statistics
	moments []moment
	losses  []float64

	order    []float64 // rows of all batches, one behind the other
	ends     []float64 // of each batch, among them
	whole    bool      // every batch was of all rows
	masks    map[int][]float64
	kept     map[string][]float64 // masks of dropouts, a row for each row of a batch
	dropouts bool                 // there are any
	adapters []tensor.Tensor      // as they began
	notes    []string
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
			if len(r.adapters) == 0 && m.rank > 0 {
				for _, seg := range t.Tensors()[len(t.Layout()):] {
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
		if n.Preview(step, 0, 1).On {
			return errors.New("augmentation of the rows is not written for PyTorch: its chances are this program's own")
		}
		return nil
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
	rank       int
	alpha      float64
}

// group is parameters with a rate and a decay of their own.
type group struct {
	names       []string
	base, share float64 // the rate is share times the schedule's of base
	decay       float64
}

func (m *moment) num(path string) float64 { return m.panel[path].Num() }
func (m *moment) word(path string) string { return m.panel[path].Word() }

// list are the numbers of a list.
func (m *moment) list(path string) []float64 {
	var out []float64
	for _, text := range m.panel[path].Items() {
		var v float64
		if _, err := fmt.Sscan(text, &v); err == nil {
			out = append(out, v)
		}
	}
	return out
}

// momentOf is how all stands before a step, or what of it PyTorch cannot be told.
func momentOf(t *core.Trainer, step int) (moment, error) {
	s := t.Settings()
	n, _ := t.Network()
	m := moment{step: step, parts: recipe.NewParts(s, t.Layout()), panel: map[string]knob.Value{}, network: t.Layout(), lr: 0}
	for _, k := range s.Panel() {
		m.panel[k.Knob.Path] = k.Value
	}
	m.lr = m.num("optimizer.lr")
	if err := m.refuses(t, n); err != nil {
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
	if m.loss, err = lossOf(&m, n.Model().Out()); err != nil {
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
	return m, m.quantizes(t)
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

// quantizes says how training sees weights rounded, if it does.
func (m *moment) quantizes(t *core.Trainer) error {
	q := &m.parts.View.Quant
	if m.word("quant.when") != "aware" {
		return nil
	}
	m.bits = map[string]int{}
	for _, seg := range m.network.Kernels() {
		if b := q.LayerBits(seg.Layer); b > 0 {
			m.bits[seg.Layer] = q.Weight(seg.Layer)
		}
	}
	if len(m.bits) == 0 {
		m.bits = nil
		return nil
	}
	if observer := m.word("quant.observer"); observer != "min-max" && t.Inert("quant.observer") == "" {
		return fmt.Errorf("quant.observer = %q is not written for PyTorch; min-max is", observer)
	}
	if m.word("quant.step") == "learned" {
		return errors.New("learned scales (quant.step) are not written for PyTorch")
	}
	dims := "tuple(range(w.dim()))"
	if m.word("quant.granularity") == "channel" {
		dims = "tuple(range(1, w.dim()))"
	}
	mean := `    kept = torch.ones_like(w) if mask is None else mask
    scale = (w * kept).abs().sum(` + dims + `, keepdim=True) / kept.sum(` + dims + `, keepdim=True).clamp(min=1)
`
	m.quantizer = m.word("quant.scheme") + "_by_" + m.word("quant.granularity")
	switch scheme := m.word("quant.scheme"); scheme {
	case "symmetric":
		m.quantize = `
def ` + m.quantizer + `(w, bits, mask):
    """Integer multiples of a scale of ` + m.word("quant.granularity") + `s, zero point 0."""
    if bits == 1:
` + strings.ReplaceAll(mean, "    ", "        ") + `        return scale * w.sign()
    scale = w.abs().amax(` + dims + `, keepdim=True) / (2 ** (bits - 1) - 1)
    return torch.where(scale > 0, scale * torch.round(w / scale), w)
`
	case "affine":
		m.quantize = `
def ` + m.quantizer + `(w, bits, mask):
    """A scale and a zero point for the range of ` + m.word("quant.granularity") + `s."""
    low, high = w.amin(` + dims + `, keepdim=True).clamp(max=0), w.amax(` + dims + `, keepdim=True).clamp(min=0)
    scale = (high - low) / (2**bits - 1)
    zero = torch.round(-low / scale)
    rounded = scale * (torch.clamp(torch.round(w / scale) + zero, 0, 2**bits - 1) - zero)
    return torch.where(scale > 0, rounded if mask is None else rounded * mask, w)
`
	case "ternary":
		m.quantize = `
def ` + m.quantizer + `(w, bits, mask):
    """-s, 0 and s, s the mean of the absolute weights (Ma et al. 2024)."""
` + mean + `    return torch.where(scale > 0, scale * torch.round(torch.clamp(w / scale, -1, 1)), w)
`
	case "binary":
		m.quantize = `
def ` + m.quantizer + `(w, bits, mask):
    """-s and s, s the mean of the absolute weights (Rastegari et al. 2016)."""
` + mean + `    return scale * w.sign()
`
	default:
		return fmt.Errorf("quant.scheme = %q is not written for PyTorch", scheme)
	}
	return nil
}

// told are the knobs that are written, or that are asked for by refuses; those of a
// table end in a point.
var told = []string{
	"optimizer.name", "optimizer.lr", "optimizer.momentum", "optimizer.dampening", "optimizer.lr_decay", "optimizer.initial_accumulator_value",
	"optimizer.eps", "optimizer.rho", "optimizer.alpha", "optimizer.centered", "optimizer.beta1", "optimizer.beta2", "optimizer.amsgrad", "optimizer.lambd",
	"optimizer.t0", "optimizer.etaminus", "optimizer.etaplus", "optimizer.step_size_min", "optimizer.step_size_max", "optimizer.max_iter", "optimizer.max_eval",
	"optimizer.history_size", "optimizer.tolerance_grad", "optimizer.tolerance_change", "optimizer.line_search_fn", "optimizer.momentum_decay", "optimizer.decay_rate",
	"optimizer.clip_threshold", "optimizer.least_scale", "optimizer.weight_decay", "optimizer.decoupled", "optimizer.decay_biases", "optimizer.groups", "optimizer.swap_state", "optimizer.swap_lr",
	"schedule.name", "schedule.gamma", "schedule.step_size", "schedule.milestones", "schedule.start_factor", "schedule.end_factor", "schedule.total_iters", "schedule.power",
	"schedule.eta_min", "schedule.t_max", "schedule.t_0", "schedule.t_mult", "schedule.max_lr", "schedule.total_steps", "schedule.pct_start", "schedule.div_factor", "schedule.final_div_factor",
	"schedule.step_size_up", "schedule.step_size_down", "schedule.mode", "schedule.timescale", "schedule.decay", "schedule.warmup",
	"schedule.factor", "schedule.patience", "schedule.threshold", "schedule.cooldown", "schedule.min_lr",
	"loss.name", "loss.delta", "loss.beta", "loss.tau", "loss.weights", "loss.label_smoothing", "loss.ignore_index", "loss.gamma", "loss.alpha", "loss.margin", "loss.pos_weight",
	"train.batch", "train.accumulate", "train.accumulate_by", "train.shuffle", "train.noise", "train.noise_decay", "train.steps", "train.eval_every",
	"train.clip_norm", "train.clip_value", "train.ema", "train.metrics", "train.train_loss",
	"finetune.freeze", "finetune.only", "finetune.probe", "finetune.unfreeze", "finetune.rate_decay", "finetune.replay", "finetune.lora_rank", "finetune.lora_alpha", "finetune.l2_sp", "finetune.ewc",
	"prune.", "quant.", "distill.", "augment.", "surface.",
}

// unknown names a knob that is turned and of which nothing is written.
func (m *moment) unknown(t *core.Trainer) error {
	var plain recipe.Settings
	for _, path := range []string{recipe.OptimizerName, recipe.ScheduleName, recipe.LossName} {
		if next, err := plain.With(path, m.panel[path]); err == nil {
			plain = next
		}
	}
	for _, k := range plain.Panel() {
		path := k.Knob.Path
		known := slices.ContainsFunc(told, func(s string) bool { return s == path || strings.HasSuffix(s, ".") && strings.HasPrefix(path, s) })
		if v := m.panel[path]; !known && !v.Equal(k.Value) && t.Inert(path) == "" {
			return fmt.Errorf("%s = %v is not written for PyTorch", path, v)
		}
	}
	return nil
}

// refuses names a setting that PyTorch cannot be told.
func (m *moment) refuses(t *core.Trainer, n *objective.Network) error {
	teacher, _ := n.Teacher()
	if err := m.unknown(t); err != nil {
		return err
	}
	for _, r := range []struct {
		path string
		does bool
		why  string
	}{
		{"train.noise", m.num("train.noise") > 0, "its noise is this program's own"},
		{"distill.alpha", teacher != nil && m.num("distill.alpha") > 0, "distillation"},
		{"distill.feature_weight", teacher != nil && m.word("distill.features") != "" && m.word("distill.features") != "off" && m.num("distill.feature_weight") > 0, "distillation"},
		{"finetune.l2_sp", m.num("finetune.l2_sp") > 0, "a penalty of fine-tuning"},
		{"finetune.ewc", m.num("finetune.ewc") > 0, "a penalty of fine-tuning"},
		{"finetune.replay", m.num("finetune.replay") > 0 && t.Recipe().Pretrain.Recipe != nil, "rows of an earlier task"},
		{"prune.regrow", m.num("prune.regrow") > 0 && m.num("prune.sparsity") > 0, "weights that regrow"},
		{"quant.activations", m.num("quant.activations") > 0, "rounding of the inputs of layers"},
		{"train.accumulate_by", m.word("train.accumulate_by") == recipe.ByRows && m.num("train.accumulate") > 1 && len(m.list("loss.weights")) > 0, "batches weighted by classes"},
	} {
		if r.does {
			return fmt.Errorf("%s = %v is not written for PyTorch: %s", r.path, m.panel[r.path], r.why)
		}
	}
	return nil
}

// follows says what of the way from one moment to the next cannot be written.
func (m *moment) follows(was *moment) error {
	if m.word("optimizer.name") != was.word("optimizer.name") && was.word("optimizer.swap_state") == "carry" {
		return errors.New("optimizer.swap_state = carry is not written for PyTorch: its optimizers do not take over each other's state")
	}
	if m.rank != was.rank && was.rank > 0 {
		return errors.New("adapters that are taken away, or get another rank, are not written for PyTorch")
	}
	return nil
}
