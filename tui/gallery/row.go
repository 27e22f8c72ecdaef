package gallery

import (
	"descent/session/journal"
	"descent/tui/draw"
)

// row is a line of the list: the head of a subject, or something to open.
type row struct {
	subject bool
	name    string // of the subject, the preset or the file
	open    string // what intent.Open is told
	title   string // what it is, in a line
	session *journal.Stored
	added   bool // by Add
}

// about describes a session.
func about(s *journal.Stored) string {
	text := "step " + draw.Thousands(s.Step)
	switch s.Decisions {
	case 0:
	case 1:
		text += ", 1 decision"
	default:
		text += ", " + draw.Thousands(s.Decisions) + " decisions"
	}
	return text
}
