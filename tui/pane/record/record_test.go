package record

import (
	"fmt"
	"strings"
	"testing"

	"descent/session"
	"descent/session/live"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"
)

// happened is a frame in which some things were decided.
func happened(t *testing.T) *live.Frame {
	f := frames.Raced(t, false)
	f.Events = []session.Event{
		{Kind: session.Decided, Branch: 0, Step: 400, Number: 1, Actor: "user", Words: "lr 0.002", Undone: true},
		{Kind: session.Moved, Branch: 0, Step: 400, Words: "undone: back to step 400 of main"},
		{Kind: session.Moved, Branch: 1, Step: 1000, Words: "branch sgd starts at step 1000 of main"},
		{Kind: session.Decided, Branch: 1, Step: 1000, Number: 2, Actor: "race", Words: "sgd"},
		{Kind: session.Noted, Branch: 4, Step: 1099, Words: "step 1100 is not finite, from the loss"},
		{Kind: session.Noted, Branch: 2, Step: 2000, Words: "the pruning schedule keeps 50.0 % of the weights, before 60.0 %"},
	}
	return f
}

func TestGolden(t *testing.T) {
	f := happened(t)
	p := New(frames.Plain())
	p.Hear(f, "saved x.toml and its weights beside it", false)
	p.Hear(f, "no space left on the device", true)
	for _, size := range [][2]int{{40, 8}, {78, 16}, {120, 20}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			check.Golden(t, p.View(f, size[0], size[1], true))
		})
	}
}

func press(t *testing.T, p *Pane, f *live.Frame, keys ...string) (asked any) {
	t.Helper()
	for _, key := range keys {
		a, ok := p.Take(f, key)
		for _, other := range p.Actions() {
			if !ok && other.Takes(key) {
				a, ok = other, true
			}
		}
		if !ok {
			t.Fatalf("%s does nothing", key)
		}
		asked = a.Do(f)
	}
	return asked
}

func TestTheListFollowsUntilARowIsChosen(t *testing.T) {
	f, p := happened(t), New(frames.Plain())
	if got := press(t, p, f, "enter"); got != (intent.Go{Branch: 2, Step: 2000}) {
		t.Errorf("the last row leads to %+v", got)
	}
	press(t, p, f, "up")
	f.Events = append(f.Events, session.Event{Kind: session.Decided, Branch: 2, Step: 3000, Number: 3, Words: "lr 0.5"})
	if got := press(t, p, f, "enter"); got != (intent.Go{Branch: 4, Step: 1099}) {
		t.Errorf("the chosen row leads to %+v", got)
	}
	if got := press(t, p, f, "end", "enter"); got != (intent.Go{Branch: 2, Step: 3000}) {
		t.Errorf("the end leads to %+v", got)
	}
}

func TestTheFilterLeavesWhatHasEveryWord(t *testing.T) {
	f, p := happened(t), New(frames.Plain())
	p.Hear(f, "a message", false)
	press(t, p, f, "/", "s", "g", "d", " ", "r", "a", "c", "e", "enter")
	if rows := p.rows(f); len(rows) != 1 || rows[0].words != "sgd" {
		t.Errorf("%+v", rows)
	}
	if got := p.Note(f); got != "filter: sgd race" {
		t.Error(got)
	}
	press(t, p, f, "/", "x", "x")
	if got := p.View(f, 78, 6, true); !strings.Contains(got, "no row has") {
		t.Errorf("\n%s", got)
	}
	press(t, p, f, "esc")
	if rows := p.rows(f); len(rows) != 7 {
		t.Errorf("%d rows", len(rows))
	}
}

func TestEveryFrameIsDrawnExactly(t *testing.T) {
	all := append(frames.Odd(t), frames.Wild(t)...)
	hostile := happened(t)
	hostile.Events[0].Words = check.Hostile
	for i, f := range append(all, happened(t), &live.Frame{}, hostile) {
		p := New(frames.Plain())
		p.Hear(f, check.Hostile, true)
		for _, size := range [][2]int{{1, 1}, {4, 3}, {20, 2}, {52, 20}, {120, 40}} {
			text := p.View(f, size[0], size[1], true)
			check.Exact(t, fmt.Sprintf("frame %d", i), text, size[0], size[1])
			check.Harmless(t, "the log", frames.Plain().Release(text))
		}
	}
}
