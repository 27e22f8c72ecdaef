package terminal

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/muesli/termenv"
)

func TestTheAnswerIsTakenOutHoweverItArrives(t *testing.T) {
	const answer = "\x1b]11;rgb:fefe/fefe/fefe\x1b\\"
	for _, all := range []string{answer, "ab" + answer + "cd", "a\x1b]11;rgb:ff/ff/ff\acd", answer + "\x1b[A"} {
		for cut := range len(all) + 1 {
			answers := make(chan bool, 1)
			in := &backgroundInput{File: os.Stdin, ground: answers}
			got := string(in.keys([]byte(all[:cut]))) + string(in.keys([]byte(all[cut:])))
			split := len(got) > 4 // within ESC ] 1: a key may begin so, and nobody holds it back
			if !split && len(got) > 0 && got[0] == 0x1b && got != "\x1b[A" {
				t.Errorf("%q cut at %d leaves %q", all, cut, got)
			}
			if !split {
				select {
				case light := <-answers:
					if !light {
						t.Errorf("%q is light", all)
					}
				default:
					t.Errorf("%q cut at %d is not heard", all, cut)
				}
			}
		}
	}
	in := &backgroundInput{File: os.Stdin, ground: make(chan bool, 1)}
	for _, keys := range []string{"\x1b", "\x1b]", "]11;", "\x1b[A", "x", "世"} {
		if got := string(in.keys([]byte(keys))); got != keys {
			t.Errorf("%q becomes %q", keys, got)
		}
	}
}

// An Esc is waited behind only while the answer may be on its way: a key typed right
// after it would be one with Alt.
func TestKeysBehindAnEscAreTheirOwn(t *testing.T) {
	for _, c := range []struct {
		first, second, want string
		since               time.Duration
	}{
		{"\x1b", "r", "\x1b|r", answerTime},
		{"a\x1b", "世x", "a\x1b|世x", answerTime},
		{"\x1b", "[A", "\x1b[A", 0},
		{"\x1b", "]11;rgb:ff/ff/ff\ab", "b", 0},
		{"\x1b]11;rgb:ff/ff/ff\x1b", "\\b", "b", 0},
	} {
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		in := Input(read, make(chan bool, 1))
		in.(*backgroundInput).begun = time.Now().Add(-c.since)
		write.WriteString(c.first)
		go func() {
			time.Sleep(10 * time.Millisecond)
			write.WriteString(c.second)
			write.Close()
		}()
		var got []string
		for b := make([]byte, 256); ; {
			n, err := in.Read(b)
			if err != nil {
				break
			}
			got = append(got, string(b[:n]))
		}
		read.Close()
		if text := strings.Join(got, "|"); text != c.want {
			t.Errorf("%q, then %q: read as %q, want %q", c.first, c.second, text, c.want)
		}
	}
}

func TestColoursAreLightOrDark(t *testing.T) {
	for text, want := range map[string]bool{"rgb:ffff/ffff/ffff": true, "rgb:0000/0000/0000": false, "rgb:1e/1e/2e": false, "rgba:ff/ff/f0/ff": true, "rgb:0/f/0": true} {
		if light, ok := lightColor(text); !ok || light != want {
			t.Errorf("%s is light: %v, %v", text, light, ok)
		}
	}
	for _, text := range []string{"", "rgb:", "rgb:zz/0/0", "rgb:1/2", "white"} {
		if _, ok := lightColor(text); ok {
			t.Errorf("%q is a colour", text)
		}
	}
	for text, want := range map[string][2]bool{"15;0": {false, true}, "0;15": {true, true}, "0;default;15": {true, true}, "7": {true, true}, "": {false, false}, "x": {false, false}, "0;99": {true, false}} {
		if light, ok := lightBackground(text); ok != want[1] || ok && light != want[0] {
			t.Errorf("COLORFGBG=%s is light: %v, %v", text, light, ok)
		}
	}
}

func TestTheLocaleSaysTheEncoding(t *testing.T) {
	for _, c := range []struct {
		all, ctype, lang string
		utf8             bool
	}{
		{"", "", "", true},
		{"C", "", "en_US.UTF-8", false},
		{"POSIX", "", "", false},
		{"", "", "C", false},
		{"C.UTF-8", "", "C", true},
		{"", "de_DE.utf8", "C", true},
		{"", "de_DE.ISO-8859-1", "en_US.UTF-8", false},
		{"", "", "en_US.UTF-8", true},
	} {
		env := map[string]string{"LC_ALL": c.all, "LC_CTYPE": c.ctype, "LANG": c.lang}
		if got := inUTF8(func(name string) string { return env[name] }); got != c.utf8 {
			t.Errorf("%+v: UTF-8 %v", c, got)
		}
	}
}

func TestTheLinuxConsoleHas16Colours(t *testing.T) {
	for said, want := range map[termenv.Profile]termenv.Profile{termenv.TrueColor: termenv.ANSI, termenv.ANSI256: termenv.ANSI, termenv.ANSI: termenv.ANSI, termenv.Ascii: termenv.Ascii} {
		if got := profileOf("linux", said); got != want {
			t.Errorf("%v: %v", said, got)
		}
	}
	if profileOf("xterm-256color", termenv.TrueColor) != termenv.TrueColor {
		t.Error("another terminal loses colours")
	}
}
