package dialog

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"descent/core/knob"
	"descent/tui/draw"
	"descent/tui/explain"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

// made is a page of everything that a page can hold, so that no golden file
// changes with the texts of the catalogues.
var made = explain.Page{
	Name: "made-up thing", Kind: explain.Measure, Summary: "a thing that is measured nowhere, for whoever looks at how pages are drawn",
	Formula: "m̂ₜ = mₜ / (1 − β₁ᵗ)\nθₜ = θₜ₋₁ − η m̂ₜ / (√v̂ₜ + ε)", Source: "A. Nobody, “On Things that are Measured Nowhere”, 2099, equation 1",
	PyTorch: "torch.nowhere(thing)", When: "Never: it is neither here nor there, and what is said of it has to be long enough for several lines of a box.", Range: "0 to 1",
	Takes: "a number from 0 to 1", Default: "0.5",
	Shows:    []explain.Entry{{Name: "vertical axis", Summary: "how much of it there is, in units of its own"}, {Name: "●", Summary: "where it stands"}},
	Measures: []explain.Measured{{Name: "another thing", Summary: "measured nowhere as well", Formula: "x = y", Source: "A. Nobody, 2098"}},
	Knobs:    []explain.Entry{{Name: "optimizer.lr", Value: "0.001", Summary: "η: how far a step goes"}, {Name: "optimizer.beta1", Value: "0.9", Summary: "β₁: how much of the old is kept"}},
	Keys:     []explain.Entry{{Name: "y", Summary: "does nothing"}},
	Presets:  []string{"digits", "moons"}, SeeAlso: []string{"adam", "another thing"},
}

var madeUp = sync.OnceValues(func() (explain.Book, error) {
	return explain.New(made, explain.Page{Name: "another thing", Kind: explain.Measure, Summary: "measured nowhere as well", SeeAlso: []string{"made-up thing"}})
})

func referenceWith(t testing.TB) explain.Book {
	t.Helper()
	b, err := madeUp()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func standing(path string) string { return map[string]string{"optimizer.lr": "0.25"}[path] }

func on(t testing.TB, th *draw.Theme, s intent.Subject) *Explain {
	t.Helper()
	return NewExplain(th, referenceWith(t), standing, s)
}

func TestGoldenPages(t *testing.T) {
	for _, size := range [][2]int{{50, 14}, {80, 24}, {120, 36}} {
		e := on(t, frames.Plain(), intent.Subject{Pages: []string{"another thing", "made-up thing"}, At: "optimizer.beta1"})
		name := fmt.Sprintf("%dx%d", size[0], size[1])
		t.Run(name, func(t *testing.T) { check.Golden(t, e.View(size[0], size[1])) })
		press(e, "end")
		t.Run(name+"-end", func(t *testing.T) { check.Golden(t, e.View(size[0], size[1])) })
		press(e, "/", "n", "o", "w", "h", "e", "r", "e", "down")
		t.Run(name+"-search", func(t *testing.T) { check.Golden(t, e.View(size[0], size[1])) })
	}
}

// Whatever page it is, wherever it is scrolled, and however small the screen: the
// box is a box, and where there is room for one it fits.
func TestAPageFillsItsPlace(t *testing.T) {
	book := referenceWith(t)
	for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.TrueColor)} {
		for i, p := range book.Pages() {
			e := NewExplain(th, book, standing, intent.Subject{Pages: []string{p.Ref()}})
			for j, s := range [][2]int{{1, 1}, {3, 1}, {8, 3}, {50, 14}, {80, 24}, {200, 55}} {
				if i%7 > 0 && j%3 > 0 {
					continue
				}
				press(e, []string{"down", "tab", "end", "pgup", "home", "shift+tab"}[(i+j)%6])
				box := e.View(s[0], s[1])
				lines := strings.Split(box, "\n")
				if s[1] >= 14 && len(lines) > s[1] {
					t.Fatalf("%s is %d lines high on a screen of %d:\n%s", p.Title(), len(lines), s[1], box)
				}
				check.Exact(t, p.Title(), th.Release(box), max(min(s[0]-2, 98), 3), len(lines))
			}
		}
	}
}

func TestLinksAreFollowedAndGoneBackFrom(t *testing.T) {
	e := on(t, frames.Plain(), intent.Subject{Pages: []string{"made-up thing"}, At: "optimizer.lr"})
	at := func(want string) {
		t.Helper()
		e.View(80, 24)
		if got := e.Page().Title(); got != want {
			t.Fatalf("it shows %s, not %s", got, want)
		}
	}
	press(e, "enter")
	at("optimizer.lr – knob")
	if view := e.View(80, 24); !strings.Contains(view, "now 0.25") || !strings.Contains(view, "backspace") {
		t.Errorf("it does not say where the knob stands, or how to go back:\n%s", view)
	}
	press(e, "backspace")
	at("made-up thing – measure")
	press(e, "tab", "enter")
	at("optimizer.beta1 – knob")
	press(e, "backspace", "backspace", "shift+tab", "shift+tab", "enter")
	at("another thing – measure")
	press(e, "enter") // what it sees also
	at("made-up thing – measure")
	press(e, "end")
	e.View(80, 24)
	if e.here().at < 0 || !strings.Contains(e.View(80, 24), "▸") {
		t.Error("at the end no link in sight is chosen")
	}
	if asked, done := press(e, "?"); asked != (intent.Help{}) || !done {
		t.Errorf("? asks for %v", asked)
	}
	if _, done := press(e, "esc"); !done {
		t.Error("esc does not close it")
	}
}

func TestEveryLineOfAPageCanBeSeen(t *testing.T) {
	book := referenceWith(t)
	for _, name := range []string{"made-up thing", "optimizer adam", "knob optimizer.name"} {
		e := NewExplain(frames.Plain(), book, standing, intent.Subject{Pages: []string{name}})
		seen := ""
		for range 300 {
			seen += e.View(80, 24)
			press(e, "down")
		}
		for _, l := range e.Page().Lines(74)[2:] {
			if text := strings.TrimSpace(l.String()); !strings.Contains(strings.ReplaceAll(seen, "▸", " "), text) {
				t.Errorf("%s: nobody sees %q", name, text)
			}
		}
	}
}

func TestPagesAreSearched(t *testing.T) {
	e := on(t, frames.Plain(), intent.Subject{Pages: []string{"made-up thing"}})
	typed := func(text string) {
		for _, r := range text {
			press(e, string(r))
		}
	}
	press(e, "/")
	typed("beta1")
	if !strings.Contains(e.View(80, 24), "▸optimizer.beta1") {
		t.Errorf("it does not find beta1:\n%s", e.View(80, 24))
	}
	press(e, "enter")
	if got := e.Page().Name; got != "optimizer.beta1" {
		t.Errorf("it opens %s", got)
	}
	press(e, "/")
	typed("zq?/") // letters and signs are text here
	if view := e.View(80, 24); !strings.Contains(view, "zq?/") || !strings.Contains(view, "no page has these words") {
		t.Errorf("it takes keys for others:\n%s", view)
	}
	press(e, "enter", "up", "down", "esc")
	if got := e.Page().Name; got != "optimizer.beta1" {
		t.Errorf("after the search it shows %s", got)
	}
	press(e, "/")
	typed("gradient accumulation")
	names := []string{}
	for _, p := range e.search.found {
		names = append(names, p.Name)
	}
	if !slices.Contains(names, "train.accumulate") && !slices.Contains(names, "step") {
		t.Errorf("gradient accumulation finds %v", names)
	}
}

func TestWhatHasNoPageIsSearchedFor(t *testing.T) {
	e := on(t, frames.Plain(), intent.Subject{Pages: []string{"no such thing"}})
	if view := e.View(80, 24); !strings.Contains(view, "Search") {
		t.Errorf("it shows\n%s", view)
	}
	if _, done := press(e, "esc"); !done {
		t.Error("there is nothing to come back to")
	}
}

func TestAPickerExplainsWhatIsHighlighted(t *testing.T) {
	book := referenceWith(t)
	for _, f := range frames.Odd(t) {
		for _, d := range f.Panel {
			if d.Knob.Kind != knob.Choice {
				continue
			}
			p := NewPicker(frames.Plain(), d)
			for i, o := range d.Knob.Options {
				p.at = i
				// What is monitored and is a metric has the page of the metric.
				metric := strings.HasSuffix(d.Knob.Path, ".monitor")
				if got := NewExplain(frames.Plain(), book, standing, p.Subject()).Page(); got.Name != o.Name || got.Summary != o.Help && !metric {
					t.Errorf("%s of %s opens %s", o.Name, d.Knob.Path, got.Title())
				}
			}
		}
	}
}

func TestAClickFollowsTheLink(t *testing.T) {
	e := on(t, frames.Plain(), intent.Subject{Pages: []string{"optimizer adam"}})
	view := e.View(100, 60)
	l := e.links[len(e.links)-1]
	found := false
	for y, line := range strings.Split(view, "\n") {
		for x := range []rune(line) {
			before := len(e.way)
			e.Click(x, y)
			if len(e.way) > before {
				found = found || e.Page().Ref() == l.to.Ref()
				e.way = e.way[:before]
				e.lay(e.width)
			}
		}
	}
	if !found {
		t.Errorf("no click leads to %s:\n%s", l.to.Ref(), view)
	}
}
