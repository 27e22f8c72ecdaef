package intent

import (
	"descent/core/knob"
	"descent/session/live"
)

// Guide documents a pane or a dialog beside its keys. The root makes a page of it.
type Guide struct {
	Summary  string        // one line: what it is for
	Shows    []Reading     // what is drawn, and how to read it
	Measures []knob.Option // what it measures; each is a page of its own
	SeeAlso  []string      // names of other pages
}

// Reading explains one element: a sign, an axis, a column or a view, and what it
// means, with its unit.
type Reading struct{ Sign, Means string }

// Subject is what `?` explains: the names of pages from the general to the
// specific, of which the last is shown first, and the name selected on it, "" for
// none.
type Subject struct {
	Pages []string
	At    string
}

// Explainer is a pane with elements that have their own pages.
type Explainer interface {
	// Subject returns the pages of the selected element, without that of the pane;
	// none if nothing is selected.
	Subject(f *live.Frame) Subject
}
