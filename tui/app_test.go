package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"descent/core/recipe"
	"descent/presets"
	"descent/presets/draft"
	"descent/session"
	"descent/session/journal"
	"descent/session/live"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"
	"descent/tui/terminal"

	tea "github.com/charmbracelet/bubbletea"
)

// visitor uses the gallery as a user would.
type visitor struct {
	*testing.T
	a      *app
	opened []*live.Runner
	wait   chan struct{} // what is opened waits for it, or to be cancelled; nil: does not
}

func visit(t *testing.T) *visitor {
	v := &visitor{T: t}
	open := func(ctx context.Context, name string, tell func(string)) (Opened, error) {
		tell("training something first")
		if v.wait != nil {
			select {
			case <-v.wait:
			case <-ctx.Done():
				return Opened{}, ctx.Err()
			}
		}
		r, err := presets.Load(name)
		if err != nil {
			return Opened{}, err
		}
		tr, _, err := session.Open(r, presets.Files{})
		if err != nil {
			return Opened{}, err
		}
		log, err := journal.Create(filepath.Join(t.TempDir(), "log.jsonl"), journal.NewHeader(r, nil), false)
		if err != nil {
			return Opened{}, err
		}
		runner := live.Run(session.New(tr, log), false)
		t.Cleanup(func() { _ = runner.Close() })
		v.opened = append(v.opened, runner)
		return Opened{Runner: runner, Notes: []string{"a note on it"}}, nil
	}
	v.a = newApp(frames.Plain(), nil, Options{Encode: presets.Encode, Library: Library{
		Open: open, Data: presets.Files{},
		Stored: func() ([]journal.Stored, []string) {
			return []journal.Stored{{Name: "s", Path: "gone.toml", Preset: "moons", State: "ended"}}, nil
		},
	}}, nil)
	v.run(v.a.Init())
	v.send(tea.WindowSizeMsg{Width: 120, Height: 36})
	return v
}

func (v *visitor) send(msg tea.Msg) {
	_, cmd := v.a.Update(msg)
	v.run(cmd)
}

// run carries commands out, but polls and ticks; what takes longer is an opening, which
// until waits for.
func (v *visitor) run(cmd tea.Cmd) { carryOut(cmd, 50*time.Millisecond, v.deliver) }

func (v *visitor) deliver(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil, tellMsg, tea.QuitMsg:
	case deskMsg:
		if _, polls := msg.msg.(pollMsg); !polls {
			v.send(msg)
		}
	default:
		v.send(msg)
	}
}

func (v *visitor) press(keys ...string) {
	for _, k := range keys {
		msg := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
		if typ, ok := named[k]; ok {
			msg = tea.KeyMsg{Type: typ}
		}
		v.send(msg)
	}
}

func (v *visitor) sees(words ...string) {
	v.Helper()
	view := v.a.View()
	check.Exact(v.T, "screen", view, v.a.w, v.a.h)
	for _, w := range words {
		if !strings.Contains(view, w) {
			v.Fatalf("the screen does not show %q:\n%s", w, view)
		}
	}
}

// until delivers messages of an opening until it is over.
func (v *visitor) until(over func() bool) {
	v.Helper()
	for range 400 {
		if o := v.a.opening; o != nil {
			select {
			case <-o.done:
				v.send(openedMsg{o})
			default:
			}
		}
		if over() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	v.Fatal("it never opens")
}

func TestTheGalleryOpensAPresetAndComesBack(t *testing.T) {
	v := visit(t)
	v.sees("Gallery", "go on where you were", "start here", "digits")
	v.press("/", "r", "a", "v", "i", "enter")
	v.until(func() bool { return v.a.desk != nil })
	v.sees("ravine", "a note on it", "try ")
	v.press("O")
	v.sees("Gallery")
	v.press("esc")
	v.sees("Knobs")
	v.press("O", "/", "b", "e", "a", "l", "e", "enter")
	v.until(func() bool { return v.a.opening == nil && len(v.opened) == 2 })
	v.sees("beale")
	for deadline := time.Now().Add(5 * time.Second); v.opened[0].Play(true).Wait() == nil; {
		if time.Now().After(deadline) {
			t.Fatal("the session before is still open")
		}
	}
	if v.a.runner() != v.opened[1] {
		t.Error("another session is open at the end")
	}
}

func TestAfterTheLastStepNOpensTheNextStory(t *testing.T) {
	v := visit(t)
	v.press("/", "s", "e", "e", "d", "enter")
	v.until(func() bool { return v.a.desk != nil })
	v.press("n", "n", "n", "n")
	v.until(func() bool { return v.a.opening == nil && len(v.opened) == 2 })
	v.sees("concrete")
}

func TestWhatCannotBeOpenedSaysWhy(t *testing.T) {
	v := visit(t)
	v.press("enter") // a session whose file is gone
	v.until(func() bool { return v.a.opening == nil })
	v.sees("gone.toml", "Gallery")
	if v.a.runner() != nil {
		t.Error("something is open")
	}
}

func TestOpeningIsCancelled(t *testing.T) {
	for _, end := range []string{"esc", "quit"} {
		v := visit(t)
		v.wait = make(chan struct{})
		v.press("down", "enter")
		v.send(tellMsg{v.a.opening})
		v.sees("training something first", "esc cancels")
		if end == "quit" {
			if v.a.runner() != nil {
				t.Error("what was cancelled is open")
			}
			continue
		}
		o := v.a.opening
		v.press("esc")
		v.until(func() bool { return v.a.opening == nil })
		if !errors.Is(o.err, context.Canceled) {
			t.Errorf("it ends with %v", o.err)
		}
		v.sees("Gallery", "choose something to train")
	}
}

// What stopped the gallery from outside has left the terminal to the shell, which has
// changed its mode; ctrl-z has restored it already.
func TestTheGalleryTakesTheTerminalAgainAfterAStop(t *testing.T) {
	a := newApp(frames.Plain(), nil, Options{}, nil)
	if _, cmd := a.Update(terminal.Continued{}); cmd == nil {
		t.Error("after a stop from outside nothing takes the terminal")
	}
	a.Update(tea.KeyMsg{Type: tea.KeyCtrlZ})
	if _, cmd := a.Update(terminal.Continued{}); cmd != nil {
		t.Error("after ctrl-z it is taken twice")
	}
	if _, cmd := a.Update(terminal.Continued{}); cmd == nil {
		t.Error("after a stop from outside nothing takes the terminal")
	}
}

// A program that ends runs no more commands: what is being opened ends all the same.
func TestAnEndAtTheMomentOfOpening(t *testing.T) {
	v := visit(t)
	v.wait = make(chan struct{})
	v.a.Update(tea.KeyMsg{Type: tea.KeyDown})
	v.a.Update(tea.KeyMsg{Type: tea.KeyEnter})
	ended := make(chan *live.Runner)
	go func() { ended <- v.a.runner() }()
	select {
	case r := <-ended:
		if r != nil {
			t.Error("what was cancelled is open")
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it never ends")
	}
}

// What one workbench has asked for is no answer for the next.
func TestAnAnswerThatComesTooLate(t *testing.T) {
	v := visit(t)
	v.press("/", "s", "e", "e", "d", "enter")
	v.until(func() bool { return v.a.desk != nil })
	before := v.a.desk
	late := asked(before, func() tea.Msg { return travelledMsg{doneMsg{err: live.ErrClosed}} })
	v.press("O", "/", "b", "e", "a", "l", "e", "enter")
	v.until(func() bool { return v.a.opening == nil && len(v.opened) == 2 })
	v.send(late())
	if v.a.desk == before || v.a.desk.travelling != 0 || strings.Contains(v.a.View(), live.ErrClosed.Error()) {
		t.Errorf("the next workbench is told: travelling %d\n%s", v.a.desk.travelling, v.a.View())
	}
	v.send(asked(v.a.desk, func() tea.Msg { return doneMsg{said: "for this one"} })())
	v.sees("for this one")
}

func TestAFileOfDataBeginsWithItsColumns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "flowers.csv")
	content := "long,wide,kind\n"
	for i := range 30 {
		content += fmt.Sprintf("%d.5,%d.25,%c\n", i%7, i%5, "uvw"[i%3])
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	read := func(o draft.Options) *draft.Draft {
		d, err := draft.Of(path, []byte(content), nil, o)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	v := visit(t)
	library := v.a.options.Library
	library.Begin = func(_ context.Context, r recipe.Recipe, _ int, _ func(string)) (Opened, error) {
		tr, _, err := session.Open(r, presets.Files{})
		if err != nil {
			return Opened{}, err
		}
		runner := live.Run(session.New(tr, nil), false)
		t.Cleanup(func() { _ = runner.Close() })
		return Opened{Runner: runner}, nil
	}
	library.Draft = func(_ context.Context, r recipe.Recipe) (*draft.Draft, error) {
		return read(draft.Options{Target: r.Data.Target}), nil
	}
	wrote := ""
	library.Write = func(d *draft.Draft) (string, error) { wrote = d.Recipe.Name; return "flowers.toml", nil }
	v.a = newApp(frames.Plain(), nil, Options{Encode: presets.Encode, Library: library, Draft: read(draft.Options{})}, nil)
	v.run(v.a.Init())
	v.send(tea.WindowSizeMsg{Width: 120, Height: 36})
	v.sees("Columns", "30 rows · 3 columns", "kind", "target", "3 classes", "enter train")
	if v.press("w"); wrote != "flowers" {
		t.Errorf("w writes %q", wrote)
	}
	v.sees("written: flowers.toml")
	v.press("enter")
	v.until(func() bool { return v.a.desk != nil && v.a.columns == nil })
	v.sees("flowers", "Network", "2→")
	v.press("K")
	v.until(func() bool { return v.a.columns != nil })
	v.sees("training begins a new session", "kind")
	was := v.a.desk
	if v.press("esc"); v.a.columns != nil || v.a.desk != was {
		t.Error("esc does not go back to the session")
	}
	v.press("K")
	v.until(func() bool { return v.a.columns != nil })
	v.press("up", "t", "enter")
	v.until(func() bool { return v.a.desk != was && v.a.columns == nil })
	if got := v.a.desk.frame.Recipe.Data.Target; len(got) != 1 || got[0] != "wide" {
		t.Errorf("%v is predicted", got)
	}
}
