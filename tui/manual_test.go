package tui

import (
	"slices"
	"testing"

	"descent/tui/dialog"
	"descent/tui/explain"
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
	for _, p := range newPanes(nil) {
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
