// Package knobtest checks that what can be chosen or set explains itself.
package knobtest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"descent/core/knob"
)

// mostHelp is how many characters a line of help may have.
const mostHelp = 100

// unusual are words that the texts avoid, as regular expressions of whole words, and
// what the field says instead.
var unusual = map[string]string{
	`whole numbers?`:        "integer",
	`taught`:                "trained, or distilled",
	`hire[ds]?`:             "set the teacher",
	`appoint(ed)?`:          "set, chosen",
	`shaken|shakes?`:        "perturbed, with noise",
	`bent`:                  "elastic deformation",
	`turned`:                "rotated (of images); set, changed (of knobs)",
	`by heart`:              "overfitted, memorised",
	`nets?`:                 "network",
	`the share|shares?`:     "fraction",
	`hangs? on`:             "depends on",
	`at once as`:            "at the same time as",
	`told`:                  "given, stated",
	`wants?`:                "needs, requires",
	`looks?|looking`:        "evaluates, measures, inspects",
	`pull(s|ed)?`:           "penalty towards, decay",
	`gates?`:                "limit, condition",
	`rigs?`:                 "setup, configuration",
	`dials?`:                "knob",
	`lanes?`:                "row, element",
	`remember(s|ed)?|borne`: "kept, stored",
	`the way`:               "how, as",
}

// anyUnusual finds all of them.
var anyUnusual = regexp.MustCompile(`\b(` + strings.Join(slices.Sorted(maps.Keys(unusual)), "|") + `)\b`)

// misworded says of each unusual word in a text what to write instead.
func misworded(text string) []string {
	var out []string
	for _, found := range anyUnusual.FindAllString(text, -1) {
		for word, instead := range unusual {
			if regexp.MustCompile(`^(` + word + `)$`).MatchString(found) {
				out = append(out, fmt.Sprintf("for %q write: %s", found, instead))
			}
		}
	}
	return out
}

// Options asks of every option of a catalogue that it explains itself.
func Options(t *testing.T, of string, options []knob.Option) {
	t.Helper()
	for _, o := range options {
		Chosen(t, of+" "+o.Name, o.Help, o.Doc)
	}
}

// mostChoice is how many characters of help fit beside a name in the picker, at
// eighty columns.
const mostChoice = 72

// Chosen is Explained, of what is chosen among others in the picker.
func Chosen(t *testing.T, name, help string, d knob.Doc) {
	t.Helper()
	Explained(t, name, help, d)
	if n := utf8.RuneCountInString(help); n > mostChoice {
		t.Errorf("%s: the help has %d characters; the most beside a name is %d: %s", name, n, mostChoice, help)
	}
}

// Knobs asks it of every knob and of what there is to choose from.
func Knobs(t *testing.T, knobs []knob.Knob) {
	t.Helper()
	for _, k := range knobs {
		Explained(t, k.Path, k.Help, k.Doc)
		Options(t, k.Path, k.Options)
	}
}

// Explained asks for one line of help and for every field of the Doc, of which
// not all are None.
func Explained(t *testing.T, name, help string, d knob.Doc) {
	t.Helper()
	Line(t, name, help)
	fields := []struct{ name, text string }{
		{"formula", d.Formula}, {"source", d.Source}, {"PyTorch", d.PyTorch}, {"when", d.When}, {"range", d.Range},
	}
	said := 0
	for _, f := range fields {
		switch {
		case strings.TrimSpace(f.text) == "":
			t.Errorf("%s: %s is missing; say knob.None if it does not apply", name, f.name)
		case f.text != knob.None:
			said++
		}
	}
	for _, why := range misworded(d.When) {
		t.Errorf("%s, when: %s: %s", name, why, d.When)
	}
	if d.When != knob.None && !strings.HasSuffix(d.When, ".") {
		t.Errorf("%s: when is whole sentences: %s", name, d.When)
	}
	if said == 0 {
		t.Errorf("%s: nothing is said of it", name)
	}
}

// Line asks for a single line of help in the words of the field.
func Line(t *testing.T, name, help string) {
	t.Helper()
	switch n := utf8.RuneCountInString(help); {
	case n == 0:
		t.Errorf("%s has no help", name)
	case n > mostHelp:
		t.Errorf("%s: the help has %d characters; the most is %d: %s", name, n, mostHelp, help)
	case strings.ContainsAny(help, "\n") || strings.HasSuffix(help, "."):
		t.Errorf("%s: the help is one line without a full stop: %s", name, help)
	}
	for _, why := range misworded(help) {
		t.Errorf("%s, help: %s: %s", name, why, help)
	}
}
