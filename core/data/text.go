package data

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// checkText refuses bytes that are not UTF-8, at the first one, and lines that a
// reader of lines would take for one.
func checkText(file string, plain []byte) error {
	if bytes.IndexByte(plain, '\n') < 0 && bytes.IndexByte(bytes.TrimRight(plain, "\r"), '\r') >= 0 {
		return fmt.Errorf("%s: the lines end with a carriage return alone, as those of old Macs; save the file with line feeds (LF or CRLF)", file)
	}
	if utf8.Valid(plain) {
		return nil
	}
	line, at := 1, 0 // at: where the line begins
	for i := 0; i < len(plain); {
		r, size := utf8.DecodeRune(plain[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			would := ""
			if b := plain[i]; b >= 0xa0 { // the same in both
				would = fmt.Sprintf(" (in Latin-1 or Windows-1252 it is %q)", rune(b))
			}
			return fmt.Errorf("%s:%d:%d: the byte 0x%X is not UTF-8%s; save the file as UTF-8", file, line, i-at+1, plain[i], would)
		case r == '\n':
			line, at = line+1, i+1
		}
		i += size
	}
	return nil
}

// single refuses a first line of one cell, and says what it may be instead.
func single(at string, l *lines) error {
	said := l.hint()
	if said == "" {
		switch cell := l.first[0]; {
		case strings.Contains(cell, "|"):
			said = "; | is none of them"
		case strings.ContainsAny(cell, " \u00a0"):
			said = "; spaces are none of them"
		case strings.Contains(cell, ":"):
			said = "; : is none of them"
		}
	}
	return fmt.Errorf("%s: there is one column only, %s: cells are taken to stand between commas, tabs or semicolons, and a table wants an input and a target%s", at, quoted(l.first[0]), said)
}

var sparseRow = regexp.MustCompile(`^\S+( +\d+:\S+)+$`)

// hint says what the first line looks like where it makes no table, "" for nothing.
func (l *lines) hint() string {
	text, _, _ := bytes.Cut(bytes.TrimLeft(l.plain, "\r\n"), []byte("\n"))
	cell := strings.TrimSpace(string(text[:min(len(text), 1000)]))
	switch {
	case strings.HasPrefix(strings.ToLower(cell), "@relation"):
		return "; this looks like ARFF, which is not read: save it as CSV"
	case strings.HasPrefix(strings.ToLower(cell), "sep="):
		return "; leave out the line " + quoted(cell) + ": the separator is found without it"
	case strings.HasPrefix(cell, "#"), strings.HasPrefix(cell, "%"), strings.HasPrefix(cell, "//"):
		return "; the first line looks like a comment, which is not read: leave it out"
	case strings.HasPrefix(cell, "{"), strings.HasPrefix(cell, "["):
		return "; this looks like JSON, which is not read: save it as CSV"
	case sparseRow.MatchString(cell):
		return "; this looks like libsvm (svmlight), which is not read: save it as CSV"
	}
	return ""
}

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

var (
	dateLike = regexp.MustCompile(`^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?$|^\d{1,2}:\d{2}(:\d{2})?$`)
	undress  = strings.NewReplacer(
		",", "", "'", "", "’", "", "_", "", " ", "", "\u00a0", "", "\u202f", "", "\u2009", "",
		"$", "", "€", "", "£", "", "¥", "", "%", "", "−", "-", "–", "-", "D", "e", "d", "e")
)

// looksLike is "numbers" or "dates" for a word that is one written otherwise, ""
// for others.
func looksLike(word string) string {
	switch {
	case dateLike.MatchString(word):
		return "dates"
	case strings.ContainsAny(word, "0123456789"):
		bare := undress.Replace(strings.TrimSuffix(strings.TrimPrefix(word, "("), ")"))
		if isNumber(bare) || isNumber(strings.ReplaceAll(bare, ".", "")) {
			return "numbers"
		}
	}
	return ""
}

// plainly is advice for a word among numbers that is one written otherwise.
func plainly(word string) string {
	if looksLike(word) == "numbers" {
		return "; write it plainly, as in -1234.5"
	}
	return ""
}
