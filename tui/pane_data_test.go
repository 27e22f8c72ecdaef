package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	"github.com/charmbracelet/x/exp/golden"
	"github.com/muesli/termenv"
)

// looked measures what a view of the data wants, on a place of w×h cells.
func looked(t *testing.T, e *examples, preset string, steps, w, h int) *live.Frame {
	t.Helper()
	f, tr := frames.Trained(t, preset, steps)
	frames.Measure(e, f, tr, w, h)
	return f
}

func TestGoldenViewsOfTheData(t *testing.T) {
	for _, c := range []struct {
		preset string
		views  int
	}{{"digits", 4}, {"concrete", 4}, {"iris", 4}} {
		for v := range c.views {
			t.Run(fmt.Sprintf("%s-%d", c.preset, v), func(t *testing.T) {
				e := &examples{sheet{t: frames.Plain()}, v}
				f := looked(t, e, c.preset, 120, 50, 16)
				golden.RequireEqual(t, []byte(e.View(f, 50, 16, true)))
			})
		}
	}
}

// What loading had to settle is said at the start, and whole in the summary.
func TestWhatIsNotEvidentOfTheDataIsOnTheScreen(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"d.csv":  "place,x,y\nu,1,a\nv,?,b\nu,3,b\nv,4,a\n",
		"p.toml": "summary = \"a story\"\n[data]\nfile = \"d.csv\"\nmissing = \"drop\"\n[model]\nlayers = [3, 2]\n[loss]\nname = \"cross-entropy\"\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := newRobot(t, filepath.Join(dir, "p.toml"), 120, 40)
	b.sees("note (and 1 more in the summary of the data, v): 1 of 4 rows is left out")
	for range 6 {
		if b.press("v"); strings.Contains(b.m.View(), "rows to train on") {
			break
		}
	}
	b.misses("and 1 more in the summary")
	b.sees("note: 1 of 4 rows", "note: columns of words")
}

func TestEveryViewOfTheDataFillsItsPlace(t *testing.T) {
	for _, preset := range []string{"digits", "concrete", "penguins", "spiral", "chebyshev"} {
		for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.TrueColor)} {
			for v := range 5 {
				for _, explain := range []bool{false, true} {
					for _, s := range [][2]int{{1, 1}, {8, 3}, {20, 6}, {38, 14}, {120, 40}} {
						e := &examples{sheet{t: th, explain: explain, page: 3}, v}
						f := looked(t, e, preset, 2, s[0], s[1])
						check.Exact(t, preset, e.View(f, s[0], s[1], false), s[0], s[1])
					}
				}
			}
		}
	}
}

func TestTheDataPaneGoesThroughItsViewsAndPages(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.train(3)
	settle := func() {
		for i := 0; i < 400 && b.runner.Frame().Probing; i++ {
			b.send(pollMsg{})
		}
		b.send(pollMsg{})
	}
	settle()
	b.sees("images, worst first", "1–8 of 359")
	b.press("v")
	settle()
	b.sees("confusion", "row true, column said")
	b.press("e")
	b.sees("another view of the data; v turns to it")
	b.press("v")
	settle()
	b.sees("calibration", "said")
	b.press("v")
	settle()
	b.sees("teacher, student, label", "There is no teacher")
	b.press("v")
	b.sees("summary", "1797 rows")
	b.press("v")
	settle()
	b.sees("batch, before and after", "What changes them is off")
	b.press("v", "tab", "tab", "down")
	settle()
	b.sees("9–16 of 359")
}

func TestWhatAKeyOfTheDataDoesIsSeen(t *testing.T) {
	b := newRobot(t, "digits", 80, 24)
	b.press("v")
	b.settle()
	b.sees("Data", "images, worst first")
	b.press("v")
	b.sees("confusion")

	b = newRobot(t, "digits", 80, 24)
	b.press("e")
	b.settle()
	b.sees("coloured: what counts")
	b.press("e")
	b.settle()
	b.misses("coloured: what counts")

	b = newRobot(t, "moons", 80, 24)
	b.press("e")
	b.sees("there are no images")
}

func TestTheHeadOfAViewOfTheDataIsNeverCut(t *testing.T) {
	for v, want := range []string{"coloured: what counts", "row true, column said"} {
		for _, w := range []int{30, 38, 52, 120} {
			e := &examples{sheet{t: frames.Plain(), explain: v == 0}, v}
			f := looked(t, e, "digits", 2, w, 16)
			if head, _, _ := strings.Cut(e.View(f, w, 16, false), "\n"); !strings.Contains(head, want) || strings.Contains(head, "…") {
				t.Errorf("in %d cells %q, want %q", w, head, want)
			}
		}
	}
}
