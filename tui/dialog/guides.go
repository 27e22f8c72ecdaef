package dialog

import (
	"descent/core/knob"
	"descent/tui/intent"
)

// Guided is a dialog with what there is to know of it.
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

// Guides are those of the dialogs that measure, or that do what no knob does.
func Guides() []Guided {
	return []Guided{
		{finderPage, "F", intent.Guide{
			Summary: "trains a copy at ever larger learning rates and suggests one from the curve of the loss",
			Shows: []intent.Reading{
				{Sign: "curve", Means: "the smoothed training loss (upwards, linear) over the learning rate (to the right, logarithmic), which grows from 1e-6 to 10 by the same factor at each of 300 steps. It ends where the loss is four times its least."},
				{Sign: "1 2 3", Means: "the suggestions, below the rates they propose. One that the curve does not bear out is missing, and a sentence says why."},
				{Sign: "from step", Means: "s changes from where training began to where it stands; of a trained network there is little left to see."},
			},
			Measures: []knob.Option{{
				Name: "suggested learning rates", Help: "valley, steepest and a tenth of the minimum: three readings of the range test", Doc: knob.Doc{
					Formula: "valley: two thirds along the longest decreasing subsequence of the smoothed loss\nsteepest: argmin of d loss / d log η\na tenth of the minimum: 0.1 · argmin of the smoothed loss",
					Source:  "L. N. Smith, “Cyclical Learning Rates for Training Neural Networks”, WACV 2017, section 3.3; the rules as in lr_find of fastai (J. Howard, S. Gugger, 2020)",
					PyTorch: knob.None,
					When:    "Before training, or after a change of optimizer, batch size or architecture. The valley is the most robust of the three. With a schedule the suggestion is its largest rate.",
					Range:   "1e-4 to 1e-2 for Adam, 1e-2 to 1 for SGD",
				},
			}},
			SeeAlso: []string{"optimizer.lr", "schedule.name", "look-ahead"},
		}},
		{racePage, "R", intent.Guide{
			Summary: "trains a branch for each of several values of a knob, in lock-step, from here",
			Shows: []intent.Reading{
				{Sign: "a row each", Means: "what can be raced: optimizers, learning rates, with and without a teacher, and the knob that is selected; behind it the values."},
				{Sign: "fair", Means: "all racers begin with the weights, the optimizer state and the batches to come of this step, and take their steps in turn: they differ in that knob alone."},
				{Sign: "afterwards", Means: "the loss pane shows their curves, the timeline marks the leader (★). R ends the race; every racer stays as a branch."},
			},
			SeeAlso: []string{"look-ahead", "Timeline", "learning-rate range test"},
		}},
		{aheadPage, "a", intent.Guide{
			Summary: "shows the curves that values of the selected knob would give, before one is taken",
			Shows: []intent.Reading{
				{Sign: "‹value›", Means: "the value that enter takes; ← and → choose. Around a number lie two stops down and two up; of choices those that fit."},
				{Sign: "curves", Means: "in the loss pane, in the colours of the values: the next 200 steps on copies, with the same batches. What exceeds ten times the present loss is cut off."},
				{Sign: "below", Means: "why a curve ends early: from where its loss is no longer finite, or why a value cannot be chosen."},
			},
			SeeAlso: []string{"race", "Loss", "Knobs"},
		}},
		{fitterPage, "B", intent.Guide{
			Summary: "searches on copies for the sparsity and the bits with which the network fits into a size at the least cost",
			Shows: []intent.Reading{
				{Sign: "a row each", Means: "a way to fit, the best first: bits of a weight, by tensor or by channel, and the least sparsity with which it fits."},
				{Sign: "size, file", Means: "bytes of the weights, and of the file with its header. A size that is typed in bytes bounds the file, a share the weights."},
				{Sign: "at once", Means: "accuracy, or loss, right after the change."},
				{Sign: "recovered", Means: "the same after 100 steps of training."},
				{Sign: "against dense", Means: "what is lost beside the network without compression, trained as many steps: in points of accuracy, or in loss."},
			},
			SeeAlso: []string{"prune.sparsity", "quant.bits", "quant.granularity", "Compression"},
		}},
		{actPage, "A", intent.Guide{
			Summary: "what changes the weights or the teacher and is no knob",
			Shows: []intent.Reading{
				{Sign: "rewind", Means: "the weights go back to those of an earlier step, masks and knobs stay: with a pruning mask, the lottery ticket experiment (J. Frankle, M. Carbin, ICLR 2019; rewinding: Frankle et al., ICML 2020)."},
				{Sign: "merge", Means: "the LoRA adapters are added to the weights, W + α/r · BA, and new ones begin (E. Hu et al., ICLR 2022, section 4.1)."},
				{Sign: "set teacher", Means: "the network of a step is kept as the teacher of distillation; distill.alpha is the weight of its outputs in the loss."},
				{Sign: "compact", Means: "units whose weights are all pruned are removed, the others are packed to their bits, and the smaller network is saved."},
			},
			SeeAlso: []string{"distill.alpha", "finetune.lora_rank", "prune.sparsity", "Timeline"},
		}},
	}
}
