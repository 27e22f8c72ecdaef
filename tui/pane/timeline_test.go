package pane

import (
	"math"
	"strings"
	"testing"

	"descent/core/data"
	"descent/session"
	"descent/session/history"
	"descent/session/journal"
	"descent/session/live"
	"descent/tui/internal/frames"

	"gonum.org/v1/gonum/blas/blas64"
)

// judged is a frame of branches with these losses; those evaluated have visits.
func judged(t *testing.T, lines []session.BranchSummary, evaluated ...journal.BranchID) *live.Frame {
	f := frames.Still(t)
	f.Data = &data.Set{Val: data.Part{X: blas64.General{Rows: 3}}}
	f.Branches, f.Branch, f.Visits, f.Curves = lines, 0, nil, history.Curves{}
	for i := range f.Branches {
		f.Branches[i].ID, f.Branches[i].Head = journal.BranchID(i), 100
	}
	for _, id := range evaluated {
		f.Visits = append(f.Visits, session.Visit{Branch: id})
	}
	return f
}

// starred is the line with the star, "" if there is none.
func starred(f *live.Frame) string {
	for line := range strings.SplitSeq((&Timeline{t: frames.Plain()}).View(f, 80, 8, false), "\n") {
		if strings.Contains(line, "★") {
			return line
		}
	}
	return ""
}

func TestTheStarIsOnlyAmongWhatCanBeCompared(t *testing.T) {
	lines := func() []session.BranchSummary {
		return []session.BranchSummary{{Label: "main", Loss: 0.2}, {Label: "one", Loss: 0.3, Racing: true}, {Label: "two", Loss: 0.25, Racing: true}, {Label: "fresh", Loss: 0.0001}}
	}
	f := judged(t, lines(), 0, 1, 2)
	if got := starred(f); !strings.Contains(got, "main") {
		t.Errorf("the best of those evaluated is main, the star is at %q", got)
	}
	l := &Timeline{t: frames.Plain()}
	if got := l.View(f, 80, 8, false); strings.Contains(got, "1.0e-4") || !strings.Contains(got, "–") {
		t.Errorf("a training loss stands beside losses of validation:\n%s", got)
	}
	f.Racing = true
	if got := starred(f); !strings.Contains(got, "two") {
		t.Errorf("two leads the race, the star is at %q", got)
	}
	if got := starred(judged(t, lines(), 0)); got != "" {
		t.Errorf("a lone evaluated branch has a star: %q", got)
	}
	over := judged(t, []session.BranchSummary{{Label: "a", Loss: math.NaN()}, {Label: "b", Loss: 0.5}, {Label: "c", Loss: 0.4}})
	over.Data = nil // a surface: all losses are of one kind
	if got := starred(over); !strings.Contains(got, "c") {
		t.Errorf("the star is at %q", got)
	}
	over.Branches = append(over.Branches, session.BranchSummary{ID: 3, Parent: 3, Head: 100, Label: "d", Loss: 0.1, Diverged: 30}) // it was good until then
	if got := starred(over); !strings.Contains(got, "c") {
		t.Errorf("with one that diverged the star is at %q", got)
	}
	if got := (&Timeline{t: frames.Plain()}).View(over, 80, 8, false); !strings.Contains(got, "diverged") {
		t.Errorf("it is not said:\n%s", got)
	}
}

func TestTheTimelineSaysWhatItsLossIs(t *testing.T) {
	l := &Timeline{t: frames.Plain()}
	f := judged(t, []session.BranchSummary{{Label: "main", Loss: 0.2}, {Label: "one", Loss: 0.3}}, 0, 1)
	if got := l.Note(f); got != "2 branches · best validation loss" {
		t.Errorf("%q", got)
	}
	f.Racing = true
	if got := l.Note(f); !strings.Contains(got, "★ leads · ") {
		t.Errorf("%q", got)
	}
	f.Data = nil
	if got := l.Note(f); !strings.HasSuffix(got, "best loss") {
		t.Errorf("%q", got)
	}
	f.Branches = f.Branches[:1]
	if got := l.View(f, 78, 2, false); !strings.Contains(got, "after [ or {") {
		t.Errorf("how to begin a branch is cut off:\n%s", got)
	}
}
