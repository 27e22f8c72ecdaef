package branches

import (
	"fmt"
	"strings"
	"testing"

	"descent/session"
	"descent/session/journal"
	"descent/session/live"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"
)

func TestGolden(t *testing.T) {
	f := frames.Raced(t, false)
	tree, race := NewTree(frames.Plain()), NewRanking(frames.Plain())
	for _, size := range [][2]int{{38, 10}, {78, 16}, {130, 30}} {
		t.Run(fmt.Sprintf("tree-%dx%d", size[0], size[1]), func(t *testing.T) {
			check.Golden(t, tree.View(f, size[0], size[1], true))
		})
		t.Run(fmt.Sprintf("race-%dx%d", size[0], size[1]), func(t *testing.T) {
			check.Golden(t, race.View(f, size[0], size[1], true))
		})
	}
}

func TestEveryFrameIsDrawnExactly(t *testing.T) {
	all := append(frames.Odd(t), frames.Wild(t)...)
	all = append(all, frames.Raced(t, true), frames.Raced(t, false), frames.Repeated(t), &live.Frame{}, many(t))
	for i, f := range all {
		tree, race := NewTree(frames.Plain()), NewRanking(frames.Plain())
		for _, size := range [][2]int{{1, 1}, {4, 3}, {10, 2}, {24, 8}, {52, 20}, {120, 40}} {
			w, h := size[0], size[1]
			check.Exact(t, fmt.Sprintf("tree of frame %d", i), tree.View(f, w, h, true), w, h)
			check.Exact(t, fmt.Sprintf("race of frame %d", i), race.View(f, w, h, true), w, h)
			for _, a := range append(tree.Actions(), race.Actions()...) {
				if a.Why(f) == "" {
					_ = a.Do(f)
				}
			}
			_ = tree.Point(f, intent.Pointing{X: 1, Y: 2, W: w, H: h})
			_ = race.Point(f, intent.Pointing{X: 1, Y: 2, W: w, H: h})
		}
		_, _ = tree.Note(f), race.Note(f)
	}
}

// many is a frame of a chain of branches.
func many(t *testing.T) *live.Frame {
	f := frames.Still(t)
	f.Branches = nil
	for i := range 60 {
		f.Branches = append(f.Branches, session.BranchSummary{ID: journal.BranchID(i), Parent: journal.BranchID(max(i-1, 0)), Label: fmt.Sprintf("branch %d", i), From: i, Head: 100 + i, Deleted: i%7 == 3})
	}
	return f
}

func TestABranchStandsBelowTheNearestThatIsLeft(t *testing.T) {
	f := many(t)
	all := ordered(f)
	if len(all) != 51 { // every seventh is deleted
		t.Fatalf("%d branches", len(all))
	}
	for i, b := range all {
		if i > 0 && b.ID <= all[i-1].ID {
			t.Errorf("%d stands below %d", b.ID, all[i-1].ID)
		}
	}
}

func TestTheKnobsThatDifferAreFound(t *testing.T) {
	f := frames.Raced(t, true)
	tree := NewTree(frames.Plain())
	var paths []string
	for _, d := range tree.knobs.table(tree.compared(f, ordered(f))) {
		paths = append(paths, d.path)
	}
	text := strings.Join(paths, " ")
	if !strings.HasPrefix(text, "optimizer.name optimizer.lr") || strings.Contains(text, "train.batch") {
		t.Errorf("they are %s", text)
	}
}

func TestABranchIsOverlaidAndTakenAway(t *testing.T) {
	f := frames.Still(t)
	f.Branches = []session.BranchSummary{{Label: "main", Head: 10}, {ID: 1, Head: 20, Label: "one"}}
	f.Branch = 0
	add, _ := overlay(f, 1).(intent.Compare)
	if !add.On || len(add.Branches) != 1 || add.Branches[0] != 1 {
		t.Errorf("%+v", add)
	}
	f.Others = []session.Other{{ID: 1}}
	if off, _ := overlay(f, 1).(intent.Compare); off.On || len(off.Branches) != 0 {
		t.Errorf("%+v", off)
	}
}

func TestTheScreenFollowsTheNextRacer(t *testing.T) {
	f := frames.Raced(t, false)
	if got, _ := follow(1)(f).(intent.Go); got.Branch != 3 {
		t.Errorf("after adam it goes to branch %d", got.Branch)
	}
	f.Branch = 5
	if got, _ := follow(1)(f).(intent.Go); got.Branch != 1 {
		t.Errorf("after the last it goes to branch %d", got.Branch)
	}
}
