package tune

import (
	"fmt"
	"math"
	"strings"

	"descent/core/search"
	"descent/session/study"
	"descent/tui/intent"
)

// filter says which trials are listed, as it is typed: words that occur in the state,
// the worker, the reason or a setting, and comparisons such as lr<1e-3 or steps>=500.
// All of them have to hold.
type filter struct {
	text  string
	terms []term
}

// term is a part of a filter: a word, or the comparison of a column.
type term struct {
	word     string
	name, op string
	number   float64
	numeric  bool
}

// newFilter reads a filter.
func newFilter(text string) filter {
	f := filter{text: text}
	for _, word := range strings.Fields(strings.ToLower(text)) {
		f.terms = append(f.terms, newTerm(word))
	}
	return f
}

func newTerm(word string) term {
	for _, op := range []string{"<=", ">=", "!=", "<", ">", "="} {
		name, value, ok := strings.Cut(word, op)
		if !ok || name == "" {
			continue
		}
		t := term{word: value, name: name, op: op}
		if n, err := intent.Number(value); err == nil {
			t.number, t.numeric = n, true
		}
		return t
	}
	return term{word: word}
}

// has reports whether a trial meets the filter.
func (f filter) has(d *digest, t *study.Trial) bool {
	for _, term := range f.terms {
		if !term.has(d, t) {
			return false
		}
	}
	return true
}

func (m term) has(d *digest, t *study.Trial) bool {
	if m.op == "" {
		return m.occurs(t)
	}
	number, text, ok := m.column(d, t)
	if !ok {
		return m.op == "!="
	}
	if m.numeric && !math.IsNaN(number) {
		switch m.op {
		case "<=":
			return number <= m.number
		case ">=":
			return number >= m.number
		case "<":
			return number < m.number
		case ">":
			return number > m.number
		case "!=":
			return number != m.number
		}
		return number == m.number
	}
	same := strings.EqualFold(text, m.word)
	switch m.op {
	case "=":
		return same
	case "!=":
		return !same
	}
	return false
}

// column is what a trial has in the column of a comparison.
func (m term) column(d *digest, t *study.Trial) (number float64, text string, ok bool) {
	switch m.name {
	case "#", "number", "trial":
		return float64(t.Number), "", true
	case "state":
		return math.NaN(), stateOf(t).word, true
	case "steps":
		done, _ := d.trained(t)
		return float64(done), "", true
	case "worker":
		return math.NaN(), t.Claim.Worker, true
	case "value":
		return d.goals[0].shown(value(t, 0)), "", true
	}
	for k, g := range d.goals {
		if strings.EqualFold(g.name, m.name) {
			return g.shown(value(t, k)), "", true
		}
	}
	for _, a := range d.axes {
		if !strings.EqualFold(a.name, m.name) && !strings.EqualFold(a.Path, m.name) {
			continue
		}
		v, ok := t.Point[a.Path]
		if a.Kind == search.Choice {
			return math.NaN(), v.String(), ok
		}
		return v.Num(), v.String(), ok
	}
	if v, ok := t.Metrics[m.name]; ok {
		return v, "", true
	}
	return 0, "", false
}

// occurs reports whether a word stands in what is written of a trial.
func (m term) occurs(t *study.Trial) bool {
	in := func(text string) bool { return strings.Contains(strings.ToLower(text), m.word) }
	if in(stateOf(t).word) || in(t.Why) || in(t.Claim.Worker) || in(t.Note) || in(fmt.Sprintf("#%d", t.Number)) || t.Outside && in("outside") {
		return true
	}
	for _, v := range t.Point {
		if in(v.String()) {
			return true
		}
	}
	return false
}

// kind is a choice of trials by their state.
type kind struct {
	name string
	has  func(d *digest, t *study.Trial) bool
}

// keeps are the choices, the first all of them.
var keeps = []kind{
	{"all", func(*digest, *study.Trial) bool { return true }},
	{"running", func(_ *digest, t *study.Trial) bool { return t.State == search.Running || t.State == search.Waiting }},
	{"complete", func(_ *digest, t *study.Trial) bool { return t.State == search.Complete }},
	{"pruned", func(_ *digest, t *study.Trial) bool { return t.State == search.Pruned }},
	{"failed", func(_ *digest, t *study.Trial) bool { return t.State == search.Failed }},
	{"the front", func(d *digest, t *study.Trial) bool { return d.front[t.Number] }},
	{"pinned", func(d *digest, t *study.Trial) bool { return d.pinned[t.Number] }},
}
