package report

import (
	"encoding/base64"
	"strings"
	"unicode"
)

// quoted is a name as a shell takes it.
func quoted(name string) string {
	name = plain(name)
	bare := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_./:=", r)
	}
	if strings.IndexFunc(name, func(r rune) bool { return !bare(r) }) < 0 {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

func encoded(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// plain is a text without what controls a terminal or an editor.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}
