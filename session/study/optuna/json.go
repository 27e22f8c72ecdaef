package optuna

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

type (
	object map[string]any
	list   []any
)

// encode writes JSON as Python does: NaN and infinities are words of their own.
func encode(v any) string {
	switch x := v.(type) {
	case object:
		parts := make([]string, 0, len(x))
		for _, k := range slices.Sorted(maps.Keys(x)) {
			parts = append(parts, encode(k)+": "+encode(x[k]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case list:
		parts := make([]string, len(x))
		for i, e := range x {
			parts[i] = encode(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case float64:
		switch {
		case math.IsNaN(x):
			return "NaN"
		case math.IsInf(x, 1):
			return "Infinity"
		case math.IsInf(x, -1):
			return "-Infinity"
		}
		text := strconv.FormatFloat(x, 'g', -1, 64)
		if !strings.ContainsAny(text, ".e") {
			text += ".0" // Python tells floats from integers
		}
		return text
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("optuna: %v", err)) // what is written is made here
	}
	return string(b)
}

// words makes of Python's NaN and infinities texts, which number reads.
func words(line string) string {
	var out strings.Builder
	text := false
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case c == '"':
			text = !text
		case text && c == '\\' && i+1 < len(line):
			out.WriteByte(c)
			i++
		case !text && (c == 'N' || c == 'I' || c == '-'):
			found := false
			for _, word := range []string{"NaN", "Infinity", "-Infinity"} {
				if strings.HasPrefix(line[i:], word) {
					out.WriteString(strconv.Quote(word))
					i += len(word)
					found = true
					break
				}
			}
			if found {
				continue
			}
		}
		out.WriteByte(line[i])
		i++
	}
	return out.String()
}

// number is a float of a journal.
type number float64

// UnmarshalJSON reads a number, or what words made of one.
func (n *number) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	*n = number(v)
	return err
}
