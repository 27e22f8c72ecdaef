package plain

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"descent/core/knob"
	"descent/session"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

func (s *talk) knobs(f *live.Frame, words []string) error {
	for _, d := range f.Panel {
		if len(words) == 0 || strings.Contains(d.Knob.Path, words[0]) {
			s.say(fmt.Sprintf("%s = %s: %s", d.Knob.Path, d.Knob.Format(d.Value), d.Knob.Help))
		}
	}
	return nil
}

// knob finds a knob by its path.
func (s *talk) knob(f *live.Frame, words []string) (live.KnobState, error) {
	if len(words) == 0 {
		return live.KnobState{}, errors.New("the path of a knob is missing; knobs lists them")
	}
	if d, ok := intent.FindKnob(f, words[0]); ok {
		return d, nil
	}
	var paths []string
	for _, d := range f.Panel {
		paths = append(paths, d.Knob.Path)
		if _, last, _ := strings.Cut(d.Knob.Path, "."); last == words[0] { // lr for optimizer.lr
			return d, nil
		}
	}
	if near := knob.Nearest(words[0], paths); near != "" {
		return live.KnobState{}, fmt.Errorf("there is no knob %q; did you mean %s?", words[0], near)
	}
	return live.KnobState{}, fmt.Errorf("there is no knob %q; knobs lists them", words[0])
}

func (s *talk) set(f *live.Frame, words []string) error {
	d, err := s.knob(f, words)
	if err != nil {
		return err
	}
	if len(words) < 2 {
		return s.choices(f, words)
	}
	if words[1] == "=" {
		words = words[1:]
	}
	v, err := intent.Typed(d.Knob, d.Value, strings.Join(words[1:], " "))
	if err != nil {
		return err
	}
	return s.ask(intent.Set{Path: d.Knob.Path, Text: v.String()})
}

func (s *talk) choices(f *live.Frame, words []string) error {
	d, err := s.knob(f, words)
	if err != nil {
		return err
	}
	s.say(fmt.Sprintf("%s is %s: %s", d.Knob.Path, d.Knob.Format(d.Value), d.Knob.Help))
	for _, o := range d.Knob.Options {
		why := ""
		if d.Refused[o.Name] != "" {
			why = " (not now: " + d.Refused[o.Name] + ")"
		}
		s.say(o.Name + ": " + o.Help + why)
	}
	if len(d.Knob.Options) == 0 {
		s.say("it takes " + intent.Takes(d.Knob))
	}
	return nil
}

// ranking says how the last race ended.
func (s *talk) ranking(f *live.Frame) {
	standings := f.Standings()
	s.say(fmt.Sprintf("the race is over, after %s steps; ranked by %s", draw.Thousands(f.Race.End-f.Race.From), standings.By))
	for _, row := range standings.Rows {
		text := "loss " + draw.Significant(row.Loss)
		if !math.IsNaN(row.Accuracy) {
			text += ", accuracy " + draw.Percent(row.Accuracy)
		}
		for _, s := range row.Scores {
			text += ", " + s.Name + " " + draw.Significant(s.Value)
		}
		if row.Diverged > 0 {
			text = "diverged at step " + draw.Thousands(row.Diverged)
		}
		s.say(fmt.Sprintf("%d %s: %s", row.Place, row.Label, text))
	}
}

func (s *talk) race(f *live.Frame, words []string) error {
	if len(words) == 0 {
		if f.Racing {
			return s.ask(intent.RaceMenu{})
		}
		if f.Race != nil {
			s.ranking(f)
			return nil
		}
		return errors.New("say what to race: race optimizer.name sgd adam lion")
	}
	d, err := s.knob(f, words)
	if err != nil {
		return err
	}
	var values []knob.Value
	for _, text := range strings.FieldsFunc(strings.Join(words[1:], " "), func(r rune) bool { return r == ' ' || r == ',' || r == '=' }) {
		v, err := d.Knob.Parse(text)
		if err != nil {
			return err
		}
		values = append(values, v)
	}
	if len(values) < 2 {
		return errors.New("a race needs at least two values")
	}
	if _, _, err := s.desk.Do(intent.Race{Racers: session.Over(d.Knob.Path, values)}); err != nil {
		return err
	}
	s.began(f)
	s.say(fmt.Sprintf("%d race; race alone ends it, branches says how they stand", len(values)))
	return nil
}
