package optuna

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"descent/core/recipe"
	"descent/core/search"
	"descent/session/journal"
	"descent/session/study"
)

// Journal is a study of a journal.
type Journal struct {
	Name     string
	Maximize []bool // by objective
	Trials   []*Trial
}

// Trial is a trial of a journal.
type Trial struct {
	Number int
	State  search.State
	Params map[string]any // of the kinds float64, string, bool
	Values []float64      // as they were measured
}

// operation is a line of a journal.
type operation struct {
	Op         *int            `json:"op_code"`
	Study      int             `json:"study_id"`
	Name       string          `json:"study_name"`
	Directions []int           `json:"directions"`
	Trial      int             `json:"trial_id"`
	State      int             `json:"state"`
	Value      *number         `json:"value"`
	Values     []number        `json:"values"`
	Param      string          `json:"param_name"`
	Internal   json.RawMessage `json:"param_value_internal"`
	Of         string          `json:"distribution"`

	Params map[string]json.RawMessage `json:"params"`
	Ofs    map[string]string          `json:"distributions"`
}

// reader replays a journal.
type reader struct {
	studies []*Journal // nil where one was deleted
	trials  []*Trial   // of all studies, by number of the journal
}

// Read reads a journal that holds one study. A last line that is not whole was being
// written, and is left out.
func Read(content []byte) (*Journal, error) {
	var r reader
	lines := strings.Split(string(content), "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		o := operation{State: -1}
		if err := json.Unmarshal([]byte(words(line)), &o); err != nil || o.Op == nil {
			if i == len(lines)-1 {
				break
			}
			return nil, fmt.Errorf("line %d is not an operation of an Optuna journal", i+1)
		}
		if err := r.do(*o.Op, o); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	var names []string
	var found *Journal
	for _, s := range r.studies {
		if s != nil {
			names, found = append(names, s.Name), s
		}
	}
	switch len(names) {
	case 0:
		return nil, errors.New("it holds no study")
	case 1:
		return found, nil
	}
	return nil, fmt.Errorf("it holds %d studies, %s; export one alone", len(names), strings.Join(names, ", "))
}

func (r *reader) do(op int, o operation) error {
	switch op {
	case createStudy:
		s := &Journal{Name: o.Name}
		for _, d := range o.Directions {
			s.Maximize = append(s.Maximize, d == maximize)
		}
		if len(o.Directions) == 0 {
			return errors.New("a study has no direction")
		}
		if !slices.ContainsFunc(r.studies, func(there *Journal) bool { return there != nil && there.Name == s.Name }) {
			r.studies = append(r.studies, s)
		}
	case deleteStudy:
		if o.Study >= 0 && o.Study < len(r.studies) {
			r.studies[o.Study] = nil
		}
	case createTrial:
		if o.Study < 0 || o.Study >= len(r.studies) || r.studies[o.Study] == nil {
			return nil
		}
		return r.create(r.studies[o.Study], o)
	case trialParam, trialState:
		if o.Trial < 0 || o.Trial >= len(r.trials) || r.trials[o.Trial].State != search.Running {
			return nil
		}
		t := r.trials[o.Trial]
		if op == trialState {
			t.state(o)
			return nil
		}
		v, err := external(o.Of, o.Internal)
		t.Params[o.Param] = v
		return err
	}
	return nil
}

func (r *reader) create(s *Journal, o operation) error {
	t := &Trial{Number: len(s.Trials), State: search.Running, Params: map[string]any{}}
	for name, internal := range o.Params {
		v, err := external(o.Ofs[name], internal)
		if err != nil {
			return err
		}
		t.Params[name] = v
	}
	if o.Value != nil {
		o.Values = []number{*o.Value}
	}
	t.state(o)
	s.Trials, r.trials = append(s.Trials, t), append(r.trials, t)
	return nil
}

// state takes over the state and the values of an operation.
func (t *Trial) state(o operation) {
	if len(o.Values) > 0 {
		t.Values = nil
		for _, v := range o.Values {
			t.Values = append(t.Values, float64(v))
		}
	}
	switch o.State {
	case complete:
		t.State = search.Complete
	case pruned:
		t.State = search.Pruned
	case failed:
		t.State = search.Failed
	}
}

// external is the value of a parameter that a distribution stands for.
func external(distribution string, internal json.RawMessage) (any, error) {
	var d struct {
		Name       string `json:"name"`
		Attributes struct {
			Choices []any `json:"choices"`
		} `json:"attributes"`
	}
	var x number
	if json.Unmarshal([]byte(words(distribution)), &d) != nil || json.Unmarshal(internal, &x) != nil {
		return nil, errors.New("a parameter has no distribution that can be read")
	}
	if d.Name != "CategoricalDistribution" {
		return float64(x), nil
	}
	if i := int(x); i >= 0 && i < len(d.Attributes.Choices) {
		return d.Attributes.Choices[i], nil
	}
	return nil, errors.New("a parameter has a choice that its distribution does not")
}

// Trials makes of the trials of a journal that have ended some of a study: its parameters
// have to be knobs of the recipe, and its directions those of the objectives.
func Trials(j *Journal, spec study.Spec, r recipe.Recipe) (out []study.Imported, err error) {
	if len(j.Maximize) != len(spec.Objectives) {
		return nil, fmt.Errorf("it has %d objectives, and the study %d", len(j.Maximize), len(spec.Objectives))
	}
	for i, o := range spec.Objectives {
		if up := o[0] == '-'; up != j.Maximize[i] {
			return nil, fmt.Errorf("it is to %s its objective, and the study to %s %s", toward(!up), toward(up), strings.TrimPrefix(o, "-"))
		}
	}
	unknown := map[string]bool{}
	for _, t := range j.Trials {
		if t.State == search.Running {
			continue
		}
		one := study.Imported{From: fmt.Sprintf("trial %d of %s", t.Number, j.Name), State: t.State, Point: search.Point{}}
		own := r
		for _, named := range []bool{true, false} { // a name may bring other knobs
			for _, path := range slices.Sorted(maps.Keys(t.Params)) {
				if strings.HasSuffix(path, ".name") != named {
					continue
				}
				k, err := own.Find(path)
				if err != nil {
					unknown[path] = true
					continue
				}
				v, err := k.Knob.Parse(text(t.Params[path]))
				if err == nil {
					err = own.Set(path, v)
				}
				if err != nil {
					return nil, fmt.Errorf("trial %d: %s: %w", t.Number, path, err)
				}
				one.Point[path] = v
			}
		}
		for i, v := range t.Values {
			if i < len(j.Maximize) && j.Maximize[i] {
				v = -v
			}
			one.Values = append(one.Values, journal.Float(v))
		}
		if t.State == search.Complete && len(one.Values) != len(spec.Objectives) {
			return nil, fmt.Errorf("trial %d is complete, and has %d values", t.Number, len(one.Values))
		}
		out = append(out, one)
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("it has parameters that are no knobs of %s: %s", r.Name, strings.Join(slices.Sorted(maps.Keys(unknown)), ", "))
	}
	return out, nil
}

func toward(up bool) string {
	if up {
		return "maximise"
	}
	return "minimise"
}

// text is a parameter as it would be typed.
func text(v any) string {
	switch x := v.(type) {
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1e15 {
			return strconv.FormatFloat(x, 'f', -1, 64)
		}
		return strconv.FormatFloat(x, 'g', -1, 64)
	case string:
		return x
	}
	return fmt.Sprint(v)
}
