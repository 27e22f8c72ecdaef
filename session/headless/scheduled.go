package headless

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/journal"
)

// Scheduled is one --at: a change of a knob, or an act, that takes effect before
// the batch of a step is drawn.
type Scheduled struct {
	Step  int
	Path  string
	Value knob.Value
	Act   *journal.Act // instead of a knob
}

// ParseScheduled parses STEP:PATH=VALUE, where PATH is a knob or an act. An unknown
// path is rejected when the run starts, with the error of its recipe.
func ParseScheduled(text string) (d Scheduled, err error) {
	when, rest, ok1 := strings.Cut(text, ":")
	path, value, ok2 := strings.Cut(rest, "=")
	step, err := strconv.Atoi(when)
	if !ok1 || !ok2 || err != nil {
		return d, errors.New("the form is STEP:PATH=VALUE")
	}
	d = Scheduled{Step: step, Path: path, Value: knob.Word(value)}
	if c, ok, err := journal.ParseAct(path, value); ok {
		d.Act = c.Act
		return d, err
	}
	catalogue := recipe.Catalogue()
	i := slices.IndexFunc(catalogue, func(e recipe.Entry) bool { return e.Knob.Path == path })
	if i >= 0 {
		d.Value, err = catalogue[i].Knob.Parse(value)
	}
	return d, err
}

// String returns the decision in the form of the flag.
func (d Scheduled) String() string { return fmt.Sprintf("--at %d:%s=%s", d.Step, d.Path, d.Value) }

// command converts the decision for a session.
func (d Scheduled) command() journal.Command {
	if d.Act != nil {
		return journal.Command{Act: d.Act}
	}
	return journal.SetKnob(d.Path, d.Value)
}

// checkDecisions rejects, before training, decisions that would fail later.
func checkDecisions(r recipe.Recipe, steps int, at []Scheduled) error {
	at = slices.Clone(at)
	slices.SortStableFunc(at, func(a, b Scheduled) int { return a.Step - b.Step })
	for _, d := range at {
		switch {
		case steps == 0:
			return fmt.Errorf("%s: the run has no steps", d)
		case d.Step < 1 || d.Step > steps:
			return fmt.Errorf("%s: the run has steps 1 to %d", d, steps)
		}
		if err := d.check(&r); err != nil {
			return fmt.Errorf("%s: %w", d, err)
		}
	}
	return nil
}

// check applies a decision to a recipe, or returns why it is invalid.
func (d Scheduled) check(r *recipe.Recipe) error {
	if d.Act == nil {
		next, err := r.Settings.With(d.Path, d.Value)
		if err != nil {
			return err
		}
		r.Settings = next
		return r.Means(d.Path)
	}
	if d.Act.Step >= d.Step {
		return fmt.Errorf("before step %d no step after %d is known", d.Step, d.Step-1)
	}
	switch d.Act.Name {
	case journal.Merge:
		if rank, err := r.Settings.Find("finetune.lora_rank"); err == nil && rank.Value.Num() == 0 {
			return errors.New("there are no adapters to merge; finetune.lora_rank adds them")
		}
	case journal.Teach:
		if r.Surface.Name != "" {
			return errors.New("a surface has no teacher")
		}
	}
	return nil
}

// fitting rejects decisions that are invalid for the loaded trainer.
func fitting(t *core.Trainer, at []Scheduled) error {
	at = slices.Clone(at)
	slices.SortStableFunc(at, func(a, b Scheduled) int { return a.Step - b.Step })
	settings := t.Settings()
	for _, d := range at {
		if d.Act != nil {
			continue
		}
		next, err := t.Allows(settings, d.Path, d.Value)
		if err != nil {
			return fmt.Errorf("%s: %w", d, err)
		}
		settings = next
	}
	return nil
}
