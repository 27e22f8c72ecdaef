package tui

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"descent/session/live"
	"descent/tui/dialog"
	"descent/tui/explain"
	"descent/tui/intent"
	"descent/tui/internal/frames"
	"descent/tui/stage"
)

func TestEveryPaneAndDialogHasAPage(t *testing.T) {
	all := Manual()
	page := func(kind explain.Kind, name string) explain.Page {
		i := slices.IndexFunc(all, func(p explain.Page) bool { return p.Kind == kind && p.Name == name })
		if i < 0 {
			t.Fatalf("there is no page of the %s %s", kind, name)
		}
		return all[i]
	}
	complete := func(p explain.Page, keys int) {
		if lacks := p.Lacks(); len(lacks) > 0 || len(p.Keys) != keys || len(p.SeeAlso) == 0 {
			t.Errorf("%s lacks %v; it has %d keys of %d and sees also %v", p.Title(), lacks, len(p.Keys), keys, p.SeeAlso)
		}
	}
	for _, p := range stage.Panes(nil) {
		complete(page(explain.Pane, p.Title()), len(p.Actions()))
	}
	for _, d := range dialog.Guides() {
		complete(page(explain.Dialog, d.Name), 1)
	}
}

func TestTheManualIsWholeAndItsLinksLeadSomewhere(t *testing.T) {
	book, err := explain.New(Manual()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, own := range Manual() {
		pages := book.Named(string(own.Kind) + " " + own.Name)
		if len(pages) != 1 {
			t.Errorf("%s is the name of %d pages", own.Title(), len(pages))
			continue
		}
		p := pages[0]
		if lacks := p.Lacks(); len(lacks) > 0 {
			t.Errorf("%s lacks %v", p.Title(), lacks)
		}
		for _, l := range p.Lines(80) {
			for _, s := range l {
				if _, ok := book.Follow(p, s.To); s.To != "" && !ok {
					t.Errorf("%s: %q leads nowhere", p.Title(), s.To)
				}
			}
		}
	}
}

// viewed goes once round the views of a pane: those to which its action "view"
// turns.
func viewed(t *testing.T, f *live.Frame, p intent.Pane, each func(view string)) {
	t.Helper()
	i := slices.IndexFunc(p.Actions(), func(a intent.Action) bool { return a.Label == "view" && a.Why(f) == "" })
	if i < 0 {
		return
	}
	for seen := map[string]bool{}; !seen[p.Note(f)]; {
		seen[p.Note(f)] = true
		each(p.Note(f))
		bring, ok := p.Actions()[i].Do(f).(intent.Bring)
		if !ok {
			t.Fatalf("%s turns its views without intent.Bring", p.Title())
		}
		bring.Then(true)
	}
}

// Images, tables, classes, numbers, words and surfaces have views of their own.
func TestEveryViewHasItsLineInThePageOfItsPane(t *testing.T) {
	views := map[string]bool{}
	book, err := explain.New(Manual()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, preset := range []string{"digits", "iris", "concrete", "moons", "modular", "chebyshev", "ravine"} {
		f, _ := frames.Trained(t, preset, 0)
		for _, p := range stage.Panes(frames.Plain()) {
			page := book.Named(string(explain.Pane) + " " + p.Title())[0]
			viewed(t, f, p, func(view string) {
				views[p.Title()+": "+view] = true
				if !slices.ContainsFunc(page.Shows, func(e explain.Entry) bool { return e.Name == view }) {
					t.Errorf("the guide of the %s pane has no line %q, by the name of the view", p.Title(), view)
				}
				if at := subject(p, f).At; at != "" && len(book.Named(at)) == 0 {
					t.Errorf("%s: ? in the view %q leads to %q, which has no page", p.Title(), view, at)
				}
			})
		}
	}
	if len(views) == 0 {
		t.Error("no pane has an action with the label view")
	}
}

// keysTable are the keys that README's table names in its first column, and those
// that the rest of a row names as others for the same.
func keysTable(t *testing.T) (keys []string) {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n## Keys\n")
	rest, _, _ = strings.Cut(rest, "\n## ")
	key, other := regexp.MustCompile("`([^`]+)`"), regexp.MustCompile("\\(`([^`]+)` too\\)")
	for line := range strings.Lines(rest) {
		cells := strings.Split(line, " | ")
		if !strings.HasPrefix(line, "| `") || len(cells) < 2 {
			continue
		}
		for _, m := range append(key.FindAllStringSubmatch(cells[0], -1), other.FindAllStringSubmatch(cells[1], -1)...) {
			keys = append(keys, m[1])
		}
	}
	return keys
}

func TestTheTableOfKeysInREADMEHoldsWhatWorksAnywhere(t *testing.T) {
	names := map[string]string{" ": "space", "up": "↑", "down": "↓", "left": "←", "right": "→"}
	table := keysTable(t)
	known := map[string]bool{}
	hold := func(a intent.Action, anywhere bool) {
		for _, k := range a.Keys {
			if names[k] != "" {
				k = names[k]
			}
			known[k] = true
			if anywhere && !slices.Contains(table, k) {
				t.Errorf("README's table of keys does not hold %q: %s", k, a.Help)
			}
		}
	}
	for _, a := range globalActions(func() bool { return false }) {
		hold(a, true)
	}
	for _, p := range stage.Panes(nil) {
		for _, a := range p.Actions() {
			hold(a, a.Anywhere)
		}
	}
	for i, k := range table {
		if !known[k] {
			t.Errorf("README's table of keys holds %q, which is no action", k)
		}
		if slices.Contains(table[:i], k) {
			t.Errorf("README's table of keys holds %q twice", k)
		}
	}
}
