package diagnosis_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/presets"
	"descent/session"
	"descent/session/diagnosis"
	"descent/session/remedy"
)

// library is the built-in data sets, and tables of the test.
type library struct {
	presets.Files
	tables map[string]string
}

// File returns a table of the test.
func (l library) File(path string) ([]byte, error) {
	if text, ok := l.tables[filepath.Base(path)]; ok {
		return []byte(text), nil
	}
	return nil, errors.New(path + " is not there")
}

// run is a session that a monitor looks at.
type run struct {
	*testing.T
	s     *session.Session
	m     *diagnosis.Monitor
	every int // steps between two looks
}

// preset returns a built-in recipe with some knobs set, each as path=value.
func preset(t *testing.T, name string, set ...string) recipe.Recipe {
	t.Helper()
	r, err := presets.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return with(t, r, set...)
}

// decoded returns a recipe written in TOML.
func decoded(t *testing.T, toml string, set ...string) recipe.Recipe {
	t.Helper()
	r, err := presets.Decode("test.toml", []byte(toml))
	if err != nil {
		t.Fatal(err)
	}
	return with(t, r, set...)
}

func with(t *testing.T, r recipe.Recipe, set ...string) recipe.Recipe {
	t.Helper()
	for _, s := range set {
		path, text, _ := strings.Cut(s, "=")
		if err := r.Set(path, value(t, r, path, text)); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func value(t *testing.T, r recipe.Recipe, path, text string) knob.Value {
	t.Helper()
	for _, k := range r.Settings.Panel() {
		if k.Knob.Path == path {
			v, err := k.Knob.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
	t.Fatalf("there is no knob %s", path)
	return knob.Value{}
}

func begin(t *testing.T, r recipe.Recipe, tables map[string]string, every int) *run {
	t.Helper()
	tr, err := core.New(r, library{presets.Files{}, tables})
	if err != nil {
		t.Fatal(err)
	}
	b := &run{t, session.New(tr, nil), diagnosis.NewMonitor().WithoutClock(1), every}
	b.m.Look(b.s)
	return b
}

// train takes steps until they are done, a step is not finite, or until a diagnosis
// is made where asked.
func (b *run) train(steps int, until bool) *diagnosis.Diagnosis {
	b.Helper()
	for range steps {
		if _, err := b.s.Step(); err != nil {
			var d *session.Diverged
			if errors.As(err, &d) {
				b.m.Failed(d, remedy.For(b.s, d, time.Second))
			}
			return b.m.Now()
		}
		if b.s.Trainer().StepCount()%b.every == 0 {
			b.m.Look(b.s)
			if until && b.m.Now() != nil {
				return b.m.Now()
			}
		}
	}
	return b.m.Now()
}

// until trains until a rule speaks; others may before it.
func (b *run) until(rule string, steps int) diagnosis.Diagnosis {
	b.Helper()
	for range steps/b.every + 1 {
		if d := b.train(b.every, false); d != nil && d.Rule == rule {
			return *d
		}
	}
	b.Fatalf("never %s by step %d: %s", rule, b.s.Trainer().StepCount(), told(b.m))
	return diagnosis.Diagnosis{}
}

// take takes a remedy.
func (b *run) take(r diagnosis.Remedy) {
	b.Helper()
	if err := diagnosis.Take(b.s, r, nil); err != nil {
		b.Fatal(err)
	}
	b.m.Look(b.s)
}

// judged is the loss of the rows that the run is judged by.
func (b *run) judged() float64 {
	tr := b.s.Trainer()
	if tr.Data() == nil {
		return tr.Last().Loss
	}
	v, _ := tr.Measure(tr.Data().Held())
	return v
}

func told(m *diagnosis.Monitor) string {
	var out []string
	for _, d := range m.List() {
		words := ""
		if d.Remedy.Back {
			words = fmt.Sprintf("back to %d ", d.Remedy.Step)
		}
		for _, c := range d.Remedy.Set {
			words += recipe.Words(c.Path, c.Value) + " "
		}
		out = append(out, fmt.Sprintf("%d %s: %s [%s] (%s) past %v", d.Step, d.Rule, d.Cause, d.Brief, words+d.Remedy.Advice, d.Past))
	}
	return strings.Join(out, "\n")
}
