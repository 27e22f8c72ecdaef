package nn

import (
	"errors"
	"fmt"
	"strings"
)

// Hold gives the entry its own stack.
func (e *Entry) Hold(texts []string) error {
	if err := e.Knows("of"); err != nil {
		return err
	}
	e.body = nil
	for _, text := range texts {
		inner, err := ParseEntry(text)
		if err != nil {
			return err
		}
		e.body = append(e.body, inner)
	}
	return nil
}

// ParseEntry reads a layer: its kind, then key=value for each setting, the
// first of them with or without its name; a block ends in its layers,
// separated by semicolons: "residual { dense 32; relu; dense 32 }".
func ParseEntry(text string) (*Entry, error) {
	if depth(text) > maxDepth {
		return nil, fmt.Errorf("blocks are nested more than %d deep", maxDepth)
	}
	head, body, block := strings.Cut(text, "{")
	words := strings.Fields(head)
	if len(words) == 0 {
		return nil, errors.New("there is a layer without a kind")
	}
	e, err := NewEntry(words[0])
	if err != nil {
		return nil, err
	}
	for i, word := range words[1:] {
		key, value, named := strings.Cut(word, "=")
		if !named {
			if i > 0 || len(e.kind.options) == 0 {
				return nil, fmt.Errorf("%s is followed by %q where key=value is wanted", e.kind.name, word)
			}
			key, value = e.kind.options[0].name, word
		}
		if err := e.Set(key, value); err != nil {
			return nil, err
		}
	}
	if block {
		inner, ok := strings.CutSuffix(strings.TrimSpace(body), "}")
		if !ok {
			return nil, fmt.Errorf("%s { has no } at its end", e.kind.name)
		}
		if err := e.Hold(pieces(inner)); err != nil {
			return nil, err
		}
	}
	return e, e.Complete()
}

// depth is how deep blocks lie in each other in a text.
func depth(text string) (most int) {
	now := 0
	for _, c := range text {
		switch c {
		case '{':
			now++
			most = max(most, now)
		case '}':
			now--
		}
	}
	return most
}

// pieces cuts at the semicolons that stand in no inner block.
func pieces(text string) (out []string) {
	depth, from := 0, 0
	for i, c := range text {
		switch {
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == ';' && depth == 0:
			out = append(out, text[from:i])
			from = i + 1
		}
	}
	return append(out, text[from:])
}
