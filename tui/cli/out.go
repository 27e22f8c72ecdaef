package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"unicode/utf16"

	"descent/session"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/terminal"

	"github.com/mattn/go-isatty"
)

// printer is an outlet of the command line. All text leaves by it, so that a
// terminal is given nothing but text, whatever the names in a file hold: see
// draw.Text, and of its encoding. What goes elsewhere than to a terminal is the same.
type printer struct{ to io.Writer }

// The two outlets. Nothing else writes to the process's own.
var stdout, stderr = printer{os.Stdout}, printer{os.Stderr}

// Write writes text.
func (p printer) Write(text []byte) (int, error) {
	if _, err := io.WriteString(p.to, p.encoded(draw.Text(string(text)))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// printf writes a line that is made here: of what is put into it each part
// stays on one line.
func (p printer) printf(format string, parts ...any) { _, _ = fmt.Fprintf(p, format, lined(parts)...) }

// lined are parts of a line.
func lined(parts []any) []any {
	out := make([]any, len(parts))
	for i, part := range parts {
		switch v := part.(type) {
		case string:
			out[i] = draw.Line(v)
		case error:
			out[i] = draw.Line(v.Error())
		case fmt.Stringer:
			out[i] = draw.Line(v.String())
		default:
			out[i] = part
		}
	}
	return out
}

// draw writes what is drawn here: the text in it was cleaned before, and the
// codes are ours.
func (p printer) draw(picture string) { _, _ = io.WriteString(p.to, p.encoded(picture)) }

// encoded is a text in what the terminal can show.
func (p printer) encoded(text string) string {
	if p.terminal() && !terminal.InUTF8() {
		return draw.ASCII(text)
	}
	return text
}

// data writes bytes as they are, for files and pipes.
func (p printer) data() io.Writer { return p.to }

// json writes a value for machines. Characters that a terminal must not be given
// are escaped, which leaves the value the same.
func (p printer) json(v any, indent string) error {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return err
	}
	var out strings.Builder
	for _, r := range text.String() {
		switch {
		case r == '\n' || !draw.Unprintable(r):
			out.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	_, err := io.WriteString(p.to, out.String())
	return err
}

// terminal tells whether somebody looks.
func (p printer) terminal() bool {
	f, ok := p.to.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// table lines up columns, which tabs divide.
type table struct{ *tabwriter.Writer }

func (p printer) table() table { return table{tabwriter.NewWriter(p, 0, 0, 2, ' ', 0)} }

// printf writes a row; see printer.printf.
func (t table) printf(format string, cells ...any) { fmt.Fprintf(t, format, lined(cells)...) }

// complain says what went wrong: a line for each of the errors that were joined,
// and behind a fault of descent where it arose.
func complain(err error) {
	for _, e := range apart(err) {
		stderr.printf("descent: %s\n", e)
		var fault *live.Crash
		if errors.As(e, &fault) {
			_, _ = stderr.Write(fault.Stack)
		}
	}
}

// apart are the errors that were joined into one.
func apart(err error) []error {
	if u, ok := err.(session.UsageError); ok {
		return apart(u.Err)
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, apart(e)...)
	}
	var texts []string
	for _, e := range joined.Unwrap() {
		texts = append(texts, e.Error())
	}
	if err.Error() != strings.Join(texts, "\n") {
		return []error{err} // a sentence that wraps several
	}
	return out
}
