package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
	b.turn("v", "Data", "summary")
	b.misses("and 1 more in the summary")
	b.sees("note: 1 of 4 rows", "note: columns of words")
}

func TestTheDataPaneGoesThroughItsViewsAndPages(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.train(3)
	b.settle()
	b.sees("images, worst first", "1–8 of 359")
	b.turn("v", "Data", "confusion")
	b.sees("confusion", "true ↓ predicted →")
	b.press("e")
	b.sees("another view of the data; v switches to it")
	b.turn("v", "Data", "calibration")
	b.sees("calibration", "confidence")
	b.turn("v", "Data", "teacher, student, label")
	b.sees("teacher, student, label", "There is no teacher")
	b.turn("v", "Data", "summary")
	b.sees("summary", "1797 rows")
	b.turn("v", "Data", "batch, before and after")
	b.sees("batch, before and after", "Augmentation is off")
	b.turn("v", "Data", "images, worst first")
	b.toPane("Data")
	b.press("down")
	b.settle()
	b.sees("9–16 of 359")
}

func TestWhatAKeyOfTheDataDoesIsSeen(t *testing.T) {
	b := newRobot(t, "digits", 80, 24)
	b.press("v")
	b.settle()
	b.sees("Data", "images, worst first")
	b.turn("v", "Data", "confusion")
	b.sees("confusion")

	b = newRobot(t, "digits", 80, 24)
	b.press("e")
	b.settle()
	b.sees("coloured: saliency")
	b.press("e")
	b.settle()
	b.misses("coloured: saliency")

	b = newRobot(t, "moons", 80, 24)
	b.press("e")
	b.sees("there are no images")
}

func TestTheBatchFollowsTheKnobsAndPages(t *testing.T) {
	b := newRobot(t, "augment-digits", 120, 36)
	b.train(3)
	b.turn("v", "Data", "batch, before and after")
	b.sees("batch, before and after", "1–4 of 32 in step 4, before", "below, after rotate 12, elastic 0.5")
	b.toPane("Data")
	b.press("down")
	b.settle()
	b.sees("5–8 of 32 in step 4")
	b.press("down", "down", "down", "down", "down", "down", "down", "down", "down", "down", "down", "down")
	b.settle()
	b.sees("29–32 of 32")
	b.press("up")
	b.settle()
	if !strings.Contains(b.m.View(), "25–28 of 32") {
		t.Errorf("one up from the last page:\n%s", b.m.View())
	}
}
