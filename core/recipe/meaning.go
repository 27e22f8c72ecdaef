package recipe

import (
	"fmt"
	"strings"
)

// Means says why a key means nothing for this recipe, nil if it has a meaning:
// a surface has neither weights nor rows, a network is no surface.
func (r *Recipe) Means(path string) error {
	table, _, _ := strings.Cut(path, ".")
	switch {
	case r.Surface.Name == "":
		if r.Absent(path) {
			return fmt.Errorf("%s is for a surface, and %s is a network", path, r.called())
		}
	case r.Absent(path), table == "data", table == "model", table == "pretrain", table == "teacher":
		return fmt.Errorf("%s means nothing for %s, which minimises a test surface: it has no layers and no rows", path, r.called())
	}
	return nil
}

// Absent tells that a knob means nothing for what is trained: a surface has no
// losses, batches and compression, a network no condition number to choose.
func (r *Recipe) Absent(path string) bool {
	table, _, _ := strings.Cut(path, ".")
	if r.Surface.Name == "" {
		return table == "surface"
	}
	switch table {
	case "loss", "prune", "quant", "distill", "augment", "finetune":
		return true
	}
	return path == "optimizer.decay_biases" || path == "optimizer.groups" || path == "train.batch" || path == "train.shuffle" || strings.HasPrefix(path, "train.accumulate") ||
		path == "train.noise" || path == "train.noise_decay" || path == "train.eval_every" || path == TrainMetrics ||
		path == "train.monitor" || path == "train.stop" || path == "train.stop_delta" || path == "train.keep"
}
