package sessiontest

import (
	"errors"

	"descent/core/recipe"
	"descent/presets"
	"descent/session/journal"
)

// Enough is the number of steps of a fuzzed log that are computed.
const Enough = 200

// Bounded is a library without files, whose training of presets ends early.
type Bounded struct{ presets.Files }

// File always fails.
func (Bounded) File(path string) ([]byte, error) { return nil, errors.New(path + " is not there") }

// Kept returns nothing.
func (Bounded) Kept(string) []byte { return nil }

// Keep does nothing.
func (Bounded) Keep(string, []byte) {}

// Learning stops after Enough steps.
func (Bounded) Learning(_ string, done, _ int) error {
	if done > Enough {
		return errors.New("that is enough")
	}
	return nil
}

// Cheap reports whether a log is small enough for a test: size is not an error.
func Cheap(rec *journal.Record) bool {
	cheap := func(r *recipe.Recipe) bool {
		width := 1
		for _, n := range r.Model.Layers {
			width = max(width, n)
		}
		return r.Data.Samples <= 500 && r.Data.Inputs <= 50 && r.Data.Outputs <= 50 && r.Data.Modulus <= 40 &&
			width <= 64 && len(r.Model.Layers) <= 6 && len(r.Model.Stack) == 0 && len(r.Model.Input) == 0
	}
	within := func(s recipe.Settings, path string, most float64) bool {
		v, err := s.Find(path)
		return err != nil || v.Value.Num() <= most
	}
	r := &rec.Header.Recipe
	for _, of := range []*recipe.Recipe{r, r.Pretrain.Recipe, r.Teacher.Recipe} {
		if of == nil {
			continue
		}
		if !cheap(of) || of != r && (of.Pretrain.Recipe != nil || of.Teacher.Recipe != nil) {
			return false
		}
		for path, most := range costly {
			if !within(of.Settings, path, most) {
				return false
			}
		}
	}
	for _, e := range rec.Entries {
		if e.Set != nil && costly[e.Set.Path] > 0 && e.Set.Value.Num() > costly[e.Set.Path] {
			return false
		}
	}
	return len(rec.Entries) <= 60
}

var costly = map[string]float64{"train.accumulate": 4, "optimizer.max_iter": 20, "optimizer.max_eval": 25, "finetune.lora_rank": 16}
