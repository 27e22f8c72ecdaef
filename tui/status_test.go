package tui

import (
	"strings"
	"testing"

	"descent/session"
	"descent/tui/internal/frames"
)

func TestTheHeaderKeepsWhatTheStoryIsAbout(t *testing.T) {
	f := frames.Still(t)
	f.Recipe.Name = "finetune-digits"
	f.Eval.HasOld, f.Eval.OldAccuracy = true, 0
	f.Playing = false
	for _, step := range []int{12, 12480, 1248000} {
		f.Step = step
		if got := status(frames.Plain(), f, 80); !strings.Contains(got, "acc 97.2 %") || !strings.Contains(got, "old 0.0 %") || !strings.Contains(got, "finetune-digits") {
			t.Errorf("at step %d: %q", step, got)
		}
	}
	if got := status(frames.Plain(), f, 200); !strings.Contains(got, "descent  finetune-digits") || !strings.Contains(got, "epoch") || !strings.Contains(got, "loss 0.0312") {
		t.Errorf("with room for all: %q", got)
	}
}

func TestTheHeaderNamesTheRacer(t *testing.T) {
	f := frames.Still(t)
	f.Racing, f.Branch = true, 1
	f.Branches = []session.BranchSummary{{Label: "main"}, {ID: 1, Label: "lr 0.004", Racing: true}}
	for _, w := range []int{80, 120} {
		if got := status(frames.Plain(), f, w); !strings.Contains(got, "racer lr 0.004") || !strings.Contains(got, "acc 97.2 %") {
			t.Errorf("in %d cells: %q", w, got)
		}
	}
	m := screen(frames.Plain(), f, 120, 36)
	if got := m.report().message(120); !strings.Contains(got, "; shows another racer") {
		t.Errorf("nothing says how to look at another: %q", got)
	}
	f.Decision, f.DecidedAt = "race over optimizer.name", 110_070
	m = screen(frames.Plain(), f, 80, 24)
	if got := m.report().message(80); !strings.Contains(got, "race over optimizer.name") || !strings.Contains(got, "; another") || strings.Contains(got, "…") {
		t.Errorf("in 80 cells nothing says how to look at another: %q", got)
	}
}

func TestTheStoryInALineIsWholeSentencesOrAWholePart(t *testing.T) {
	const story = "A net that knows 0 to 4 learns 5 to 9, and forgets: from 99 % to 0 % in 400 steps. Old rows\nkeep it (half, or more)."
	for _, c := range []struct {
		w    int
		want string
	}{
		{200, "A net that knows 0 to 4 learns 5 to 9, and forgets: from 99 % to 0 % in 400 steps. Old rows keep it (half, or more)."},
		{100, "A net that knows 0 to 4 learns 5 to 9, and forgets: from 99 % to 0 % in 400 steps."},
		{78, "A net that knows 0 to 4 learns 5 to 9, and forgets"},
		{45, "A net that knows 0 to 4 learns 5 to 9"},
	} {
		if got := sentences(story, c.w); got != c.want {
			t.Errorf("in %d cells %q, want %q", c.w, got, c.want)
		}
	}
	if got := sentences("Twenty (of a hundred, at random) points of a polynomial", 30); got != "Twenty (of a hundred, at random) points of a polynomial" {
		t.Errorf("broken off within brackets: %q", got)
	}
}
