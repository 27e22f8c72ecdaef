// Package text reads the bytes of a table as lines of cells: whatever their encoding, line
// ends, separators, quotes and comments are, found from its first lines or given.
package text

import (
	"fmt"
	"strings"
)

// Dialect is how a table is written. A field that is "" or Auto is found from the first
// lines.
type Dialect struct {
	Encoding  string `json:"encoding,omitempty"`  // one of Encodings
	Separator string `json:"separator,omitempty"` // one character, or a space for runs of blanks
	Quote     string `json:"quote,omitempty"`     // one character, or None
	Comment   string `json:"comment,omitempty"`   // what a line begins with that is skipped, or None
	Lines     string `json:"lines,omitempty"`     // LF, with or without CR before it, or CR

	// Skip is how many lines before the table are skipped; below 0 they are found.
	Skip int `json:"skip,omitempty"`
}

// Auto is found from the first lines. None is no quote and no comment.
const (
	Auto = "auto"
	None = "none"
)

// Encodings.
const (
	UTF8        = "utf-8"
	UTF16LE     = "utf-16le"
	UTF16BE     = "utf-16be"
	Windows1252 = "windows-1252" // and with it Latin-1, whose letters it holds
)

// Line ends.
const (
	LF = "lf"
	CR = "cr"
)

// Found is a dialect of which everything is to be found.
func Found() Dialect { return Dialect{Skip: -1} }

func open(s string) bool { return s == "" || s == Auto }

// String says what is not usual about a dialect, "" for a file of commas.
func (d Dialect) String() string {
	var parts []string
	if d.Encoding != "" && d.Encoding != UTF8 {
		parts = append(parts, "in "+map[string]string{UTF16LE: "UTF-16 (little-endian)", UTF16BE: "UTF-16 (big-endian)", Windows1252: "Windows-1252 (Latin-1)"}[d.Encoding])
	}
	if d.Separator != "," {
		parts = append(parts, "cells between "+nameOf(d.Separator))
	}
	switch d.Quote {
	case `"`:
	case None:
		parts = append(parts, "no quotes")
	default:
		parts = append(parts, "cells quoted by "+d.Quote)
	}
	if d.Comment != None && d.Comment != "" {
		parts = append(parts, "lines that begin with "+d.Comment+" are comments")
	}
	if d.Skip > 0 {
		parts = append(parts, fmt.Sprintf("%d lines before the table", d.Skip))
	}
	if d.Lines == CR {
		parts = append(parts, "lines end with a carriage return alone")
	}
	return strings.Join(parts, ", ")
}

// Between is what stands between cells, in words.
func (d Dialect) Between() string { return nameOf(d.Separator) }

// nameOf is a separator in words, in the plural.
func nameOf(separator string) string {
	switch separator {
	case ",":
		return "commas"
	case "\t":
		return "tabs"
	case ";":
		return "semicolons"
	case "|":
		return "pipes (|)"
	case " ":
		return "blanks"
	case ":":
		return "colons"
	}
	return separator
}
