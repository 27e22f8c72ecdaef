package tui

import (
	"bytes"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"descent/tui/draw"

	"github.com/muesli/termenv"
)

// themeFor is the theme for what is written to out. It reads the environment
// and does not wait for the terminal to say anything.
func themeFor(out io.Writer) *draw.Theme {
	light, _ := lightGround(os.Getenv("COLORFGBG"))
	t := draw.NewTheme(termenv.NewOutput(out).EnvColorProfile(), !light)
	if !inUTF8(os.Getenv) {
		t.InASCII()
	}
	return t
}

// inUTF8 reads of the locale whether text is encoded in UTF-8, as is supposed where
// the environment says nothing.
func inUTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} { // the first that is set holds (POSIX)
		if locale := strings.ToUpper(getenv(name)); locale != "" {
			return strings.Contains(locale, "UTF-8") || strings.Contains(locale, "UTF8")
		}
	}
	return true
}

// lightGround reads what some terminals say of their colours in COLORFGBG:
// numbers of the palette, that of the background last. ok is false if it says
// nothing.
func lightGround(said string) (light, ok bool) {
	n, err := strconv.Atoi(said[strings.LastIndexByte(said, ';')+1:])
	return n == 7 || n > 8, err == nil && n >= 0 && n < 16
}

// asksGround tells whether the terminal is to be asked for its background: where
// the environment does not say it, and a terminal that does not know the question
// swallows it.
func asksGround() bool {
	_, said := lightGround(os.Getenv("COLORFGBG"))
	name := os.Getenv("TERM")
	mute := name == "linux" || name == "dumb" || strings.HasPrefix(name, "screen") && os.Getenv("TMUX") == ""
	return !said && !mute && runtime.GOOS != "windows"
}

// groundMsg is what the terminal says of its background.
type groundMsg struct{ light bool }

// groundPatience is how long the answer is waited for; the screen is there meanwhile.
const groundPatience = time.Minute

// groundOf asks for the background and waits for what the input then brings.
func groundOf(out io.Writer, answers <-chan bool) any {
	if _, err := io.WriteString(out, groundQuestion); err != nil {
		return nil
	}
	select {
	case light := <-answers:
		return groundMsg{light}
	case <-time.After(groundPatience):
		return nil
	}
}

const (
	groundQuestion = "\x1b]11;?\x1b\\"
	groundAnswer   = "\x1b]11;"
	longestAnswer  = 64
)

// groundInput is an input from which the terminal's answer is taken out, so that
// nobody takes it for keys, however late it comes.
type groundInput struct {
	*os.File
	ground chan<- bool
	held   []byte // the beginning of an answer whose end is still to come
	heard  bool
}

// Read may return nothing and no error, where all was an answer.
func (in *groundInput) Read(p []byte) (int, error) {
	if in.heard && len(in.held) == 0 || len(p) <= longestAnswer {
		return in.File.Read(p)
	}
	n, err := in.File.Read(p[:len(p)-longestAnswer])
	return copy(p, in.keys(append([]byte(nil), p[:n]...))), err
}

// keys is what remains of some bytes without the answer.
func (in *groundInput) keys(b []byte) []byte {
	b = append(in.held, b...)
	in.held = nil
	if in.heard {
		return b
	}
	at := bytes.Index(b, []byte(groundAnswer))
	if at < 0 {
		// The end may be the beginning of one; what a key alone can be is no such end.
		for n := len(groundAnswer) - 1; n >= 3; n-- {
			if bytes.HasSuffix(b, []byte(groundAnswer[:n])) {
				in.held = append(in.held, b[len(b)-n:]...)
				return b[:len(b)-n]
			}
		}
		return b
	}
	rest := b[at+len(groundAnswer):]
	end := bytes.IndexAny(rest, "\a\x1b")
	switch {
	case end >= 0 && rest[end] == '\a':
		in.hear(rest[:end])
		return append(b[:at:at], rest[end+1:]...)
	case end >= 0 && end+1 < len(rest): // ESC \
		in.hear(rest[:end])
		return append(b[:at:at], rest[end+2:]...)
	case len(rest) < longestAnswer-len(groundAnswer):
		in.held = append(in.held, b[at:]...)
		return b[:at]
	}
	in.heard = true // that is no answer
	return append(b[:at:at], rest...)
}

func (in *groundInput) hear(color []byte) {
	in.heard = true
	if light, ok := lightColor(string(color)); ok {
		in.ground <- light
	}
}

// lightColor reads a colour as terminals write it, rgb:RRRR/GGGG/BBBB with one to
// four digits each, and tells whether it is light.
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
