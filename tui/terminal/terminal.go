// Package terminal is what there is to know of the terminal, and to ask of it.
package terminal

import (
	"bytes"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"descent/tui/draw"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"
	"github.com/muesli/termenv"
)

// ThemeFor returns the theme for output to out. It reads the environment and does
// not query the terminal.
func ThemeFor(out io.Writer) *draw.Theme {
	light, _ := lightBackground(os.Getenv("COLORFGBG"))
	t := draw.NewTheme(profileOf(os.Getenv("TERM"), termenv.NewOutput(out).EnvColorProfile()), !light)
	if !InUTF8() {
		t.InASCII()
	}
	return t
}

// profileOf is the profile of colours of a terminal: the console of Linux has 16,
// whatever other variables say.
func profileOf(name string, said termenv.Profile) termenv.Profile {
	if name == "linux" {
		return max(said, termenv.ANSI) // the more colours, the smaller
	}
	return said
}

// InUTF8 reports whether text is encoded in UTF-8, according to the environment.
func InUTF8() bool { return inUTF8(os.Getenv) }

// inUTF8 reports whether the locale uses UTF-8, which is the default if the
// environment does not specify one.
func inUTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} { // the first that is set holds (POSIX)
		if locale := strings.ToUpper(getenv(name)); locale != "" {
			return strings.Contains(locale, "UTF-8") || strings.Contains(locale, "UTF8")
		}
	}
	return true
}

// lightBackground parses COLORFGBG, in which some terminals name their colours as
// palette indices, the background last. ok is false if it does not parse.
func lightBackground(said string) (light, ok bool) {
	n, err := strconv.Atoi(said[strings.LastIndexByte(said, ';')+1:])
	return n == 7 || n > 8, err == nil && n >= 0 && n < 16
}

// QueriesBackground reports whether to query the terminal for its background: if the
// environment does not name it, and the terminal ignores queries that it does not
// support.
func QueriesBackground() bool {
	_, said := lightBackground(os.Getenv("COLORFGBG"))
	name := os.Getenv("TERM")
	mute := name == "linux" || name == "dumb" || strings.HasPrefix(name, "screen") && os.Getenv("TMUX") == ""
	return !said && !mute && runtime.GOOS != "windows"
}

// Background is the terminal's answer to the background query.
type Background struct{ Light bool }

// backgroundTimeout is how long to wait for the answer; the screen is shown meanwhile.
const backgroundTimeout = time.Minute

// QueryBackground queries the background and waits for the answer in the input.
func QueryBackground(out io.Writer, answers <-chan bool) any {
	if _, err := io.WriteString(out, backgroundQuery); err != nil {
		return nil
	}
	select {
	case light := <-answers:
		return Background{light}
	case <-time.After(backgroundTimeout):
		return nil
	}
}

const (
	backgroundQuery  = "\x1b]11;?\x1b\\"
	backgroundAnswer = "\x1b]11;"
	longestAnswer    = 64
)

// backgroundInput is an input that filters out the terminal's answer, however late and
// in how many parts it arrives, so that it is not mistaken for keys.
type backgroundInput struct {
	*os.File
	ground chan<- bool
	held   []byte // an answer that is incomplete so far
	heard  bool
	begun  time.Time
}

// Input returns an input that sends the terminal's answer to the background query to
// answers, and gives everything else to who reads it.
func Input(f *os.File, answers chan<- bool) io.Reader {
	return &backgroundInput{File: f, ground: answers, begun: time.Now()}
}

// restTimeout is how long to wait for what follows an Esc, which is a key by itself, or
// the first byte of an answer that a slow link delivers in parts. A key typed within it
// would be one with Alt, so that this is done only at first: for so long as answerTime.
const (
	restTimeout = 50 * time.Millisecond
	answerTime  = 5 * time.Second
)

// Read may return 0 bytes and no error, if all it read was an answer.
func (in *backgroundInput) Read(p []byte) (int, error) {
	if in.heard && len(in.held) == 0 || len(p) <= longestAnswer {
		return in.File.Read(p)
	}
	b := make([]byte, len(p)-longestAnswer)
	n, err := in.File.Read(b)
	for err == nil && n < len(b) && mayGoOn(b[:n]) && time.Since(in.begun) < answerTime && readable(in.File, restTimeout) {
		var more int
		more, err = in.File.Read(b[n:])
		n += more
	}
	return copy(p, in.keys(b[:n])), err
}

// mayGoOn reports whether what was read ends in keys that may be the start of an answer.
func mayGoOn(b []byte) bool {
	return bytes.HasSuffix(b, []byte(backgroundAnswer[:1])) || bytes.HasSuffix(b, []byte(backgroundAnswer[:2]))
}

// keys returns the bytes without the answer.
func (in *backgroundInput) keys(b []byte) []byte {
	b = append(in.held, b...)
	in.held = nil
	if in.heard {
		return b
	}
	at := bytes.Index(b, []byte(backgroundAnswer))
	if at < 0 {
		// The end may be the start of an answer, unless it can be a key by itself.
		for n := len(backgroundAnswer) - 1; n >= 3; n-- {
			if bytes.HasSuffix(b, []byte(backgroundAnswer[:n])) {
				in.held = append(in.held, b[len(b)-n:]...)
				return b[:len(b)-n]
			}
		}
		return b
	}
	rest := b[at+len(backgroundAnswer):]
	end := bytes.IndexAny(rest, "\a\x1b")
	switch {
	case end >= 0 && rest[end] == '\a':
		in.hear(rest[:end])
		return append(b[:at:at], rest[end+1:]...)
	case end >= 0 && end+1 < len(rest): // ESC \
		in.hear(rest[:end])
		return append(b[:at:at], rest[end+2:]...)
	case len(rest) < longestAnswer-len(backgroundAnswer):
		in.held = append(in.held, b[at:]...)
		return b[:at]
	}
	in.heard = true // not an answer
	return append(b[:at:at], rest...)
}

func (in *backgroundInput) hear(color []byte) {
	in.heard = true
	if light, ok := lightColor(string(color)); ok {
		in.ground <- light
	}
}

// lightColor parses a colour as terminals write it, rgb:RRRR/GGGG/BBBB with one to
// four digits each, and reports whether it is light.
func lightColor(text string) (light, ok bool) {
	_, text, ok = strings.Cut(text, ":")
	parts := strings.Split(text, "/")
	if !ok || len(parts) < 3 {
		return false, false
	}
	brightness := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} { // ITU-R BT.709
		v, err := strconv.ParseUint(parts[i], 16, 16)
		if err != nil {
			return false, false
		}
		brightness += weight * float64(v) / float64(uint64(1)<<(4*len(parts[i]))-1)
	}
	return brightness > 0.5, true
}

// Size is the size of a terminal that says it is w by h cells: where it does not know,
// as on a serial line, what COLUMNS and LINES say, or 80 by 24.
func Size(w, h int) (int, int) {
	or := func(n int, name string, usual int) int {
		if n > 0 {
			return n
		}
		if said, err := strconv.Atoi(os.Getenv(name)); err == nil && said > 0 {
			return said
		}
		return usual
	}
	return or(w, "COLUMNS", 80), or(h, "LINES", 24)
}

// Columns returns the width of the terminal in cells, 0 if f is not a terminal.
func Columns(f *os.File) int {
	w, _, err := term.GetSize(f.Fd())
	if err != nil {
		return 0
	}
	return w
}

// Continued reports that the process was continued after a stop.
type Continued struct{}

// reentry sets the terminal up again, since the shell has changed its mode
// meanwhile.
type reentry struct{}

func (reentry) Run() error          { return nil }
func (reentry) SetStdin(io.Reader)  {}
func (reentry) SetStdout(io.Writer) {}
func (reentry) SetStderr(io.Writer) {}

// Retake sets the terminal up again after a stop by a signal from outside.
func Retake() tea.Cmd {
	return tea.Exec(reentry{}, nil)
}
