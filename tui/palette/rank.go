package palette

import (
	"slices"
	"strings"
	"unicode"

	"github.com/sahilm/fuzzy"
)

// The classes of a match, the best first.
const (
	exact     = iota // a name is the text
	prefix           // a name begins with the text
	starts           // each word of the text begins a word of a name
	described        // or a word of the help
	within           // a name contains the text
	scattered        // a name has its letters in this order
	none
)

// match is an entry that was found.
type match struct {
	entry  int
	class  int
	recent int // place among the recent ones, from 0; beyond the last for others
	score  int // of scattered letters, the higher the better
}

// Rank returns the places of the entries that match a text, the best first: whose
// name is the text, begins with it, has words that begin with its words, contains it,
// or has its letters in this order. Among equals those used recently come first, then
// those that can be done now, then those with the shorter name. The empty text
// matches all, in their order, recent ones first.
func Rank(entries []Entry, text string, recent []string) []int {
	return rank(entries, calls(entries), text, recent)
}

// called are the names of an entry in small letters, the words of each, and those of all
// and of the help.
type called struct {
	names []string
	words [][]string
	all   []string
}

// calls are what the entries are called.
func calls(entries []Entry) []called {
	out := make([]called, len(entries))
	for i, e := range entries {
		c := called{names: append([]string{strings.ToLower(e.Title)}, e.Heads...)}
		for _, name := range c.names {
			c.words = append(c.words, words(name))
		}
		c.all = append(slices.Concat(c.words...), words(strings.ToLower(e.Help))...)
		out[i] = c
	}
	return out
}

// rank is Rank of entries that are called so.
func rank(entries []Entry, names []called, text string, recent []string) []int {
	text = strings.ToLower(strings.TrimSpace(text))
	wanted := words(text)
	var found []match
	for i, e := range entries {
		m := match{entry: i, recent: slices.Index(recent, e.ID())}
		if m.recent < 0 {
			m.recent = len(recent)
		}
		if text != "" {
			m.class, m.score = classify(&names[i], e.Heads, text, wanted)
		} else if e.Minor {
			m.class = none - 1
		}
		if m.class < none {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b match) int {
		ea, eb := entries[a.entry], entries[b.entry]
		switch {
		case text == "" && a.recent != b.recent:
			return a.recent - b.recent
		case a.class != b.class:
			return a.class - b.class
		case a.recent != b.recent:
			return a.recent - b.recent
		case text == "":
			return 0
		case a.score != b.score:
			return b.score - a.score
		case (ea.Off == "") != (eb.Off == ""):
			if ea.Off == "" {
				return -1
			}
			return 1
		case ea.Kind != eb.Kind:
			return slices.Index(kinds, ea.Kind) - slices.Index(kinds, eb.Kind)
		}
		return 0
	})
	out := make([]int, len(found))
	for i, m := range found {
		out[i] = m.entry
	}
	return out
}

var kinds = []Kind{Action, Knob, Branch, Preset, Page}

// classify tells how an entry that is called so, by these heads too, matches a text in
// small letters and its words.
func classify(c *called, heads []string, text string, wanted []string) (class, score int) {
	class = none
	for i, name := range c.names {
		switch {
		case name == text:
			return exact, 0
		case strings.HasPrefix(name, text):
			class = min(class, prefix)
		case begins(c.words[i], wanted):
			class = min(class, starts)
		case strings.Contains(name, text):
			class = min(class, within)
		}
	}
	if class <= starts {
		return class, 0
	}
	if begins(c.all, wanted) {
		return described, 0
	}
	letters := strings.ReplaceAll(text, " ", "")
	if class < none || len(letters) < 2 || len(heads) == 0 {
		return class, 0
	}
	for i, m := range fuzzy.Find(letters, heads) {
		if m.Score >= 0 && (i == 0 || m.Score > score) {
			class, score = scattered, m.Score
		}
	}
	return class, score
}

// words splits a text at all that is neither letter nor digit.
func words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// begins reports whether each wanted word begins one of the text, a different one for
// each.
func begins(text, wanted []string) bool {
	if len(wanted) == 0 {
		return false
	}
	used := make([]bool, len(text))
	for _, w := range wanted {
		at := -1
		for i, t := range text {
			if !used[i] && strings.HasPrefix(t, w) {
				at = i
				break
			}
		}
		if at < 0 {
			return false
		}
		used[at] = true
	}
	return true
}
