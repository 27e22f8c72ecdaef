package dialog

import (
	"fmt"

	"descent/session/journal"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// ActMenu offers the operations on the weights or the teacher that are not knobs.
func ActMenu(t *draw.Theme, f *live.Frame) *Menu {
	m := &Menu{t: t, title: "Do at step " + draw.Thousands(f.Step)}
	m.add("rewind", "reset the weights to those of an earlier step; masks and knobs are kept", intent.AskRewind{})
	best := f.Best.Known() && f.Best.Step != f.Step && !f.Racing
	if best {
		m.add("rewind to best", "reset the weights to those of the best step, "+draw.Thousands(f.Best.Step)+"; masks and knobs are kept", intent.Act{Act: journal.Act{Name: journal.Rewind, Step: f.Best.Step}})
	}
	for _, d := range f.Panel {
		if d.Knob.Path == "finetune.lora_rank" && d.Value.Num() > 0 {
			m.add("merge", "merge the LoRA adapters into the weights, and start new ones", intent.Act{Act: journal.Act{Name: journal.Merge}})
		}
	}
	m.add("set teacher", "use the current network as the teacher of distillation (distill.alpha is its weight)", setTeacher(f.Branch, f.Step))
	if best {
		m.add("set teacher best", "use the network of the best step, "+draw.Thousands(f.Best.Step)+", as the teacher of distillation", setTeacher(f.Branch, f.Best.Step))
	}
	if f.Step > 0 {
		m.add("set teacher 0", "use the network of step 0 as the teacher of distillation", setTeacher(f.Branch, 0))
	}
	for i := len(f.Branches) - 1; i >= 0 && len(m.items) < 10; i-- {
		if b := f.Branches[i]; b.ID != f.Branch && !b.Deleted && b.Head > 0 {
			m.add("set teacher", fmt.Sprintf("use %s, step %s, as the teacher of distillation", b.Label, draw.Thousands(b.Head)), setTeacher(b.ID, b.Head))
		}
	}
	m.add("compact", "remove pruned units, pack the weights to their bit width, and save the smaller network", intent.Compact{})
	return m
}

func setTeacher(b journal.BranchID, step int) intent.Act {
	return intent.Act{Act: journal.Act{Name: journal.Teach, Branch: b, Step: step}}
}

// SaveMenu asks which weights to save, where a step before had a lower loss.
func SaveMenu(t *draw.Theme, f *live.Frame) *Menu {
	m := &Menu{t: t, title: "Save which weights?"}
	what := "training loss"
	switch {
	case f.Best.Validated:
		what = "validation loss"
	case f.Data == nil:
		what = "value"
	}
	now := "step " + draw.Thousands(f.Step)
	if f.Best.Validated && f.Eval.HasVal {
		now += ", " + what + " " + draw.Significant(f.Eval.ValLoss)
	}
	if f.Playing {
		now = "the weights of the step that has been reached when the file is written"
	}
	m.add("now", now, intent.SaveAs{})
	m.add("best", fmt.Sprintf("step %s, %s %s, with the knobs of then", draw.Thousands(f.Best.Step), what, draw.Significant(f.Best.Value)), intent.SaveAs{Best: f.Best.Step})
	return m
}
