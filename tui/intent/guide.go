package intent

import (
	"descent/core/knob"
	"descent/session/live"
)

// Guide is what there is to know of a pane or a dialog beside its keys. The root
// makes a page of it.
type Guide struct {
	Summary  string        // one line: what it is for
	Shows    []Reading     // what is drawn, and how it is read
	Measures []knob.Option // what it measures; each is a page of its own
	SeeAlso  []string      // names of other pages
}

// Reading is one thing that is drawn: a sign, an axis, a column, a view, and what it
// means, with its unit.
type Reading struct{ Sign, Means string }

// Subject is what `?` explains: the names of pages from the general to the
// particular, the last of them first to be seen, and the name on it that is
// selected, "" for none.
type Subject struct {
	Pages []string
	At    string
}

// Explainer is a pane in which something has a page of its own.
type Explainer interface {
	// Subject are the pages of what is selected, without that of the pane; none if
	// nothing is.
	Subject(f *live.Frame) Subject
}
