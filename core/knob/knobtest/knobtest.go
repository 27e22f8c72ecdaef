// Package knobtest checks that what can be chosen or set explains itself.
package knobtest

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"descent/core/knob"
)

// mostHelp is how many characters a line of help may have.
const mostHelp = 100

// unusual are words for which the field has others: integers, distillation,
// fraction, elastic deformation, network, overfitted.
var unusual = regexp.MustCompile(`\b(whole numbers?|taught|hire[ds]?|appoint(ed)?|shaken|bent|turned|by heart|nets?|the share|shares?|hangs? on|at once as|told|wants?|looks?|looking|shakes?|pull(s|ed)?|gates?|rigs?|dials?|lanes?|remember(s|ed)?|borne|the way)\b`)

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
	if w := unusual.FindString(d.When); w != "" {
		t.Errorf("%s: when says %q: %s", name, w, d.When)
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
	if w := unusual.FindString(help); w != "" {
		t.Errorf("%s: the help says %q: %s", name, w, help)
	}
}
