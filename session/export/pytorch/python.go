package pytorch

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// source is Python source on its way.
type source struct {
	b      strings.Builder
	indent int
}

// line writes a line, or an empty one.
func (s *source) line(format string, args ...any) {
	if format != "" {
		s.b.WriteString(strings.Repeat("    ", s.indent))
		fmt.Fprintf(&s.b, format, args...)
	}
	s.b.WriteByte('\n')
}

// block writes lines one step further in.
func (s *source) block(write func()) {
	s.indent++
	write()
	s.indent--
}

// text writes lines that are indented among themselves.
func (s *source) text(t string) {
	for l := range strings.SplitSeq(strings.Trim(t, "\n"), "\n") {
		if l == "" {
			s.line("")
			continue
		}
		s.line("%s", l)
	}
}

// number is a number as Python reads it.
func number(v float64) string {
	switch {
	case math.IsNaN(v):
		return "math.nan"
	case math.IsInf(v, 1):
		return "math.inf"
	case math.IsInf(v, -1):
		return "-math.inf"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// decimal is number with a point, so that it is no integer to Python.
func decimal(v float64) string {
	text := number(v)
	if !strings.ContainsAny(text, ".en") {
		text += ".0"
	}
	return text
}

func boolean(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

func numbers(v []float64) string { return bracketed(v, number) }

// decimals are numbers of which a tensor is one of floating point.
func decimals(v []float64) string { return bracketed(v, decimal) }

func bracketed(v []float64, write func(float64) string) string {
	out := make([]string, len(v))
	for i, x := range v {
		out[i] = write(x)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func quoted(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strconv.Quote(n)
	}
	return strings.Join(out, ", ")
}

// argument is one of a call, "name=value".
type argument struct{ name, value string }

func call(f string, first string, args []argument) string {
	parts := []string{first}
	if first == "" {
		parts = nil
	}
	for _, a := range args {
		parts = append(parts, a.name+"="+a.value)
	}
	return f + "(" + strings.Join(parts, ", ") + ")"
}

// comment is a text in a comment of one line.
func comment(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}
