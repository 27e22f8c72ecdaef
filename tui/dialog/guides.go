package dialog

import (
	"descent/core/knob"
	"descent/tui/intent"
)

// Guided is a dialog and its guide.
type Guided struct {
	Name string // of its page
	Key  string // that opens it
	intent.Guide
}

// The names of the dialogs' pages.
const (
	finderPage = "learning-rate range test"
	racePage   = "race"
	aheadPage  = "look-ahead"
	fitterPage = "fit to a size"
	actPage    = "act"
)

// Guides returns the guides of the dialogs that measure, or whose actions are not
// knobs.
func Guides() []Guided {
	return []Guided{
		{finderPage, "F", intent.Guide{
			Summary: "trains a copy at increasing learning rates and suggests one from the curve of the loss",
			Shows: []intent.Reading{
				{Sign: "curve", Means: "the smoothed training loss (upwards, linear) over the learning rate (to the right, logarithmic), which grows from 1e-6 to 10 by the same factor at each of 300 steps. The curve ends where the loss exceeds four times its minimum."},
				{Sign: "1 2 3", Means: "the suggestions, below the suggested rates. One that the curve does not support is omitted, with the reason."},
				{Sign: "from step", Means: "s switches between the initial weights and the current ones; the loss of a trained network has little left to fall."},
			},
			Measures: []knob.Option{{
				Name: "suggested learning rates", Help: "valley, steepest and a tenth of the minimum: three rules for reading the range test", Doc: knob.Doc{
					Formula: "valley: two thirds along the longest decreasing subsequence of the smoothed loss\nsteepest: argmin of d loss / d log η\na tenth of the minimum: 0.1 · argmin of the smoothed loss",
					Source:  "L. N. Smith, “Cyclical Learning Rates for Training Neural Networks”, WACV 2017, section 3.3; rules as in lr_find of fastai (J. Howard, S. Gugger, 2020)",
					PyTorch: knob.None,
					When:    "Before training, or after a change of optimizer, batch size or architecture. The valley is the most robust of the three. With a schedule, the suggestion is its maximum rate.",
					Range:   "1e-4 to 1e-2 for Adam, 1e-2 to 1 for SGD",
				},
			}},
			SeeAlso: []string{"optimizer.lr", "schedule.name", "look-ahead"},
		}},
		{racePage, "R", intent.Guide{
			Summary: "trains one branch for each of several racers in lockstep, from the current step, for as long as a run, and ranks them",
			Shows: []intent.Reading{
				{Sign: "[optimizers]", Means: "what the racers differ in: optimizers, learning rates, with and without a teacher, or the values of the selected knob. tab goes on to the next; a number that is not listed can be typed."},
				{Sign: "[x]", Means: "a racer. space enters the selected one or withdraws it, ctrl+a enters all that match what is typed, ctrl+d withdraws them."},
				{Sign: "learning rate", Means: "← and → choose where each racer has its own from: as it stands, the same for all; the default of each optimizer (on a test surface, one that suits these); or the valley of a range test of 300 steps on a copy, from the initial weights. The number beside each racer is the rate at which it starts."},
				{Sign: "fair", Means: "all racers start from the weights of this step, see the same batches and take their steps in turn: they differ only in what is raced and, if asked for, in the learning rate."},
				{Sign: "the end", Means: "after train.steps steps, or with R: a card ranks the racers as `descent race` does, by validation loss, training loss without validation rows, or accuracy between loss functions. Those that diverged rank last. Every racer is kept as a branch."},
			},
			SeeAlso: []string{"Branches", "look-ahead", "learning-rate range test", "optimizer.lr"},
		}},
		{aheadPage, "a", intent.Guide{
			Summary: "previews the loss curves for several values of the selected knob before one is set",
			Shows: []intent.Reading{
				{Sign: "‹value›", Means: "the value that enter sets; ← and → choose. For a number: two stops down and two up; for a choice: the options that apply."},
				{Sign: "curves", Means: "in the loss pane, in the colours of the values: the next 200 steps on copies, with the same batches, clipped at ten times the current loss."},
				{Sign: "below", Means: "why a curve ends early (the step after which its loss is no longer finite) or why a value cannot be chosen."},
			},
			SeeAlso: []string{"race", "Loss", "Knobs"},
		}},
		{fitterPage, "B", intent.Guide{
			Summary: "searches, on copies, for the sparsity and bit width that fit the network into a size at the lowest cost",
			Shows: []intent.Reading{
				{Sign: "rows", Means: "candidates, best first: bits per weight, granularity (per tensor or per channel), and the lowest sparsity that fits."},
				{Sign: "size, file", Means: "bytes of the weights, and of the file with its header. A budget in bytes limits the file, a fraction limits the weights."},
				{Sign: "0 steps", Means: "accuracy, or loss, right after the change, without training."},
				{Sign: "recovered", Means: "the same after 100 steps of training."},
				{Sign: "against dense", Means: "loss of quality against the uncompressed network trained for as many steps: in percentage points of accuracy, or in loss."},
			},
			SeeAlso: []string{"prune.sparsity", "quant.bits", "quant.granularity", "Compression"},
		}},
		{actPage, "A", intent.Guide{
			Summary: "operations on the weights or the teacher that are not knobs",
			Shows: []intent.Reading{
				{Sign: "rewind", Means: "resets the weights to those of an earlier step and keeps masks and knobs: with a pruning mask, the lottery ticket experiment (J. Frankle, M. Carbin, ICLR 2019; rewinding: Frankle et al., ICML 2020)."},
				{Sign: "merge", Means: "adds the LoRA adapters to the weights, W + α/r · BA, and starts new ones (E. Hu et al., ICLR 2022, section 4.1)."},
				{Sign: "set teacher", Means: "keeps the network of a step as the teacher of distillation; distill.alpha is the weight of its outputs in the loss."},
				{Sign: "compact", Means: "removes units whose weights are all pruned, packs the others to their bit width, and saves the smaller network."},
			},
			SeeAlso: []string{"distill.alpha", "finetune.lora_rank", "prune.sparsity", "Timeline"},
		}},
	}
}
