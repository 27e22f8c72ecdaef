package objective

import (
	"slices"
	"strings"

	"descent/core/augment"
	"descent/core/loss"
)

// Inert says why turning a knob does nothing where the others stand.
func (n *Network) Inert(path string) string {
	switch {
	case n.full != "" && (path == "train.batch" || path == "train.shuffle" || strings.HasPrefix(path, "train.accumulate")):
		return n.full + " takes all rows at every step"
	case n.sampler.shape.Height == 0 && slices.Contains(augment.Images, path):
		return "these inputs are no images; data.shape says so of those that are"
	case n.sampler.shape.Categorical && slices.Contains(augment.Sums, path):
		return "the first layer reads integers, and there is no value between two of them"
	case n.criterion.teacher == nil && strings.HasPrefix(path, "distill."):
		return "there is no teacher; give the preset a [teacher], or let a branch teach"
	case path == "distill.temperature" && n.Reads() != loss.Distribution:
		return "only a softmax is softened; other outputs are compared as they are"
	case (path == "distill.features" || path == "distill.feature_weight") && n.criterion.unlike() != "":
		return n.criterion.unlike()
	case n.sampler.old == nil && (path == "finetune.replay" || path == "finetune.ewc"):
		return "nothing was learnt before; give the preset a [pretrain]"
	case path == "train.accumulate_by" && n.count == 1:
		return "a step is one batch"
	case path == "train.shuffle" && n.batchesOfAnEpoch() == 1:
		return "a batch of all rows is not shuffled"
	}
	return ""
}
