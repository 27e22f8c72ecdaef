package live

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/core/search"
	"descent/session"
	"descent/session/disk"
	"descent/session/export"
	"descent/session/journal"
	"descent/session/study"
)

// Fixed is the error of a trial that cannot become a branch, since it has another
// network or other data: it is a session of its own.
type Fixed struct {
	Trial  int
	Recipe recipe.Recipe // of the trial
	Steps  int           // that it was trained
	Knob   string        // the path of a key that differs
}

func (f *Fixed) Error() string {
	return f.Knob + " cannot change while training, so this trial is a session of its own"
}

// Trial returns a trial by its number, nil if there is none.
func (t *Tuning) Trial(number int) *study.Trial {
	if t == nil {
		return nil
	}
	for _, one := range t.Study.Trials {
		if one.Number == number {
			return one
		}
	}
	return nil
}

// RecipeOf returns the recipe with the values of a trial.
func (t *Tuning) RecipeOf(number int) (recipe.Recipe, error) {
	trial := t.Trial(number)
	if trial == nil {
		return recipe.Recipe{}, fmt.Errorf("there is no trial %d", number)
	}
	r := t.Recipe
	for _, c := range Ordered(trial.Point) {
		if err := r.Set(c.Path, c.Value); err != nil {
			return r, fmt.Errorf("trial %d: %w", number, err)
		}
	}
	return r, nil
}

// Ordered are the values of a point, choices first, since they bring the knobs that
// follow.
func Ordered(point map[string]knob.Value) []recipe.Change {
	var out []recipe.Change
	for _, e := range recipe.Catalogue() {
		if v, ok := point[e.Knob.Path]; ok && strings.HasSuffix(e.Knob.Path, ".name") {
			out = append(out, recipe.Change{Path: e.Knob.Path, Value: v})
		}
	}
	for _, e := range recipe.Catalogue() {
		if v, ok := point[e.Knob.Path]; ok && !strings.HasSuffix(e.Knob.Path, ".name") {
			out = append(out, recipe.Change{Path: e.Knob.Path, Value: v})
		}
	}
	return out
}

// differs returns the path of a key that two recipes have differently though it cannot
// change while training, "" for none.
func differs(a, b recipe.Recipe) string {
	for _, want := range a.Keys() {
		if !want.Knob.Fixed || want.Knob.Path == "title" || want.Knob.Path == "summary" {
			continue
		}
		if have, err := b.Find(want.Knob.Path); err != nil || !have.Value.Equal(want.Value) {
			return want.Knob.Path
		}
	}
	return ""
}

// trained is how many steps of a trial its first run has trained, as far as they are
// known, and whether its hash is that of the state after them. seeds are the runs of the
// trial.
func trained(t *study.Trial, seeds int) (steps int, hashed bool) {
	for _, r := range t.Reports {
		if r.Seed == 0 {
			steps = max(steps, r.Step)
		}
	}
	switch {
	case t.State == search.Running: // the hash is that of a rung before
		return steps, false
	case (t.Waits || t.State == search.Complete) && t.Step > 0:
		return t.Claim.Steps, t.Hash != ""
	case seeds == 1 && t.State != search.Failed: // it ended between two reports
		return t.Step, t.Hash != ""
	}
	return steps, t.Hash != "" && !t.Stopped
}

// Adopt makes a trial a branch that is trained as the trial was, and goes to its end;
// said tells what came of it. Frames show the progress; Cancel cancels it. The error is
// a *Fixed for a trial that can only be a session of its own.
func (r *Runner) Adopt(number int, said func(string)) Pending {
	return r.far(func() error {
		t := r.tuning.now
		trial := t.Trial(number)
		if trial == nil {
			return fmt.Errorf("there is no trial %d", number)
		}
		of, err := t.RecipeOf(number)
		if err != nil {
			return err
		}
		steps, hashed := trained(trial, max(t.Study.Spec.Seeds, 1))
		if steps == 0 {
			return fmt.Errorf("trial %d has not been trained yet", number)
		}
		if path := differs(of, r.s.Trainer().Recipe()); path != "" {
			return &Fixed{number, of, steps, path}
		}
		from, err := r.base(t)
		if err != nil {
			return err
		}
		run := []session.Segment{{Steps: steps, Changes: Ordered(trial.Point)}}
		switch {
		case t.Study.Spec.Population > 0:
			if run, steps, err = r.forked(trial, from.Step); err != nil {
				return fmt.Errorf("trial %d: %w", number, err)
			}
		case t.Study.Spec.Base == nil: // the recipe of the study has values of its own
			run[0].Changes = panel(of.Settings)
		}
		r.playing = false
		name := fmt.Sprintf("trial %d", number)
		if err := r.s.Adopt(from, run, name, r.reportProgress()); err != nil {
			return err
		}
		here := r.s.Trainer()
		text := fmt.Sprintf(": this is its end, step %d; space trains on", here.StepCount())
		switch {
		case here.StepCount()-from.Step < steps:
			text = fmt.Sprintf(": this is step %d, after which it diverges", here.StepCount())
		case hashed && here.Hash() == trial.Hash:
			text = ", the same to the bit" + text
		case hashed:
			text += "; its state differs from that of the trial, which another version or arithmetic has computed"
		}
		said(name + " is a branch" + text)
		return nil
	})
}

// panel are all knobs of some settings.
func panel(s recipe.Settings) (out []recipe.Change) {
	for _, set := range s.Panel() {
		out = append(out, recipe.Change{Path: set.Knob.Path, Value: set.Value})
	}
	return out
}

// forked is the run of a trial that went on from others, by its log, and its steps. It
// begins after a step of the session.
func (r *Runner) forked(t *study.Trial, begin int) (run []session.Segment, steps int, err error) {
	content, err := r.tuning.search.Log(t)
	if err != nil {
		return nil, 0, err
	}
	rec, err := journal.Parse("its log", bytes.NewReader(content))
	if err != nil {
		return nil, 0, err
	}
	own := rec.Entries
	run = []session.Segment{{}}
	if begin == 0 && r.tuning.now.Study.Spec.Base == nil {
		run[0].Changes = panel(rec.Header.Recipe.Settings)
	} else {
		for i, e := range rec.Entries {
			if e.Fork != nil { // the last is that of the trial
				own = rec.Entries[i+1:]
			}
		}
	}
	at := begin
	for _, e := range own {
		last := &run[len(run)-1]
		switch {
		case e.Set != nil:
			if e.Step-1 > at {
				last.Steps, at = e.Step-1-at, e.Step-1
				run = append(run, session.Segment{})
				last = &run[len(run)-1]
			}
			last.Changes = append(last.Changes, *e.Set)
		case e.End != nil:
			last.Steps, at = e.End.Step-at, e.End.Step
		}
	}
	return run, at - begin, nil
}

// SaveTrial writes the recipe of a trial as a preset.
func (r *Runner) SaveTrial(number int, path string, encode export.Encoder) Pending {
	return r.post(func() error {
		of, err := r.tuning.now.RecipeOf(number)
		if err != nil {
			return err
		}
		return export.SaveRecipe(disk.Machine{}, of, path, encode)
	})
}

// base returns the position of the session at which the trials begin.
func (r *Runner) base(t *Tuning) (session.Position, error) {
	if t.Study.Spec.Base == nil {
		return session.Position{}, nil
	}
	rec, err := journal.Parse(t.Study.Spec.Base.Log, bytes.NewReader(r.tuning.search.Base()))
	if err != nil {
		return session.Position{}, err
	}
	if rec.Header.Created != r.s.Created() {
		return session.Position{}, errors.New("the trials begin at a step of another session")
	}
	at := rec.Read(r.s.Trainer(), r.s.Trainer().Data() == nil).At
	return session.Position{Branch: at.Branch, Step: at.Step, Decisions: at.Decisions}, nil
}
