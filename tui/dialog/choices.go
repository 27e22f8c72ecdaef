package dialog

import (
	"fmt"
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
)

// choices is a list of names of which one is chosen. What is typed filters it; the
// arrows move within what matches and stop at its ends.
type choices struct {
	names []string
	typed string
	at    int // of names; it stays where it is while nothing matches
	page  int // how many rows a page has, as they were last shown
}

// matching are the names that hold what is typed.
func (c *choices) matching() []int {
	var out []int
	for i, name := range c.names {
		if strings.Contains(strings.ToLower(name), c.typed) {
			out = append(out, i)
		}
	}
	return out
}

// chosen is the name chosen; ok is false while nothing matches.
func (c *choices) chosen() (i int, ok bool) { return c.at, len(c.matching()) > 0 }

// key moves or filters, and tells whether the key was one for that.
func (c *choices) key(k tea.KeyMsg) bool {
	switch k.String() {
	case "up", "shift+tab":
		c.move(-1)
	case "down", "tab":
		c.move(1)
	case "pgup":
		c.move(-max(c.page, 1))
	case "pgdown":
		c.move(max(c.page, 1))
	case "home":
		c.move(-len(c.names))
	case "end":
		c.move(len(c.names))
	case "backspace":
		if r := []rune(c.typed); len(r) > 0 {
			c.filter(string(r[:len(r)-1]))
		}
	case "ctrl+u":
		c.filter("")
	default:
		return c.types(k)
	}
	return true
}

// types takes letters, digits and what joins them in names.
func (c *choices) types(k tea.KeyMsg) bool {
	if k.Alt || k.Type != tea.KeyRunes && k.Type != tea.KeySpace {
		return false
	}
	text := ""
	for _, r := range k.Runes {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.", r) || r == ' ' && c.typed != "" {
			text += string(unicode.ToLower(r))
		}
	}
	if text == "" {
		return false
	}
	if len(c.typed)+len(text) <= filterLimit {
		c.filter(c.typed + text)
	}
	return true
}

const filterLimit = 40 // bytes

// filter keeps the choice if it matches, unless another begins with what is typed
// and it does not: typing a name and enter takes that name.
func (c *choices) filter(typed string) {
	c.typed = typed
	best, rank := c.at, 0
	for _, i := range c.matching() {
		name := strings.ToLower(c.names[i])
		r := 1
		switch {
		case typed == "":
			return
		case name == typed:
			r = 4
		case strings.HasPrefix(name, typed):
			r = 3
		case i == c.at:
			r = 2
		}
		if r > rank || r == rank && i == c.at {
			best, rank = i, r
		}
	}
	c.at = best
}

// move goes so many places on among those that match.
func (c *choices) move(by int) {
	all := c.matching()
	for at, i := range all {
		if i == c.at {
			c.at = all[min(max(at+by, 0), len(all)-1)]
			return
		}
	}
}

// status says what is typed and how many match, "" while nothing is typed.
func (c *choices) status() string {
	switch n := len(c.matching()); {
	case c.typed == "":
		return ""
	case n == 0:
		return fmt.Sprintf("nothing is called “%s”   backspace", c.typed)
	default:
		return fmt.Sprintf("“%s” %d of %d", c.typed, n, len(c.names))
	}
}
