package tui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"descent/session/live"
	"descent/tui/config"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// configured are the settings of a home with that config.toml.
func configured(t *testing.T, content string) *config.Config {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	t.Setenv("XDG_STATE_HOME", dir)
	if err := os.MkdirAll(filepath.Join(dir, "descent"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "descent", "config.toml"), []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(Actions())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTGoesThroughTheThemesAndIsRemembered(t *testing.T) {
	b := newRobot(t, "moons", 120, 36)
	b.m.t = frames.Colored(termenv.ANSI256)
	b.m.prefer(configured(t, ""))
	seen := []string{}
	for range config.Themes {
		b.press("T")
		seen = append(seen, b.m.config.Theme)
		b.sees("theme: " + b.m.config.Theme)
	}
	slices.Sort(seen)
	want := slices.Sorted(slices.Values(config.Themes))
	if !slices.Equal(seen, want) {
		t.Errorf("the themes are %v, not %v", seen, want)
	}
	b.press("T")
	if again, err := config.Load(Actions()); err != nil || again.Theme != "dark" {
		t.Errorf("remembered is %s (%v)", again.Theme, err)
	}
}

// Every theme draws whatever there is, on every terminal, into the same cells.
func TestEveryThemeFillsTheScreen(t *testing.T) {
	if check.Race {
		t.Skip("one goroutine draws: there is nothing to race")
	}
	f := frames.Still(t)
	plain := screen(frames.Plain(), f, 120, 36)
	for _, profile := range []termenv.Profile{termenv.Ascii, termenv.ANSI, termenv.ANSI256, termenv.TrueColor} {
		for _, onDark := range []bool{true, false} {
			for _, name := range config.Themes {
				th := draw.NewTheme(profile, onDark)
				th.Wear(name)
				m := screen(th, f, 120, 36)
				m.everywhere(func() { check.Exact(t, name, m.View(), 120, 36) })
				if colored := strings.Contains(m.View(), "\x1b["); colored != (name != "none" && profile != termenv.Ascii) {
					t.Errorf("%s with profile %d: colours %v", name, profile, colored)
				}
				if name == "16" && strings.Contains(m.View(), "8;5;") {
					t.Errorf("profile %d: the theme of 16 colours has others", profile)
				}
			}
		}
	}
	if plain.View() == "" {
		t.Error("nothing is drawn")
	}
}

func TestTheKeyMapIsTakenAndShown(t *testing.T) {
	c := configured(t, "[keys]\nplay = \"f5\"\nknobs.down = \"k\"\nundo = []\n")
	intent.SetKeys(c.Keys)
	t.Cleanup(func() { intent.SetKeys(nil) })
	b := newRobot(t, "moons", 120, 36)
	b.sees("f5 play")
	b.press(" ")
	b.sees("space has no action here")
	b.press("u")
	b.sees("u has no action here")
	was := b.m.Selected(b.m.frame).Knob.Path
	b.press("k")
	if b.m.Selected(b.m.frame).Knob.Path == was {
		t.Error("the chosen key does not move")
	}
	b.send(tea.KeyMsg{Type: tea.KeyF5})
	b.m.take()
	if !b.m.frame.Playing {
		t.Error("the chosen key does not play")
	}
}

func TestTheTitleOfTheWindowNamesThePreset(t *testing.T) {
	f := *frames.Still(t)
	f.Recipe.Name = "a\x1b]0;b"
	f.Step, f.Playing = 0, false
	for _, c := range []struct {
		step int
		want string
	}{{0, "descent a\uFFFD]0;b"}, {trainSteps(&f) / 2, "descent a\uFFFD]0;b 50 %"}, {trainSteps(&f), "step "}} {
		f.Step = c.step
		if got := windowTitle(&f); !strings.Contains(got, c.want) {
			t.Errorf("at step %d it is %q, not %q", c.step, got, c.want)
		}
	}
}

func TestABellTellsThatALongRunHasEnded(t *testing.T) {
	for _, c := range []struct{ bell, want string }{{"off", ""}, {"bell", "\a"}, {"notify", "\x1b]9;"}} {
		for _, took := range []time.Duration{longRun, longRun - time.Second} {
			t.Setenv("TERM", "xterm-256color")
			t.Setenv("TMUX", "")
			var out strings.Builder
			var p preferences
			p.prefer(configured(t, "title = false\nbell = \""+c.bell+"\""))
			p.terminal = &out
			f := *frames.Still(t)
			start := time.Now()
			say := func(at time.Duration, playing bool, step int) {
				g := f
				g.Playing, g.Step = playing, step
				if cmd := p.tell(&g, start.Add(at)); cmd != nil {
					drain(cmd)
				}
			}
			say(0, true, 1)
			say(took, false, trainSteps(&f))
			want := c.want
			if took < longRun {
				want = ""
			}
			if got := out.String(); want == "" && got != "" || !strings.HasPrefix(got, want) {
				t.Errorf("%s after %v writes %q", c.bell, took, got)
			}
		}
	}
}

// drain runs a command and those that it is made of.
func drain(cmd tea.Cmd) {
	if batch, ok := cmd().(tea.BatchMsg); ok {
		for _, c := range batch {
			if c != nil {
				drain(c)
			}
		}
	}
}

func TestAPauseRingsNoBell(t *testing.T) {
	f := &live.Frame{}
	*f = *frames.Still(t)
	f.Step = trainSteps(f) / 2
	if ended(f) {
		t.Error("half a run is taken for one that has ended")
	}
}

func TestANoticeGoesThroughTmux(t *testing.T) {
	env := map[string]string{"TERM": "foot", "TMUX": "x"}
	if got := notification("a;b", func(n string) string { return env[n] }); got != "\x1bPtmux;\x1b\x1b]777;notify;descent;a,b\x1b\x1b\\\x1b\\" {
		t.Errorf("the code is %q", got)
	}
}
