package draw

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/muesli/termenv"
)

// The panes behind one are named whole, and counted where there is no room for a name.
func TestTheNamesOnABorderAreWholeOrCounted(t *testing.T) {
	th := NewTheme(termenv.ANSI256, true)
	names := []string{"Compression", "Plane", "Data"}
	for w := 12; w < 90; w++ {
		head, _, _ := strings.Cut(th.Box("Title", names, "a note", "", w, 4, false), "\n")
		head = regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(head, "")
		_, rest, ok := strings.Cut(head, "│")
		if !ok {
			continue
		}
		for part := range strings.SplitSeq(rest, "│") {
			if word := strings.Fields(part)[0]; !slices.Contains(names, word) && word != "…" && !strings.HasPrefix(word, "+") {
				t.Errorf("in %d cells %q", w, head)
			}
		}
	}
}
