package knobs

import (
	"strings"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/live"
)

// groups maps the tables that fold to their titles.
var groups = map[string]string{"prune": "prune", "quant": "quantize", "distill": "distill", "augment": "augment", "finetune": "fine-tune"}

// sections maps the tables whose rarely changed knobs are folded into one line to
// its title.
var sections = map[string]string{"optimizer": "optimizer", "schedule": "training", "loss": "training", "train": "training"}

// seldom reports whether a knob is folded into its section.
func seldom(path string) bool {
	table, name, _ := strings.Cut(path, ".")
	switch path {
	case "optimizer.lr", "optimizer.momentum", "optimizer.beta1", "train.batch":
		return false
	case "schedule.warmup":
		return true
	}
	return name != "name" && table != "schedule"
}

// folds are the rows of a panel, some of them folded.
type folds struct {
	open map[string]bool // groups and sections that the user folded or unfolded
	room int             // lines of the pane, of which the others unfold as many as fit

	last  unfolding
	known map[string]knob.Value // the defaults under those names
	names string
}

// row is a line of the pane: a knob, the heading of a group, or the line of a
// section.
type row struct {
	dial   int // index in the frame's panel; for a heading the first of its group, for a section its last
	group  string
	head   bool
	hidden int // number of hidden knobs, for the line of a section
}

// name identifies the row for selection.
func (r row) name(f *live.Frame) string {
	if r.head {
		return r.group
	}
	return f.Panel[r.dial].Knob.Path
}

// mains are the knobs of groups that typing a number on their lines goes to; in
// others it is the first number.
var mains = map[string]string{
	"prune": "prune.sparsity", "quant": "quant.bits", "distill": "distill.alpha", "augment": "augment.noise", "finetune": "finetune.lora_rank",
	"optimizer": "optimizer.lr", "training": "train.batch",
}

// main is the knob that typing on a row goes to, by its place in the panel: its own,
// or the main one of a group.
func (k *folds) main(f *live.Frame, r row) int {
	if !r.head {
		return r.dial
	}
	first := -1
	for i, d := range f.Panel {
		table, _, _ := strings.Cut(d.Knob.Path, ".")
		switch {
		case d.Knob.Path == mains[r.group]:
			return i
		case first < 0 && d.Knob.Kind <= knob.Integer && (table == r.group || sections[table] == r.group):
			first = i
		}
	}
	return max(first, 0)
}

// defaults returns the default values of the knobs under the same optimizer,
// schedule and loss.
func (k *folds) defaults(f *live.Frame) map[string]knob.Value {
	names := ""
	for _, d := range f.Panel {
		if strings.HasSuffix(d.Knob.Path, ".name") {
			names += d.Value.Word() + " "
		}
	}
	if k.known != nil && names == k.names {
		return k.known
	}
	var s recipe.Settings
	for _, d := range f.Panel {
		if !strings.HasSuffix(d.Knob.Path, ".name") {
			continue
		}
		if with, err := s.With(d.Knob.Path, d.Value); err == nil {
			s = with
		}
	}
	k.known, k.names = map[string]knob.Value{}, names
	for _, set := range s.Panel() {
		k.known[set.Knob.Path] = set.Value
	}
	return k.known
}

// byItself are the groups and sections in the order in which they unfold by
// themselves where there is room.
var byItself = []string{"optimizer", "training", "prune", "quant", "finetune", "distill", "augment"}

// unfolded returns the groups and sections that are open: those that the user
// unfolded, and of those left alone as many as fit.
func (k *folds) unfolded(f *live.Frame, selected string) map[string]bool {
	open := map[string]bool{}
	for group, is := range k.open {
		open[group] = is
	}
	for _, group := range byItself {
		if _, chosen := k.open[group]; chosen {
			continue
		}
		if open[group] = true; len(k.visible(f, selected, open)) > k.room {
			delete(open, group)
			break
		}
	}
	return open
}

// isOpen reports whether a group or section is unfolded.
func (k *folds) isOpen(f *live.Frame, selected, group string) bool {
	k.rows(f, selected)
	return k.last.open[group]
}

// rows returns the visible rows; the selected one is always visible.
func (k *folds) rows(f *live.Frame, selected string) []row {
	if l := &k.last; l.f != f || l.selected != selected || l.room != k.room || l.rows == nil {
		*l = unfolding{f: f, selected: selected, room: k.room, open: k.unfolded(f, selected)}
		l.rows = k.visible(f, selected, l.open)
	}
	return k.last.rows
}

// unfolding is what was last unfolded, for a frame, a selected row and a height.
type unfolding struct {
	f        *live.Frame
	selected string
	room     int
	open     map[string]bool
	rows     []row
}

// visible returns the rows if some groups and sections are open.
func (k *folds) visible(f *live.Frame, selected string, open map[string]bool) []row {
	out, defaults := make([]row, 0, len(f.Panel)), k.defaults(f)
	last, section, hidden := "", "", 0
	shut := func(next string, i int) { // the section ends where another table starts
		if section != "" && next != section && (hidden > 0 || open[section]) {
			out = append(out, row{dial: i - 1, group: section, head: true, hidden: max(hidden, 1)})
		}
		if next != section {
			section, hidden = next, 0
		}
	}
	for i, d := range f.Panel {
		path := d.Knob.Path
		table, _, _ := strings.Cut(path, ".")
		shut(sections[table], i)
		shows := path == selected || path != "train.steps" && !d.Value.Equal(defaults[path]) // here steps only sets the length of schedules
		switch {
		case section != "" && seldom(path):
			if open[section] || shows {
				out = append(out, row{dial: i})
			} else {
				hidden++
			}
		case groups[table] == "":
			out = append(out, row{dial: i})
		default:
			if table != last {
				out = append(out, row{dial: i, group: table, head: true})
				last = table
			}
			if open[table] || shows {
				out = append(out, row{dial: i, group: table})
			}
		}
	}
	shut("", len(f.Panel))
	return out
}

// fold opens or closes a group.
func (k *folds) fold(group string, open bool) {
	if k.open == nil {
		k.open = map[string]bool{}
	}
	k.open[group], k.last = open, unfolding{}
}
