package present

import (
	"math"
	"strings"
	"testing"
	"time"

	"descent/tui/draw"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"
	"descent/tui/stage"

	"github.com/muesli/termenv"
)

func TestTheScreenIsFilledExactly(t *testing.T) {
	now := time.Now()
	for _, th := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.ANSI256)} {
		for _, f := range frames.Odd(t) {
			for _, size := range [][2]int{{50, 14}, {61, 17}, {80, 24}, {120, 36}, {200, 55}, {3, 4}} {
				s := Show{On: true}
				st := stage.New(th)
				for range 3 {
					s.Press("enter", now)
					check.Exact(t, "presentation", strings.Join(s.Lines(th, f, st.Presented(f), size[0], size[1], now), "\n"), size[0], size[1])
					st.Next(f, 1)
				}
			}
		}
	}
}

func TestKeysAreShownForAWhile(t *testing.T) {
	var s Show
	now := time.Now()
	if cmd := s.Press("+", now); cmd != nil {
		t.Error("a key is noted while the mode is off")
	}
	s.On = true
	if s.Press(" ", now) == nil {
		t.Error("nothing draws the screen again")
	}
	if got := s.shown(now.Add(keyStays / 2)); len(got) != 1 || got[0] != "space" {
		t.Errorf("shown are %q", got)
	}
	if got := s.shown(now.Add(keyStays)); len(got) != 0 {
		t.Errorf("shown for too long are %q", got)
	}
}

// Every figure has a form for whatever number there is.
func TestEveryNumberHasItsFigures(t *testing.T) {
	for _, v := range []float64{0, 1, -3.25, 1e-9, -1e300, 12345678, math.NaN(), math.Inf(1), math.Inf(-1), 0.07} {
		for _, text := range []string{number(v), percent(v)} {
			for _, r := range text {
				if _, ok := font[r]; !ok {
					if _, ok := narrow[r]; !ok {
						t.Errorf("%q has no figure for %q", text, r)
					}
				}
			}
		}
	}
	for n, want := range map[int]string{0: "0", 1234: "1,234", 123456: "123k", 12345678: "12M"} {
		if got := count(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
}

func TestThickLinesAreAsWideAsThin(t *testing.T) {
	thin := "╭─╮│╰╯├┤┬┴┼⠁⡀⠇⣿ x"
	if got := draw.Heavy(thin); draw.Width(got) != draw.Width(thin) || got != "┏━┓┃┗┛┣┫┳┻╋⠉⣀⠿⣿ x" {
		t.Errorf("it becomes %s", got)
	}
}
