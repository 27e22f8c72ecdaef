package explain

import "strings"

// Role is what a piece of a page is, for whoever gives it a style.
type Role int

// The roles.
const (
	Body    Role = iota
	Title        // of the page, or of a list
	Label        // of a field
	Name         // of an entry of a list
	Value        // of an entry
	Formula      // of a definition
)

// Span is a piece of a line.
type Span struct {
	Text string
	Role Role
	// To is the name of the page that it leads to, as Book.Follow takes it, "" for
	// none. The cell before a span that leads somewhere is blank.
	To string
}

// Line is one line of a page.
type Line []Span

// String is the line as plain text.
func (l Line) String() string {
	var out strings.Builder
	for _, s := range l {
		out.WriteString(s.Text)
	}
	return out.String()
}

// trimmed is the line without blanks at its end.
func (l Line) trimmed() Line {
	for len(l) > 0 {
		last := len(l) - 1
		text := strings.TrimRight(l[last].Text, " ")
		if text != "" {
			l[last].Text = text
			break
		}
		l = l[:last]
	}
	return l
}
