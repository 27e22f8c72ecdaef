package record

import (
	"fmt"
	"slices"
	"strings"

	"descent/session"
	"descent/session/journal"
	"descent/session/live"
)

// line is a row of the list.
type line struct {
	sign   rune
	number int // of a decision, 0 for others
	step   int
	branch journal.BranchID
	who    string
	words  string
	undone bool
	failed bool
	stepOf bool // it belongs to a step that can be gone to
}

// message is what the screen has said above its last line.
type message struct {
	after  int // events that were before it
	step   int
	branch journal.BranchID
	words  string
	failed bool
}

// mostMessages bounds those that are kept.
const mostMessages = 1000

// The signs of the rows.
const (
	decided = '▲'
	moved   = '→'
	noted   = '!'
	said    = '·'
)

// lines merges what happened in the session with what the screen has said, the latest
// last, and leaves what the filter asks for.
func lines(f *live.Frame, messages []message, filter string) []line {
	var out []line
	add := func(l line) {
		if l.has(f, filter) {
			out = append(out, l)
		}
	}
	if f.Data != nil {
		for _, note := range f.Data.Notes {
			add(line{sign: noted, who: "data", words: note})
		}
	}
	next := 0
	tell := func(upTo int) {
		for ; next < len(messages) && messages[next].after <= upTo; next++ {
			m := messages[next]
			add(line{sign: said, step: m.step, branch: m.branch, who: "screen", words: m.words, failed: m.failed, stepOf: true})
		}
	}
	for i, e := range f.Events {
		tell(i)
		l := line{sign: moved, number: e.Number, step: e.Step, branch: e.Branch, who: e.Actor, words: e.Words, undone: e.Undone, stepOf: true}
		switch e.Kind {
		case session.Decided:
			l.sign = decided
		case session.Noted:
			l.sign, l.failed = noted, strings.Contains(e.Words, "not finite")
		}
		add(l)
	}
	tell(len(f.Events))
	return out
}

// has reports whether a row has every word of a filter.
func (l *line) has(f *live.Frame, filter string) bool {
	if filter == "" {
		return true
	}
	text := strings.ToLower(fmt.Sprint(l.number, " ", l.step, " ", label(f, l.branch), " ", l.who, " ", l.words))
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(filter)), func(word string) bool { return !strings.Contains(text, word) })
}

// label is the name of a branch.
func label(f *live.Frame, id journal.BranchID) string {
	for _, b := range f.Branches {
		if b.ID == id {
			return b.Label
		}
	}
	return ""
}
