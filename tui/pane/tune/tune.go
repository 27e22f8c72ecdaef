// Package tune holds the panes of a search: the table of its trials, pictures of what
// they found, and the space that is searched.
package tune

import "descent/tui/draw"

// New makes the panes, which share the choice of a trial.
func New(t *draw.Theme) (trials *Trials) {
	d := &desk{t: t}
	return &Trials{desk: d}
}
