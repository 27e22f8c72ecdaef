package tune

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"descent/session/live"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/muesli/termenv"
)

func TestGoldenTrials(t *testing.T) {
	for _, size := range [][2]int{{52, 12}, {80, 14}, {152, 22}} {
		for name, f := range map[string]*live.Frame{"running": frames.Tuned(t), "two": frames.TunedTwo(t), "none": frames.Still(t)} {
			t.Run(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), func(t *testing.T) {
				p, _, _ := New(frames.Plain())
				check.Golden(t, p.View(f, size[0], size[1], true))
			})
		}
	}
}

func TestGoldenPictures(t *testing.T) {
	for i, picture := range pictures {
		all := map[string]*live.Frame{"one": frames.Tuned(t)}
		if slices.Contains([]string{"front", "history", "trial"}, picture.name) {
			all["two"] = frames.TunedTwo(t)
		}
		if slices.Contains([]string{"contour", "slice"}, picture.name) {
			all["surface"] = frames.TunedSurface(t)
		}
		for name, f := range all {
			for _, size := range [][2]int{{52, 9}, {80, 16}, {152, 28}} {
				t.Run(fmt.Sprintf("%s-%s-%dx%d", strings.ReplaceAll(picture.name, " ", "-"), name, size[0], size[1]), func(t *testing.T) {
					_, p, _ := New(frames.Plain())
					p.view = i
					check.Golden(t, p.View(f, size[0], size[1], true))
				})
			}
		}
	}
}

func TestGoldenSpace(t *testing.T) {
	for name, f := range map[string]*live.Frame{"running": frames.Tuned(t), "over": frames.TunedOver(t), "surface": frames.TunedSurface(t)} {
		for _, size := range [][2]int{{24, 19}, {38, 31}, {44, 50}} {
			t.Run(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), func(t *testing.T) {
				_, _, p := New(frames.Plain())
				check.Golden(t, p.View(f, size[0], size[1], true))
			})
		}
	}
}

// panes are those of a search.
func panes(profile termenv.Profile) []intent.Pane {
	trials, study, space := New(frames.Colored(profile))
	out := []intent.Pane{trials, space}
	for i := range pictures { // each with a picture of its own
		one := *study
		one.view = i
		out = append(out, &one)
	}
	return out
}

func TestEveryFrameIsDrawnExactly(t *testing.T) {
	all := append(frames.Odd(t), frames.Tuned(t), frames.TunedOver(t), frames.TunedTwo(t), frames.TunedMany(t, 300), frames.TunedSurface(t), &live.Frame{})
	all = append(all, frames.OddTuned(t, check.Hostile, check.Extremes)...)
	for i, f := range all {
		for _, p := range panes(termenv.TrueColor) {
			for _, size := range [][2]int{{1, 1}, {10, 3}, {24, 8}, {52, 20}, {140, 40}} {
				w, h := size[0], size[1]
				drawn := func(after string) {
					t.Helper()
					what := fmt.Sprintf("%s of frame %d after %q", p.Title(), i, after)
					view := p.View(f, w, h, true)
					check.Exact(t, what, view, w, h)
					check.Harmless(t, what, frames.Plain().Release(view))
					_ = p.Note(f)
				}
				drawn("")
				if w != 52 {
					continue // the keys are pressed at one size
				}
				for _, a := range p.Actions() {
					if a.Why(f) == "" {
						if b, ok := a.Do(f).(intent.Bring); ok && b.Then != nil {
							b.Then(true)
						}
						if a.Now != nil {
							_ = a.Now(f)
						}
						drawn(a.Name)
					}
				}
				if pointer, ok := p.(intent.Pointer); ok {
					for g := intent.Press; g <= intent.Wheel; g++ {
						_ = pointer.Point(f, intent.Pointing{Gesture: g, X: 3, Y: 1, W: w, H: h, Wheel: 1})
						_ = pointer.Point(f, intent.Pointing{Gesture: g, X: w - 1, W: w, H: h})
					}
				}
				if taker, ok := p.(intent.Taker); ok {
					for _, key := range []string{"x", "1", "backspace", "enter", "esc"} {
						if a, ok := taker.Take(f, key); ok {
							_ = a.Do(f)
						}
						drawn(key)
					}
				}
			}
		}
	}
}

// press does what a key of a pane does.
func press(t *testing.T, p intent.Pane, f *live.Frame, keys ...string) any {
	t.Helper()
	var last any
	for _, key := range keys {
		done := false
		if taker, ok := p.(intent.Taker); ok {
			if a, ok := taker.Take(f, key); ok {
				last, done = a.Do(f), true
			}
		}
		for _, a := range p.Actions() {
			if !done && a.Takes(key) {
				if why := a.Why(f); why != "" {
					t.Fatalf("%s: %s", key, why)
				}
				last, done = a.Do(f), true
			}
		}
		if !done {
			t.Fatalf("%s has no action", key)
		}
	}
	return last
}

func TestTheFilterTakesWordsAndComparisons(t *testing.T) {
	f := frames.Tuned(t)
	for filter, want := range map[string]func(g *digest, i int) bool{
		"failed":          func(g *digest, i int) bool { return stateOf(g.Trials[i]) == failed },
		"optimizer=adam":  func(g *digest, i int) bool { return g.Trials[i].Point["optimizer.name"].Word() == "adam" },
		"optimizer!=adam": func(g *digest, i int) bool { return g.Trials[i].Point["optimizer.name"].Word() != "adam" },
		"lr<1e-3":         func(g *digest, i int) bool { return g.Trials[i].Point["optimizer.lr"].Num() < 1e-3 },
		"batch>=64 sparsity<0.5": func(g *digest, i int) bool {
			return g.Trials[i].Point["train.batch"].Num() >= 64 && g.Trials[i].Point["prune.sparsity"].Num() < 0.5
		},
		"state=running": func(g *digest, i int) bool { return stateOf(g.Trials[i]) == running },
		"#12":           func(g *digest, i int) bool { return g.Trials[i].Number == 12 },
	} {
		p, _, _ := New(frames.Plain())
		press(t, p, f, "/")
		for _, r := range filter {
			press(t, p, f, string(r))
		}
		press(t, p, f, "enter")
		g := p.digest(f)
		rows := p.rows(g)
		n := 0
		for i := range g.Trials {
			if want(g, i) {
				n++
			}
		}
		for _, i := range rows {
			if !want(g, i) {
				t.Errorf("%q lists trial %d", filter, g.Trials[i].Number)
			}
		}
		if len(rows) != n || n == 0 || n == len(g.Trials) {
			t.Errorf("%q lists %d trials, want %d of %d", filter, len(rows), n, len(g.Trials))
		}
		if at := g.index(p.current(g)); !slices.Contains(rows, at) {
			t.Errorf("%q lists no trial %d, and that is chosen", filter, p.current(g))
		}
		if press(t, p, f, "esc"); len(p.rows(g)) != len(g.Trials) {
			t.Errorf("esc lists %d", len(p.rows(g)))
		}
	}
}

func TestTheTableIsSortedByAnyColumnWithThePinnedAtTheTop(t *testing.T) {
	f := frames.Tuned(t)
	p, _, _ := New(frames.Plain())
	g := p.digest(f)
	p.View(f, 152, 20, true)
	for range columns(g) {
		rows := p.rows(g)
		if g.Trials[rows[0]].Number != 12 {
			t.Errorf("by %q trial %d is at the top", p.sort, g.Trials[rows[0]].Number)
		}
		if p.sort == "optimizer.lr" {
			for k := 2; k < len(rows); k++ {
				if a, b := g.Trials[rows[k-1]].Point[p.sort].Num(), g.Trials[rows[k]].Point[p.sort].Num(); a > b {
					t.Errorf("%g stands above %g", a, b)
				}
			}
		}
		if p.sort == byRank && g.Trials[rows[1]].Number != g.Best {
			t.Errorf("trial %d comes first, the best is %d", g.Trials[rows[1]].Number, g.Best)
		}
		press(t, p, f, "right")
	}
}

func TestTheKeysOfATrialAskForWhatTheySay(t *testing.T) {
	f := frames.Tuned(t)
	p, pictures, _ := New(frames.Plain())
	best := p.digest(f).Best
	if got, _ := press(t, pictures, f, "enter").(intent.AdoptTrial); got.Trial != best {
		t.Errorf("enter in the pictures adopts %d, the best is %d", got.Trial, best)
	}
	if got, _ := press(t, p, f, "enter").(intent.AdoptTrial); got.Trial != best {
		t.Errorf("enter adopts %d, the best is %d", got.Trial, best)
	}
	if got, _ := press(t, p, f, "E").(intent.EditTrial); got.Trial != best {
		t.Errorf("E edits %d", got.Trial)
	}
	if got, _ := press(t, p, f, "V").(intent.Decide); got.Decision.Pin == nil || !got.Decision.Pin.On || got.Decision.Pin.Trial != best {
		t.Errorf("V asks for %+v", got)
	}
	p.number, p.chosen = 58, true
	if got, _ := press(t, p, f, "d").(intent.Decide); got.Decision.Stop == nil || *got.Decision.Stop != 58 || !strings.Contains(got.Decision.Words, "58") {
		t.Errorf("d asks for %+v", got)
	}
	if _, ok := press(t, p, frames.Still(t), "enter").(intent.StartSearch); !ok {
		t.Error("enter does not start a search where there is none")
	}
}

// A search of ten thousand trials of which something new is known with every frame.
func BenchmarkTenThousandTrials(b *testing.B) {
	f := frames.TunedMany(b, 10_000)
	all := panes(termenv.TrueColor)
	for i, p := range all {
		b.Run(fmt.Sprintf("%d-%s", i, p.Note(f)), func(b *testing.B) {
			for b.Loop() {
				r := *f.Tuning.Study
				f.Tuning = &live.Tuning{Study: &r, Recipe: f.Recipe}
				p.View(f, 150, 40, true)
			}
		})
	}
}
