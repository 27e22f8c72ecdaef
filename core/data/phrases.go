package data

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// listed is the classes that have a name, the first of them if they are many.
func listed(names []string) string {
	const most = 20
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == nobody })
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(briefly(names[:most]), ", "), len(names)-most)
	}
	return strings.Join(briefly(names), ", ")
}

// nobody is the name of an output that no class has.
const nobody = "(none)"

// quoted is a cell, or the name of a column, as messages show it.
func quoted(cell string) string { return fmt.Sprintf("%q", brief(cell)) }

// brief is a text cut where it is too long for a message.
func brief(text string) string {
	const most = 60
	if len(text) <= most {
		return text
	}
	runes := 0
	for at := range text {
		if runes++; runes > most {
			return text[:at] + "..."
		}
	}
	return text
}

// briefly are texts, each of them brief.
func briefly(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = brief(t)
	}
	return out
}

func count(n int, noun string) string {
	if n != 1 {
		if strings.HasSuffix(noun, "s") {
			noun += "e"
		}
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// some lists words, the first of them and the last if they are many.
func some(words []string) string {
	const most = 6
	if len(words) > most {
		return fmt.Sprintf("%s, ..., %s", strings.Join(briefly(words[:most-1]), ", "), brief(words[len(words)-1]))
	}
	return strings.Join(briefly(words), ", ")
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

func times(shape []int) string {
	sizes := make([]string, len(shape))
	for i, n := range shape {
		sizes[i] = strconv.Itoa(n)
	}
	return strings.Join(sizes, "×")
}
