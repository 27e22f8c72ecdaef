package pytorch

import (
	"fmt"
	"slices"
	"strings"

	"descent/core"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/objective"
	"descent/core/recipe"
)

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
	"schedule.factor", "schedule.patience", "schedule.threshold", "schedule.cooldown", "schedule.min_lr", "schedule.monitor", "schedule.phases",
	"loss.name", "loss.delta", "loss.beta", "loss.tau", "loss.weights", "loss.label_smoothing", "loss.ignore_index", "loss.gamma", "loss.alpha", "loss.margin", "loss.pos_weight", "loss.class_weight",
	"train.precision", "train.batch", "train.accumulate", "train.accumulate_by", "train.shuffle", "train.noise", "train.noise_decay", "train.steps", "train.eval_every",
	"train.clip_norm", "train.clip_value", "train.ema", "train.swa_start", "train.swa_every", "train.metrics", "train.train_loss", "train.stop", "train.stop_delta", "train.keep", "train.monitor", "optimizer.adam_share",
	"finetune.freeze", "finetune.only", "finetune.probe", "finetune.unfreeze", "finetune.rate_decay", "finetune.replay", "finetune.lora_rank", "finetune.lora_alpha", "finetune.l2_sp", "finetune.ewc",
	"prune.", "quant.", "distill.", "augment.", "surface.",
}

// unknown names a knob that is turned and of which nothing is written.
func unknown(v values, t *core.Trainer) error {
	var plain recipe.Settings
	for _, path := range []string{recipe.OptimizerName, recipe.ScheduleName, recipe.LossName} {
		if next, err := plain.With(path, v.value(path)); err == nil {
			plain = next
		}
	}
	for _, k := range plain.Panel() {
		path := k.Knob.Path
		known := slices.ContainsFunc(told, func(s string) bool { return s == path || strings.HasSuffix(s, ".") && strings.HasPrefix(path, s) })
		if at := v.value(path); !known && !at.Equal(k.Value) && t.Inert(path) == "" {
			return fmt.Errorf("%s = %v is not written for PyTorch", path, at)
		}
	}
	return nil
}

// refuses names a setting that PyTorch cannot be told.
func refuses(v values, t *core.Trainer, n *objective.Network) error {
	teacher, _ := n.Teacher()
	if err := unknown(v, t); err != nil {
		return err
	}
	for _, r := range []struct {
		path string
		does bool
		why  string
	}{
		{"train.noise", v.num("train.noise") > 0, "its noise is this program's own"},
		{"distill.alpha", teacher != nil && v.num("distill.alpha") > 0 && n.Reads() != loss.Distribution, "distillation of other outputs than a softmax"},
		{"distill.feature_weight", teacher != nil && v.word("distill.features") != "" && v.word("distill.features") != "off" && v.num("distill.feature_weight") > 0, "distillation of features"},
		{"finetune.l2_sp", v.num("finetune.l2_sp") > 0, "a penalty of fine-tuning"},
		{"finetune.ewc", v.num("finetune.ewc") > 0, "a penalty of fine-tuning"},
		{"finetune.replay", v.num("finetune.replay") > 0 && t.Recipe().Pretrain.Recipe != nil, "rows of an earlier task"},
		{"optimizer.name", v.word("optimizer.name") == "muon" && slices.ContainsFunc(t.Layout(), func(s knob.Segment) bool { return len(s.Shape) > 1 && s.Role != knob.Kernel }), "embeddings and norms of images go by Adam there"},
		{"prune.regrow", v.num("prune.regrow") > 0 && v.num("prune.sparsity") > 0, "weights that regrow"},
		{"quant.activations", v.num("quant.activations") > 0, "rounding of the inputs of layers"},
		{"train.accumulate_by", v.word("train.accumulate_by") == recipe.ByRows && v.num("train.accumulate") > 1 && (len(v.list("loss.weights")) > 0 || v.word("loss.class_weight") == "balanced"), "batches weighted by classes"},
	} {
		if r.does {
			return fmt.Errorf("%s = %v is not written for PyTorch: %s", r.path, v.value(r.path), r.why)
		}
	}
	return nil
}
