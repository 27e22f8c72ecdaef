// Package columns is the screen of a file of data before it is trained on: what its
// columns are, what was assumed, and the keys that change it.
package columns

import (
	"slices"

	"descent/presets/draft"
	"descent/tui/draw"
)

// Train asks for a session with the recipe of a draft.
type Train struct{ Draft *draft.Draft }

// Write asks for the recipe as a file.
type Write struct{ Draft *draft.Draft }

// View is the screen. It changes nothing but its draft.
type View struct {
	t      *draw.Theme
	d      *draft.Draft
	past   []*draft.Draft // drafts before each change
	at     int            // the selected column
	guide  bool           // the keys are explained
	notice string         // what came of the last key
	bad    bool           // it is an error
	busy   string         // what is being opened; "" for nothing
	behind bool           // there is a session, which training would leave
}

// New shows a draft. behind tells that a session is open, which a new one takes the
// place of.
func New(t *draw.Theme, d *draft.Draft, behind bool) *View {
	v := &View{t: t, d: d, behind: behind}
	v.at = max(slices.IndexFunc(d.Columns, func(c draft.Column) bool { return c.Role == draft.Target }), 0)
	return v
}

// Draft is the one that is shown.
func (v *View) Draft() *draft.Draft { return v.d }

// Selected is the name of the selected column.
func (v *View) Selected() string { return v.d.Columns[v.at].Name }

// Notice says what went wrong.
func (v *View) Notice(text string) { v.notice, v.bad, v.busy = text, text != "", "" }

// Wrote says where the recipe was written, or why it was not.
func (v *View) Wrote(path string, err error) {
	if err != nil {
		v.Notice(err.Error())
		return
	}
	v.notice, v.bad = "written: "+path, false
}

// Opening says what is being opened.
func (v *View) Opening(text string) { v.busy, v.notice = text, "" }

func (v *View) move(by int) { v.at = min(max(v.at+by, 0), len(v.d.Columns)-1) }
