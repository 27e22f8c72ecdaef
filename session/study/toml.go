package study

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"descent/core/recipe"
	"descent/core/search"
	"descent/core/search/pruner"
	"descent/session/study/axes"

	"github.com/pelletier/go-toml/v2"
)

// version is that of the format of a study. A later one is refused.
const version = 1

// file is study.toml. Points are written as JSON, since values of knobs are of many kinds.
type file struct {
	Version    int      `toml:"descent_study"`
	Release    string   `toml:"release"`
	Arithmetic string   `toml:"arithmetic"`
	Name       string   `toml:"name" comment:"the preset, which stands whole in recipe.json"`
	Recipe     string   `toml:"recipe" comment:"SHA-256 of recipe.json"`
	Over       []string `toml:"over,multiline" comment:"the search space when the study began"`
	Around     string   `toml:"around,omitempty"`
	Objective  []string `toml:"objective"`
	Where      []string `toml:"where,omitempty"`
	Steps      int      `toml:"steps"`
	Seed       uint64   `toml:"seed"`
	Seeds      int      `toml:"seeds"`
	Trials     int      `toml:"trials"`
	Minutes    float64  `toml:"minutes,omitempty"`
	Sampler    string   `toml:"sampler"`
	Greed      float64  `toml:"greed,omitempty"`
	List       []string `toml:"list,multiline,omitempty"`
	Pruner     string   `toml:"pruner"`
	Prune      pruning  `toml:"prune,omitempty"`
	Confirm    int      `toml:"confirm" comment:"so many of the best are trained again on fresh seeds"`
	Fresh      int      `toml:"fresh"`
	Population int      `toml:"population,omitempty"`
	Interval   int      `toml:"interval,omitempty"`
	BaseStep   int      `toml:"base_step,omitempty" comment:"all trials start after this step of base.jsonl"`
}

type pruning struct {
	Factor     int     `toml:"factor,omitempty"`
	MinSteps   int     `toml:"min_steps,omitempty"`
	Percentile float64 `toml:"percentile,omitempty"`
	Patience   int     `toml:"patience,omitempty"`
	Lower      float64 `toml:"lower,omitempty"`
	Upper      float64 `toml:"upper,omitempty"`
	Startup    int     `toml:"startup,omitempty"`
}

func encodeSpec(s Spec, recipe string) ([]byte, error) {
	f := file{
		Version: version, Release: s.Release, Arithmetic: s.Arithmetic, Name: s.Name, Recipe: recipe, Objective: s.Objectives,
		Steps: s.Steps, Seed: s.Seed, Seeds: s.Seeds, Trials: s.Trials, Minutes: s.Minutes, Sampler: s.Sampler, Greed: s.Greed,
		Pruner: s.Pruner, Prune: pruning(s.Prune), Confirm: s.Confirm, Fresh: s.Fresh, Population: s.Population, Interval: s.Interval,
	}
	for _, a := range s.Axes {
		f.Over = append(f.Over, FormatAxis(a))
	}
	for _, c := range s.Where {
		f.Where = append(f.Where, c.String())
	}
	for _, p := range s.List {
		b, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		f.List = append(f.List, string(b))
	}
	if s.Around != nil {
		b, err := json.Marshal(s.Around)
		if err != nil {
			return nil, err
		}
		f.Around = string(b)
	}
	if s.Base != nil {
		f.BaseStep = s.Base.Step
	}
	return toml.Marshal(f)
}

// decodeSpec reads study.toml; sum is that of the recipe, and base is the name of the log of a base, "" for none.
func decodeSpec(content []byte, r recipe.Recipe, sum, base string) (s Spec, err error) {
	var f file
	if err := toml.Unmarshal(content, &f); err != nil {
		text, _, _ := strings.Cut(err.Error(), "\n")
		return s, errors.New(strings.TrimPrefix(text, "toml: "))
	}
	switch {
	case f.Version == 0:
		return s, errors.New("it is not the file of a study: descent_study is missing")
	case f.Version > version:
		return s, fmt.Errorf("it is of a later release of descent (format %d, and this one reads %d)", f.Version, version)
	case f.Recipe != "" && f.Recipe != sum:
		return s, errors.New("recipe.json beside it is not the one that the study was made with")
	}
	s = Spec{
		Version: f.Version, Release: f.Release, Arithmetic: f.Arithmetic, Name: f.Name, Objectives: f.Objective,
		Steps: f.Steps, Seed: f.Seed, Seeds: f.Seeds, Trials: f.Trials, Minutes: f.Minutes, Sampler: f.Sampler, Greed: f.Greed,
		Pruner: f.Pruner, Prune: pruner.Options(f.Prune), Confirm: f.Confirm, Fresh: f.Fresh, Population: f.Population, Interval: f.Interval,
	}
	if s.Axes, err = axes.ParseAll(r, f.Over); err != nil {
		return s, fmt.Errorf("over: %w", err)
	}
	for _, text := range f.Where {
		c, err := ParseConstraint(text)
		if err != nil {
			return s, fmt.Errorf("where: %w", err)
		}
		s.Where = append(s.Where, c)
	}
	for _, text := range f.List {
		var p search.Point
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			return s, fmt.Errorf("list: %q is not a JSON object of settings", text)
		}
		s.List = append(s.List, p)
	}
	if f.Around != "" {
		s.Around = &search.Around{}
		if err := json.Unmarshal([]byte(f.Around), s.Around); err != nil {
			return s, fmt.Errorf("around: %q is not a JSON object with center and width", f.Around)
		}
	}
	if base != "" {
		s.Base = &Base{Log: base, Step: f.BaseStep}
	}
	return s, s.Check()
}
