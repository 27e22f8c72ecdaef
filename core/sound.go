package core

import (
	"errors"
	"fmt"
	"strings"

	"descent/core/knob"
	"descent/core/recipe"
)

// most bounds what a snapshot counts.
const most = 1 << 50

// Sound says what is wrong with a snapshot that comes from a file: one that
// Restore takes, and every step after it. nil if it could be one of this trainer.
func (t *Trainer) Sound(s *Snapshot) error {
	for _, n := range []int{s.Step, s.Seen, s.Looks} {
		if n < 0 || n > most {
			return fmt.Errorf("a snapshot counts %d", n)
		}
	}
	if !t.Takes(s) {
		return errors.New("a snapshot is of another network")
	}
	g := recipe.NewParts(s.Settings, t.network)
	for _, path := range []string{"finetune.freeze", "quant.layers", recipe.LossName} {
		now, err := s.Settings.Find(path)
		if err == nil {
			_, err = t.Allows(s.Settings, path, now.Value)
		}
		if err != nil {
			return err
		}
	}
	g.Method.Init(g.View.Layout())
	g.Method.Restore(s.State)
	g.View.Restore(s.State)
	want := map[string]int{}
	for _, buffers := range [][]knob.Buffer{g.Method.State(), g.View.State(), t.Statistics()} {
		for _, b := range buffers {
			want[b.Name] = len(b.Data)
		}
	}
	if _, ok := t.of.(*network); ok { // a teacher has the model of the student
		want[teacherState] = t.network.Size()
		for _, b := range t.Statistics() {
			want[teacherState+"/"+b.Name] = len(b.Data)
		}
	}
	seen := map[string]bool{}
	for _, b := range s.State {
		size, known := want[b.Name]
		switch {
		case !known || size != len(b.Data):
			return fmt.Errorf("a snapshot holds %d numbers under %q", len(b.Data), b.Name)
		case seen[b.Name]:
			return fmt.Errorf("a snapshot holds %q twice", b.Name)
		case strings.HasPrefix(b.Name, teacherState+"/") && !seen[teacherState]:
			return fmt.Errorf("a snapshot holds %q of no teacher", b.Name)
		}
		seen[b.Name] = true
	}
	return nil
}
