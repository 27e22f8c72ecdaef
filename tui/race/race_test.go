package race

import (
	"fmt"
	"strings"
	"testing"

	"descent/core/whatif"
	"descent/session/live"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	tea "github.com/charmbracelet/bubbletea"
)

// named are keys that are no text.
var named = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "tab": tea.KeyTab,
	"ctrl+a": tea.KeyCtrlA, "ctrl+d": tea.KeyCtrlD, "backspace": tea.KeyBackspace, "space": tea.KeySpace,
}

func press(d interface {
	Key(tea.KeyMsg) (tea.Msg, bool)
}, keys ...string,
) (asked tea.Msg, done bool) {
	for _, k := range keys {
		msg := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
		if t, ok := named[k]; ok {
			msg = tea.KeyMsg{Type: t}
			if k == "space" {
				msg.Runes = []rune{' '}
			}
		}
		asked, done = d.Key(msg)
	}
	return asked, done
}

func menu(t *testing.T, selected string) (*Menu, *live.Frame) {
	f := frames.Still(t)
	d, _ := intent.FindKnob(f, selected)
	return New(frames.Plain(), func() *live.Frame { return f }, d), f
}

// entered are the racers of an intent, with what each changes.
func entered(asked tea.Msg) string {
	r, _ := asked.(intent.Race)
	var out []string
	for _, one := range r.Racers {
		text := one.Label
		for _, c := range one.Changes {
			text += fmt.Sprintf(" %s=%s", c.Path, c.Value)
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

func TestOptimizersRaceEachAtItsDefault(t *testing.T) {
	m, _ := menu(t, "optimizer.lr")
	asked, done := press(m, "ctrl+d", "l", "i", "o", "n", "space", "backspace", "backspace", "backspace", "backspace", "s", "g", "d", "space", "enter")
	want := "sgd optimizer.name=sgd optimizer.lr=0.01; lion optimizer.name=lion optimizer.lr=0.0001"
	if got := entered(asked); !done || got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestARaceNeedsTwo(t *testing.T) {
	m, _ := menu(t, "optimizer.lr")
	if asked, done := press(m, "ctrl+d", "space", "enter"); asked != nil || done {
		t.Errorf("%v", asked)
	}
	if got := m.View(100, 30); !strings.Contains(got, "two racers at least") {
		t.Errorf("it does not say why:\n%s", got)
	}
	press(m, "ctrl+a")
	if n := len(m.now().chosen()); n != len(m.now().rows) {
		t.Errorf("%d of %d are chosen", n, len(m.now().rows))
	}
}

func TestARateThatIsNotListedIsTyped(t *testing.T) {
	m, _ := menu(t, "optimizer.lr")
	press(m, "tab", "ctrl+d", "0", ".", "0", "0", "7")
	if got := m.View(100, 30); !strings.Contains(got, "space adds “0.007”") {
		t.Errorf("\n%s", got)
	}
	asked, _ := press(m, "space", "down", "space", "enter")
	if got := entered(asked); !strings.HasPrefix(got, "lr 0.007 optimizer.lr=0.007; ") {
		t.Errorf("%s", got)
	}
	press(m, "right")
	if got := m.View(100, 30); !strings.Contains(got, "differ in their learning rates already") {
		t.Errorf("\n%s", got)
	}
}

func TestTheBestRatesOfARangeTestAreWaitedFor(t *testing.T) {
	m, f := menu(t, "optimizer.lr")
	f.Findings = map[live.Probe]live.Finding{}
	press(m, "right")
	probes := m.Probes()
	if len(probes) != len(usual) {
		t.Fatalf("%d range tests", len(probes))
	}
	if got := m.View(100, 30); !strings.Contains(got, "range test 1 of 5") || !strings.Contains(got, "testing") {
		t.Errorf("\n%s", got)
	}
	if asked, done := press(m, "enter"); asked != nil || done {
		t.Error("it starts without the rates")
	}
	if got := m.View(100, 30); !strings.Contains(got, "then the race starts") || m.Due() != nil {
		t.Errorf("\n%s", got)
	}
	for i, p := range probes {
		f.Findings[p] = live.Finding{Value: whatif.RateCurve{Valley: float64(i) / 100, Note: "too noisy"}}
	}
	asked := m.Due()
	if got := entered(asked); !strings.Contains(got, "optimizer.lr=0.02") || !strings.Contains(got, "sgd optimizer.name=sgd optimizer.lr=0.01") {
		t.Errorf("%s", got) // the first found none, and keeps its default
	}
}

func TestEscCancelsTheRangeTestsFirst(t *testing.T) {
	m, f := menu(t, "optimizer.lr")
	f.Findings = nil
	if _, done := press(m, "right", "esc"); done || len(m.Probes()) > 0 {
		t.Error("the range tests go on, or the menu is closed")
	}
	if _, done := press(m, "esc"); !done {
		t.Error("the menu stays")
	}
}

func TestWhatCannotRaceSaysWhy(t *testing.T) {
	f := frames.Still(t)
	d, _ := intent.FindKnob(f, "loss.name")
	d.Refused = map[string]string{"mse": "it has no classes"}
	m := New(frames.Plain(), func() *live.Frame { return f }, d)
	press(m, "tab", "tab", "tab", "m", "s", "e", "space")
	if got := m.View(100, 30); !strings.Contains(got, "it has no classes") {
		t.Errorf("\n%s", got)
	}
}

func TestGoldenMenuAndResult(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}} {
		w, h := size[0], size[1]
		name := fmt.Sprintf("%dx%d", w, h)
		m, _ := menu(t, "train.batch")
		t.Run("menu-"+name, func(t *testing.T) { check.Golden(t, m.View(w, h)) })
		press(m, "tab", "tab")
		t.Run("values-"+name, func(t *testing.T) { check.Golden(t, m.View(w, h)) })
		for what, f := range map[string]*live.Frame{"result": frames.Raced(t, true), "seeds": frames.Repeated(t)} {
			r := NewResult(frames.Plain(), func() *live.Frame { return f })
			t.Run(what+"-"+name, func(t *testing.T) { check.Golden(t, r.View(w, h)) })
		}
	}
}

func TestTheCardTakesTheWinner(t *testing.T) {
	f := frames.Raced(t, true)
	r := NewResult(frames.Plain(), func() *live.Frame { return f })
	if asked, done := press(r, "enter"); !done || asked != (intent.Take{Branch: 2}) {
		t.Errorf("%v", asked)
	}
	if asked, _ := press(r, "down", "enter"); asked != (intent.Take{Branch: 3}) {
		t.Errorf("%v", asked)
	}
	if asked, done := press(r, "s"); done || asked != (intent.Repeat{}) {
		t.Errorf("%v", asked)
	}
	f.Heats = &live.Heats{Progress: live.Progress{Done: 1, Total: 5}, Seed: 4}
	if asked, done := press(r, "esc"); done || asked != (intent.CancelRepeat{}) {
		t.Errorf("%v", asked)
	}
	if got := r.View(100, 30); !strings.Contains(got, "seed 4: racer 2 of 5") {
		t.Errorf("\n%s", got)
	}
}

func TestNobodyWinsWhereAllDiverge(t *testing.T) {
	f := frames.Raced(t, true)
	for i := range f.Branches {
		f.Branches[i].Diverged = 5
	}
	if got := Said(f); !strings.Contains(got, "nobody won") {
		t.Error(got)
	}
	f.Race = nil
	r := NewResult(frames.Plain(), func() *live.Frame { return f })
	for _, size := range [][2]int{{1, 1}, {20, 6}, {80, 24}} {
		_ = r.View(size[0], size[1])
	}
	press(r, "enter", "down", "esc")
}
