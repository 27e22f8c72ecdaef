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
	for _, d := range f.Panel {
		if d.Knob.Path == "finetune.lora_rank" && d.Value.Num() > 0 {
			m.add("merge", "merge the LoRA adapters into the weights, and start new ones", intent.Act{Act: journal.Act{Name: journal.Merge}})
		}
	}
	m.add("set teacher", "use the current network as the teacher of distillation (distill.alpha is its weight)", setTeacher(f.Branch, f.Step))
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
