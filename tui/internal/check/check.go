// Package check holds what the tests of several rooms ask of a screen.
package check

import (
	"math"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Hostile is a name that would have its way with a terminal.
const Hostile = "x\x1b[2J\x1b]0;mine\a\x1b]52;c;ZXZpbA==\x1b\\\u009b3Ja\u0085b\x7f\b\babc\u202e\u2066fdp\u2069\u200f\u061c\u200b\u2060\ufeff\u2028\u2029\U000e0041s\revil\x1b[31mred\x1b[8m\x1b]0;"

// Colours are the codes that colour text; Orders is what a terminal would obey.
var (
	Colours = regexp.MustCompile("\x1b\\[[0-9;]*m")
	Orders  = regexp.MustCompile("[\\x00-\\x09\\x0b-\\x1f\\x7f\u0080-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
)

// Harmless checks a screen: colours, newlines and signs, nothing else.
func Harmless(t testing.TB, what, view string) {
	t.Helper()
	if !utf8.ValidString(view) {
		t.Fatalf("%s: not UTF-8", what)
	}
	text := Colours.ReplaceAllString(view, "")
	if at := Orders.FindStringIndex(text); at != nil {
		t.Fatalf("%s: %q in %q", what, text[at[0]:at[1]], text[max(0, at[0]-60):min(len(text), at[1]+60)])
	}
}

// Extremes are numbers that break arithmetic.
var Extremes = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.5, 5e-324, -5e-324, 1e-300, 1e17, -1e17, 1e168, -5e168, 1e300, -1e300,
	math.MaxFloat64, -math.MaxFloat64, math.NaN(), math.Inf(1), math.Inf(-1),
}

// Exact checks that a text is h lines of w cells.
func Exact(t *testing.T, what, text string, w, h int) {
	t.Helper()
	lines := strings.Split(text, "\n")
	if len(lines) != h {
		t.Fatalf("%s at %d×%d has %d lines", what, w, h, len(lines))
	}
	for i, l := range lines {
		if got := ansi.StringWidth(l); got != w {
			t.Fatalf("%s at %d×%d: line %d is %d cells wide: %q", what, w, h, i, got, l)
		}
	}
}
