package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"descent/core"
	"descent/presets"
	"descent/session/live"

	"github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// hostile is a name that would have its way with a terminal.
const hostile = "x\x1b[2J\x1b]0;mine\a\x1b]52;c;ZXZpbA==\x1b\\\u009b3Ja\u0085b\x7f\b\babc\u202e\u2066fdp\u2069\u200f\u061c\u200b\u2060\ufeff\u2028\u2029\U000e0041s\revil\x1b[31mred\x1b[8m\x1b]0;"

var (
	ours    = regexp.MustCompile("\x1b\\[[0-9;]*m")
	ordered = regexp.MustCompile("[\\x00-\\x09\\x0b-\\x1f\\x7f\u0080-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
)

// harmless checks a screen: colours, newlines and signs, nothing else.
func harmless(t testing.TB, what, view string) {
	t.Helper()
	if !utf8.ValidString(view) {
		t.Fatalf("%s: not UTF-8", what)
	}
	text := ours.ReplaceAllString(view, "")
	if at := ordered.FindStringIndex(text); at != nil {
		t.Fatalf("%s: %q in %q", what, text[at[0]:at[1]], text[max(0, at[0]-60):min(len(text), at[1]+60)])
	}
}

func TestATextIsPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"plain, ä é 世 🙂 e\u0301":    "plain, ä é 世 🙂 e\u0301",
		"\x1b[2Jx":                  "�[2Jx",
		"\u009b2J":                  "�2J",
		"a\nb\tc":                   "a b c",
		"a\r\nb":                    "a b",
		"a\rb":                      "a�b",
		"\xff\xfea":                 "��a",
		"abc\u202efdp":              "abc�fdp",
		"می\u200cخواهم":             "میخواهم",
		"❤\ufe0f":                   "❤",
		"z\u200bz\ufeff":            "z�z�",
		"l\u2028p\u2029":            "l�p�",
		strings.Repeat("\u0301", 9): strings.Repeat("\u0301", marksAtOnce),
	} {
		if got := Line(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if got := Text("a\r\nb\tc"); got != "a\nb\tc" {
		t.Errorf("of several lines remains %q", got)
	}
}

func FuzzNothingButTextIsShown(f *testing.F) {
	f.Add(hostile, 10)
	f.Add(signature+"1m"+hostile+signature, 3)
	f.Add("\x1b[31mred\x1b[0m 世界", 4)
	f.Add("\u0301\xff\u200d", 1)
	f.Fuzz(func(t *testing.T, text string, w int) {
		harmless(t, "text", strings.ReplaceAll(Text(text), "\t", " "))
		if line := Line(text); Line(line) != line || strings.ContainsAny(line, "\n\t") {
			t.Fatalf("%q", line)
		}
		if w < 1 || w > 300 {
			return
		}
		th := colored(termenv.TrueColor)
		got := released(fit(th.Bad.Render(text)+text, w, 3))
		harmless(t, "fit", got)
		exact(t, "fit", got, w, 3)
		if look := th.Bad.Render(text); strings.Contains(look, "\n") {
			t.Fatalf("a style gives %q", look)
		}
	})
}

// spoiled loads a preset whose every name is hostile.
func spoiled(t *testing.T, name string) core.Recipe {
	t.Helper()
	dir := t.TempDir()
	var csv strings.Builder
	fmt.Fprintf(&csv, "\"a%s\",\"b\nforged\",\"y%s\"\n", hostile, hostile)
	for i := range 24 {
		fmt.Fprintf(&csv, "%d,%d,\"%s%d\"\n", i%5, i%7, hostile, i%2)
	}
	if err := os.WriteFile(filepath.Join(dir, "d.csv"), []byte(csv.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	text := "[data]\nfile = \"d.csv\"\nvalidation = 0.25\n[model]\nlayers = [2, 4, 2]\nactivation = \"relu\"\n[loss]\nname = \"cross-entropy\"\n"
	if name == "surface" {
		text = "[surface]\nname = \"bowl\"\n"
	}
	path := filepath.Join(dir, strings.ReplaceAll(hostile, "/", "")+".toml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := presets.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	r.Title, r.Summary = hostile, hostile+"\nforged. "+hostile
	return r
}

// Every name of a preset, in every pane and dialog, and what is typed and pasted.
func TestTheWorkbenchShowsNamesAndNeverObeysThem(t *testing.T) {
	for kind, profile := range map[string]termenv.Profile{"table": termenv.TrueColor, "surface": termenv.Ascii} {
		b := robotOn(t, spoiled(t, kind), 120, 36)
		th := colored(profile)
		b.m.t, b.m.panes = th, newPanes(th)
		looked := func(what string) {
			t.Helper()
			harmless(t, what, b.m.View())
			exact(t, what, b.m.View(), b.m.w, b.m.h)
		}
		b.train(3)
		looked("the first steps")
		b.press("b")
		b.run(b.m.intend(nameIntent{b.m.frame.Branch, hostile}))
		b.train(2)
		b.settle()
		keys := []string{
			"tab", "tab", "tab", "tab", "tab", "tab", "tab", "Z", "Z", "v", "v", "v", "v", "v", "v", "v", "C", "C", "C", "c", "?", "esc", "A", "down", "down", "down", "esc",
			"R", "esc", "o", "esc", "g", "esc", "s", "enter", "esc", "n", "esc", "a", "esc", "F", "esc", "u", "tab", "n", "esc", "q",
		}
		t.Chdir(t.TempDir())
		for _, size := range [][2]int{{120, 36}, {50, 14}, {81, 25}, {200, 55}} {
			b.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			for _, k := range keys {
				b.press(k)
				looked(fmt.Sprintf("%s at %v", k, size))
				if b.m.dialog != nil {
					b.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(hostile), Paste: true})
					looked("pasted after " + k)
				}
			}
		}
		b.send(tea.WindowSizeMsg{Width: 120, Height: 36})
		b.settle()
		looked("settled")
		f := *b.m.frame
		f.Stopped, f.LogError, f.Mismatch, f.Decision = hostile, hostile, hostile, hostile
		f.Findings = map[live.Probe]live.Finding{}
		for p := range b.m.frame.Findings {
			f.Findings[p] = live.Finding{Err: fmt.Errorf("%s", hostile)}
		}
		b.m.frame, b.m.stale = &f, true
		looked("problems")
		b.m.notice, b.m.bad, b.m.stale = hostile, true, true
		looked("a notice")
	}
}
