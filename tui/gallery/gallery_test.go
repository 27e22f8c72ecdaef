package gallery

import (
	"errors"
	"fmt"
	"testing"

	"descent/presets"
	"descent/session/journal"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

func press(g *Gallery, keys ...string) (asked tea.Msg) {
	named := map[string]tea.KeyType{"enter": tea.KeyEnter, "esc": tea.KeyEsc, "up": tea.KeyUp, "down": tea.KeyDown, "end": tea.KeyEnd, "home": tea.KeyHome, "pgdown": tea.KeyPgDown, "backspace": tea.KeyBackspace, "tab": tea.KeyTab}
	for _, k := range keys {
		msg := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
		if typ, ok := named[k]; ok {
			msg = tea.KeyMsg{Type: typ}
		}
		asked = g.Key(msg)
	}
	return asked
}

// stored are sessions, one of them with a name that would have its way.
func stored() []journal.Stored {
	return []journal.Stored{
		{Name: "20260101-120000-moons", Path: "/s/a.jsonl", Preset: "moons", Modified: "2026-01-01T12:00:00.000Z", Step: 1234, Decisions: 2, Branches: 3, State: "ended"},
		{Name: check.Hostile, Path: "/s/b.jsonl", Preset: check.Hostile, State: check.Hostile},
	}
}

// full is a gallery with everything that its selection wants.
func full(t *draw.Theme) *Gallery {
	g := New(t, presets.Title)
	g.Add(stored(), []string{"mine.toml"})
	return g
}

func read(g *Gallery) {
	for name := g.Wants(); name != ""; name = g.Wants() {
		g.Show(name, Load(name, presets.Files{}))
	}
}

func TestGoldenGallery(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 55}} {
		for _, name := range []string{"digits", "rosenbrock", "iris"} {
			t.Run(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), func(t *testing.T) {
				g := New(frames.Plain(), presets.Title)
				for g.Selected() != name {
					g.move(1)
				}
				read(g)
				check.Golden(t, g.View(size[0], size[1]))
			})
		}
	}
}

func TestEveryPresetHasAPictureThatFits(t *testing.T) {
	for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.ANSI256).InASCII()} {
		g := full(th)
		for range g.rows {
			read(g)
			for _, s := range [][2]int{{1, 1}, {3, 1}, {20, 6}, {50, 14}, {80, 24}, {200, 55}} {
				check.Exact(t, g.Selected(), g.View(s[0], s[1]), s[0], s[1])
			}
			check.Harmless(t, g.Selected(), g.View(120, 36))
			g.move(1)
		}
	}
}

func TestTheLastSessionIsFirstAndWhatWasChosenStays(t *testing.T) {
	g := full(frames.Plain())
	if got := g.Selected(); got != "/s/a.jsonl" {
		t.Errorf("selected is %q", got)
	}
	g = New(frames.Plain(), presets.Title)
	press(g, "down")
	was := g.Selected()
	g.Add(stored(), nil)
	if g.Selected() != was {
		t.Errorf("%q is selected instead of %q", g.Selected(), was)
	}
	g = New(frames.Plain(), presets.Title)
	press(g, "/", "r", "o", "s", "e")
	g.Add(stored(), []string{"rose.toml"}) // which are read while somebody types already
	if g.Selected() != "rosenbrock" {
		t.Errorf("%q is selected, not what was typed", g.Selected())
	}
	n := len(g.rows)
	if g.Add(stored(), []string{"rose.toml"}); len(g.rows) != n || g.Selected() != "rosenbrock" {
		t.Errorf("read again there are %d rows instead of %d, and %q is selected", len(g.rows), n, g.Selected())
	}
}

func TestKeysOfTheGallery(t *testing.T) {
	g := full(frames.Plain())
	if got := press(g, "enter"); got != (intent.Open{Name: "/s/a.jsonl"}) {
		t.Errorf("enter asks for %v", got)
	}
	if got := press(g, "/", "r", "o", "s", "e", "enter"); got != (intent.Open{Name: "rosenbrock"}) {
		t.Errorf("rose, enter asks for %v", got)
	}
	if press(g, "q"); g.filter != "roseq" || g.Selected() != "" {
		t.Errorf("while a filter is typed q is text, not %q", g.filter)
	}
	press(g, "backspace", "esc")
	if g.filter != "" || g.Selected() != "/s/a.jsonl" {
		t.Errorf("esc leaves %q and %q", g.filter, g.Selected())
	}
	if press(g, "end"); g.Selected() != "mine.toml" {
		t.Errorf("the end is %q", g.Selected())
	}
	press(g, "down", "pgdown", "home", "up")
	if g.Selected() != "/s/a.jsonl" {
		t.Errorf("home is %q", g.Selected())
	}
	if got := press(g, "q"); got != (intent.Quit{}) {
		t.Errorf("q asks for %v", got)
	}
	g.Opening("training digits first")
	if got := press(g, "enter"); got != nil {
		t.Errorf("two things are opened: %v", got)
	}
	if got := press(g, "esc"); got != (intent.Cancel{}) {
		t.Errorf("esc asks for %v while something is opened", got)
	}
}

func TestAPathIsTypedAndCompleted(t *testing.T) {
	g := full(frames.Plain()).Completes(func(typed string) []string {
		var out []string
		for _, p := range []string{"data/", "data/iris.csv", "data/iris.toml"} {
			if len(p) >= len(typed) && p[:len(typed)] == typed {
				out = append(out, p)
			}
		}
		return out
	})
	press(g, "o", "d", "tab", "tab")
	if g.path.field.Text() != "data/" || g.notice == "" {
		t.Errorf("%q, %q", g.path.field.Text(), g.notice)
	}
	press(g, "i", "tab")
	check.Exact(t, "gallery", g.View(80, 24), 80, 24)
	if got := press(g, "c", "tab", "enter"); got != (intent.Open{Name: "data/iris.csv"}) {
		t.Errorf("enter asks for %v", got)
	}
	if press(g, "o", "q", "esc"); g.path != nil {
		t.Error("esc leaves the prompt open")
	}
}

func TestAClickSelectsAndOpens(t *testing.T) {
	g := New(frames.Plain(), presets.Title)
	if got := g.Point(5, 4, 0, 120, 36); got != nil || g.Selected() != "moons" {
		t.Errorf("a click selects %q and asks for %v", g.Selected(), got)
	}
	if got := g.Point(5, 4, 0, 120, 36); got != (intent.Open{Name: "moons"}) {
		t.Errorf("a second asks for %v", got)
	}
	if g.Point(5, 4, 1, 120, 36); g.Selected() != "spiral" {
		t.Errorf("the wheel selects %q", g.Selected())
	}
}

func TestWhatCannotBeReadSaysWhy(t *testing.T) {
	g := full(frames.Plain())
	press(g, "end")
	g.Show("mine.toml", Preview{Err: errors.New("mine.toml:3:1: there is no knob foo")})
	check.Exact(t, "gallery", g.View(120, 36), 120, 36)
	if p := Load("nothing.toml", presets.Files{}); p.Err == nil {
		t.Error("a file that is not there has a preview")
	}
}
