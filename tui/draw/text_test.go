package draw

import (
	"strings"
	"testing"

	"descent/tui/internal/check"

	"github.com/muesli/termenv"
)

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
	f.Add(check.Hostile, 10)
	f.Add(signature+"1m"+check.Hostile+signature, 3)
	f.Add("\x1b[31mred\x1b[0m 世界", 4)
	f.Add("\u0301\xff\u200d", 1)
	f.Fuzz(func(t *testing.T, text string, w int) {
		check.Harmless(t, "text", strings.ReplaceAll(Text(text), "\t", " "))
		if line := Line(text); Line(line) != line || strings.ContainsAny(line, "\n\t") {
			t.Fatalf("%q", line)
		}
		if w < 1 || w > 300 {
			return
		}
		th := NewTheme(termenv.TrueColor, true)
		got := th.Release(Fit(th.Bad.Render(text)+text, w, 3))
		check.Harmless(t, "fit", got)
		check.Exact(t, "fit", got, w, 3)
		if look := th.Bad.Render(text); strings.Contains(look, "\n") {
			t.Fatalf("a style gives %q", look)
		}
	})
}
