package tui

import (
	"math/rand"
	"strings"

	"descent/presets"
	"descent/session/live"
	"descent/tui/internal/check"

	tea "github.com/charmbracelet/bubbletea"
)

// event is something that a user may do, as a line of a script.
type event struct {
	Key   *tea.Key           `json:",omitempty"`
	Mouse *tea.MouseEvent    `json:",omitempty"`
	Size  *tea.WindowSizeMsg `json:",omitempty"`
	Poll  bool               `json:",omitempty"`
	Focus bool               `json:",omitempty"`
	Wait  int                `json:",omitempty"` // milliseconds
}

func (e event) msg() tea.Msg {
	switch {
	case e.Key != nil:
		return tea.KeyMsg(*e.Key)
	case e.Mouse != nil:
		return tea.MouseMsg(*e.Mouse)
	case e.Size != nil:
		return *e.Size
	case e.Focus:
		return tea.FocusMsg{}
	}
	return pollMsg{}
}

// script is an episode that can be played again.
type script struct {
	Preset  string // "" begins in the gallery
	Playing bool
	Pace    live.Pace
	Theme   int // of monkeyThemes
	Memory  int // bytes for snapshots; 0 for the default
	Events  []event
}

const (
	monkeyLetters = "....     +-opilwwuU[]{}gGbcaRAACLMBFvvefrsyxmtzZ?<>,0123456789enNdD-.hjkqq:;%$@é世\t\x00\u200b\u0301🙂\u202e\x1b" +
		"123456788879VVSEEHJQTWXYPO*()^/=\"'_`~&#|\\!KI"
	longestPaste = 5000
)

var (
	monkeyKeys = []tea.KeyType{
		tea.KeyEnter, tea.KeyEnter, tea.KeyEnter, tea.KeyEsc, tea.KeyTab, tea.KeyUp, tea.KeyDown, tea.KeyDown, tea.KeyLeft, tea.KeyRight, tea.KeyRight,
		tea.KeyBackspace, tea.KeyHome, tea.KeyEnd, tea.KeyShiftTab, tea.KeyPgUp, tea.KeyPgDown, tea.KeyDelete, tea.KeyInsert, tea.KeyCtrlP, tea.KeyCtrlU,
		tea.KeyShiftLeft, tea.KeyShiftRight,
	}
	monkeyPastes = []string{
		"", "0.1", "1e300", "-1", "NaN", "inf", strings.Repeat("9", 400), strings.Repeat("x", longestPaste), "a\nb\r\nc", check.Hostile, "世界世界世界世界世界世界",
		"e\u0301e\u0301e\u0301", "👨‍👩‍👧‍👦🏳️‍🌈", "\xff\xfe", "[1, 2, 3]", "true", "8 kB", "20%", "0", "1", "3", "500", "\u202eabc", "\t\t", "1e-400", "0x10", "+5", "adam", "10 000", "×2", "0,5", "3/4", "lr=1e-3", "50%", "optimizer adam",
		"tune", "adopt", "trials 3", "narrow", "theme", "race", "×1e308", "/0", "-50%", "8kB", "go to 3", "open ", "1e3 steps", "÷3",
	}
	monkeySizes  = []tea.WindowSizeMsg{{Width: 1, Height: 1}, {Width: 300, Height: 100}, {}, {Width: 1, Height: 100}, {Width: 300, Height: 1}, {Width: 80, Height: 24}, {Width: 120, Height: 36}, {Width: 120, Height: 36}, {Width: 200, Height: 55}}
	monkeyQuests = []string{"lr 1e-3", "optimizer adam", "batch", "prune", "digits", "race", "theme", "export", "go to", "branch", "hessian", "quit", "loss", "tune lr=1e-3..1e-1 trials=3 steps=9", "tune here optimizer.name=sgd,adam trials=4 steps=5 seeds=2", "seed", "zoom", "stability", "optimizer.lr ×2", "open", "?", "adam"}
)

func pick[T any](r *rand.Rand, of []T) T { return of[r.Intn(len(of))] }

func letterEvent(c rune, alt bool) event {
	if c == ' ' {
		return event{Key: &tea.Key{Type: tea.KeySpace, Runes: []rune{' '}, Alt: alt}}
	}
	return event{Key: &tea.Key{Type: tea.KeyRunes, Runes: []rune{c}, Alt: alt}}
}

func keyEvent(k tea.KeyType) event { return event{Key: &tea.Key{Type: k}} }

// spelled are the keys of a text, in which \r is enter, \x1b esc, \v down, \f right and \b left.
func spelled(text string) (out []event) {
	for _, c := range text {
		switch c {
		case '\r':
			out = append(out, keyEvent(tea.KeyEnter))
		case '\x1b':
			out = append(out, keyEvent(tea.KeyEsc))
		case '\v':
			out = append(out, keyEvent(tea.KeyDown))
		case '\f':
			out = append(out, keyEvent(tea.KeyRight))
		case '\b':
			out = append(out, keyEvent(tea.KeyLeft))
		default:
			out = append(out, letterEvent(c, false))
		}
	}
	return out
}

// errand is what somebody does who wants something: keys in the order that leads there,
// which random ones would seldom find.
func errand(r *rand.Rand, w, h int) []event {
	downs := func(most int) string { return strings.Repeat("\v", r.Intn(most)) }
	polls := func(n int) (out []event) {
		for range n {
			out = append(out, event{Wait: 3}, event{Poll: true})
		}
		return out
	}
	switch r.Intn(20) {
	case 0, 1: // another preset, by name, or anything that is listed
		if r.Intn(2) == 0 {
			return append(spelled("O/"+pick(r, presets.Names())+"\r"), polls(3)...)
		}
		return append(spelled("O"+downs(50)+"\r"), polls(3)...)
	case 2: // the gallery, and back
		return spelled("O" + downs(8) + "/" + pick(r, []string{"", "a", "opt", "zzz"}) + "\x1b\x1b\x1b")
	case 3: // a race, to its end or broken off
		keys := "R"
		for range 1 + r.Intn(4) {
			keys += downs(6) + pick(r, []string{" ", " ", "r", "+", "\t"})
		}
		out := append(spelled(keys+"\r\r"), polls(r.Intn(12))...)
		return append(out, spelled(pick(r, []string{"", "R", "RR", "R\r", " R", "\x1bR", "s", "R \r", "u"}))...)
	case 4, 5: // the palette
		out := []event{keyEvent(tea.KeyCtrlP)}
		return append(out, spelled(pick(r, monkeyQuests)+downs(4)+"\r")...)
	case 6: // an export
		return spelled("X" + downs(8) + "\r\r")
	case 7: // presentation, with a view and keys in it
		return spelled("P" + pick(r, []string{"", "1", "4", "5", "+", "R", "?", ":"}) + pick(r, []string{"", "\x1b", "P"}) + "P")
	case 8: // themes and styles
		return spelled(pick(r, []string{"T", "TT", "V", "TV", "%", "H", "Q"}))
	case 9: // a value
		return spelled("1\r" + pick(r, []string{"1e-3", "×2", "50%", "8kB", "x", "1e999", "-", "/2", "0.1\r\r"}) + "\r")
	case 10: // training by single steps and polls
		return append(spelled(" "), polls(2+r.Intn(8))...)
	case 11: // the measurements of a view
		return append(spelled(pick(r, []string{"2", "3", "4", "5", "6", "7", "9"})+pick(r, []string{"", "v", "vv", "M", "Z", "\t", "e", "C", "E", "\r"})), polls(1+r.Intn(8))...)
	case 12: // a drag
		x, y := r.Intn(max(w, 1)), r.Intn(max(h, 1))
		at := func(dx, dy int, a tea.MouseAction) event {
			return event{Mouse: &tea.MouseEvent{X: x + dx, Y: y + dy, Action: a, Button: tea.MouseButtonLeft}}
		}
		out := []event{at(0, 0, tea.MouseActionPress)}
		for i := range r.Intn(5) {
			out = append(out, at(r.Intn(9)*i-9, r.Intn(3)-1, tea.MouseActionMotion))
		}
		return append(out, at(r.Intn(20)-10, 0, tea.MouseActionRelease))
	case 13: // the tabs and the footer
		return []event{{Mouse: &tea.MouseEvent{X: r.Intn(max(w, 1)), Y: pick(r, []int{1, h - 1}), Button: tea.MouseButtonLeft}}}
	case 16, 17: // a search, as it is offered or changed before
		keys := "h" + pick(r, []string{"", "", "alr=1e-3..1e-1\r", "aoptimizer.name=sgd,adam\r", downs(4) + " ", downs(4) + "<", "\t" + downs(12) + pick(r, []string{"+", "2", "0", " ", "\r\r"})})
		if r.Intn(3) == 0 {
			keys += "\t\v\v\v\v\v4\r\v9\r" // few and short trials, so that it ends
		}
		out := append(spelled(keys+"\r"), polls(r.Intn(12))...)
		return append(out, spelled(pick(r, []string{"", "8", "88", "h", "O\v\r", "R\r\r", "u", "P8", "h\r", " ", "q"}))...)
	case 18, 19: // what steers a search
		keys := "8" + pick(r, []string{"", "\t", "\t\t", "\t\t"}) + downs(12)
		for range 1 + r.Intn(5) {
			keys += pick(r, []string{
				"\r", "\r\r", "d", "V", "E\r", "E\v5\r\r", "%", "I", "II", "IIII", "^", ")", "(", "/adam\r", "/lr<1\r", "x", "\f", "\f\f\f", "\b", "a", "p", " ", "h", "\v", "u", "U", "bD",
				"\r5\r\r", "\radam\r\r", "h\f\r", "h\v\v\r\r", "h" + downs(12) + "\r\r", "h" + downs(12) + "\f", "\v\v\f", "\vd", "\v)", "\v(",
			})
		}
		return append(spelled(keys), polls(1+r.Intn(8))...)
	case 14: // the steps to try, and the stories
		return spelled(pick(r, []string{"n", "nn", "nnnn", "w", "W", "*", "g0\r", "bc", "F\r", "a\r", "B\r", "A\v\r\r"}))
	}
	return spelled(pick(r, []string{"/", "9/", "7/", "??/", "?/"}) + pick(r, monkeyQuests) + pick(r, []string{"\r", "\x1b", "\v\r"}))
}

// randomEvents is what a hand, a paw or a paste may do next on a screen of w×h cells.
func randomEvents(r *rand.Rand, w, h int) []event {
	if r.Intn(20) == 0 {
		return errand(r, w, h)
	}
	return []event{randomEvent(r, w, h)}
}

// randomEvent is one of them.
func randomEvent(r *rand.Rand, w, h int) event {
	letters := []rune(monkeyLetters)
	runes := func(alt bool, rs ...rune) event {
		return event{Key: &tea.Key{Type: tea.KeyRunes, Runes: rs, Alt: alt}}
	}
	switch n := r.Intn(100); {
	case n < 38:
		return letterEvent(pick(r, letters), r.Intn(20) == 0)
	case n < 66:
		return event{Key: &tea.Key{Type: pick(r, monkeyKeys), Alt: r.Intn(10) == 0}}
	case n < 72: // any key there is, with control and alt
		k := tea.KeyType(r.Intn(160) - 90)
		if k == tea.KeyRunes || k == tea.KeyCtrlC { // which would have runes, and which leaves
			k = tea.KeyF1
		}
		return event{Key: &tea.Key{Type: k, Alt: r.Intn(4) == 0}}
	case n < 75: // several in one read
		var rs []rune
		for range r.Intn(8) + 1 {
			rs = append(rs, pick(r, letters))
		}
		return runes(false, rs...)
	case n < 78:
		e := runes(false, []rune(pick(r, monkeyPastes))...)
		e.Key.Paste = true
		return e
	case n < 93:
		m := tea.MouseEvent{
			X: r.Intn(max(w, 1)+6) - 3, Y: r.Intn(max(h, 1)+6) - 3, Shift: r.Intn(10) == 0, Alt: r.Intn(10) == 0, Ctrl: r.Intn(10) == 0,
			Action: tea.MouseAction(r.Intn(3)), Button: tea.MouseButton(r.Intn(12)),
		}
		if r.Intn(2) == 0 {
			m.Action, m.Button = tea.MouseActionPress, pick(r, []tea.MouseButton{tea.MouseButtonLeft, tea.MouseButtonWheelUp, tea.MouseButtonWheelDown})
			if m.Button == tea.MouseButtonLeft { // a click, a part of a drag, or its end
				m.Action = tea.MouseAction(r.Intn(3))
			}
		}
		return event{Mouse: &m}
	case n < 96:
		s := pick(r, monkeySizes)
		switch r.Intn(3) {
		case 0:
			s = tea.WindowSizeMsg{Width: 1 + r.Intn(300), Height: 1 + r.Intn(100)}
		case 1:
			s = tea.WindowSizeMsg{Width: minWidth - 2 + r.Intn(100), Height: minHeight - 2 + r.Intn(40)}
		}
		return event{Size: &s}
	case n < 97:
		return event{Poll: true}
	case n < 98:
		return event{Focus: true}
	}
	return event{Wait: 1 + r.Intn(8)}
}
