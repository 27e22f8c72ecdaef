package palette

import (
	"strings"
	"sync"
	"testing"

	"descent/session"
	"descent/session/live"
	"descent/tui/explain"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// global are some actions as the workbench has them.
var global = []intent.Action{
	{Name: "play", Section: intent.Training, Keys: []string{" "}, Label: "play", Help: "start or pause training", Do: intent.Always(intent.Play{On: true})},
	{Name: "rate-up", Section: intent.Optimizer, Keys: []string{"+"}, Help: "double the learning rate", Do: intent.Always(intent.Scale{Path: "optimizer.lr", Factor: 2})},
	{Name: "redo", Section: intent.Time, Keys: []string{"U"}, Label: "redo", Help: "redo what was undone last", Off: func(*live.Frame) string { return "there is nothing to redo" }, Do: intent.Always(intent.Redo{})},
	{Name: "save", Section: intent.Files, Keys: []string{"s"}, Label: "save", Help: "save the recipe as a preset and the weights as safetensors", Do: intent.Always(intent.Save{})},
}

var book = sync.OnceValues(func() (explain.Book, error) { return explain.New() })

func opened(t *testing.T, recent *Recent) *Palette {
	t.Helper()
	book, err := book()
	if err != nil {
		t.Fatal(err)
	}
	return openedWith(t, recent, book)
}

func openedWith(t *testing.T, recent *Recent, book explain.Book) *Palette {
	t.Helper()
	still := *frames.Still(t)
	f := &still
	f.Branches = []session.BranchSummary{{Label: "main", Head: 1200}, {ID: 1, Label: "larger steps", From: 600, Head: 900}}
	return New(frames.Plain(), Sources{Frame: f, Global: global, Book: book}, func() *live.Frame { return f }, recent)
}

var special = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "up": tea.KeyUp, "down": tea.KeyDown, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"backspace": tea.KeyBackspace, "esc": tea.KeyEsc, "ctrl+u": tea.KeyCtrlU, "ctrl+w": tea.KeyCtrlW,
}

func (p *Palette) press(keys ...string) (asked tea.Msg, done bool) {
	for _, k := range keys {
		msg := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
		if typ, ok := special[k]; ok {
			msg = tea.KeyMsg{Type: typ}
		}
		asked, done = p.Key(msg)
	}
	return asked, done
}

// first are the titles of the first entries.
func (p *Palette) first(n int) (out []string) {
	for _, e := range p.found[:min(n, len(p.found))] {
		out = append(out, string(e.Kind)+" "+e.Title)
	}
	return out
}

func TestWhatIsTypedIsFound(t *testing.T) {
	p := opened(t, &Recent{})
	for _, c := range []struct{ text, first string }{
		{"play", "action start or pause training"},
		{"rate-up", "action double the learning rate"},
		{"double", "action double the learning rate"},
		{"lear rate doub", "action double the learning rate"}, // beginnings of words, in any order
		{"lr", "knob optimizer.lr"},
		{"learning rate", "knob optimizer.lr"},
		{"optimizer", "knob optimizer.name"},
		{"optimizer.l", "knob optimizer.lr"},
		{"redo", "action redo what was undone last"},
		{"adamw", "page adamw"},
		{"spars", "knob prune.sparsity"},
		{"rtup", "action double the learning rate"}, // letters in their order
		{"main", "branch go to main"},
		{"larger", "branch go to larger steps"},
	} {
		p.press("ctrl+u")
		p.press(strings.Split(c.text, "")...)
		if got := p.first(4); len(got) == 0 || got[0] != c.first {
			t.Errorf("%q finds %q first, want %q", c.text, got, c.first)
		}
	}
	p.press("ctrl+u", "q", "x", "z", "j", "ü")
	if asked, done := p.press("enter"); asked != nil || done || len(p.found) != 0 {
		t.Errorf("what is called nothing finds %v and asks for %v", p.first(3), asked)
	}
}

func TestAKnobIsSetAtOnce(t *testing.T) {
	lr := func() string {
		d, _ := intent.FindKnob(frames.Still(t), "optimizer.lr")
		return intent.Scaled(d.Knob, d.Value, 2).String()
	}()
	for text, want := range map[string]tea.Msg{
		"lr 1e-2":                  intent.Set{Path: "optimizer.lr", Text: "0.01"},
		"lr=1e-2":                  intent.Set{Path: "optimizer.lr", Text: "0.01"},
		"lr = 0,01":                intent.Set{Path: "optimizer.lr", Text: "0.01"},
		"learning rate ×2":         intent.Set{Path: "optimizer.lr", Text: lr},
		"optimizer.lr *2":          intent.Set{Path: "optimizer.lr", Text: lr},
		"sparsity 50%":             intent.Set{Path: "prune.sparsity", Text: "0.5"},
		"optimizer adamw":          intent.Set{Path: "optimizer.name", Text: "adamw"},
		"optimizer=lio":            intent.Set{Path: "optimizer.name", Text: "lion"},
		"finetune lora rank 8":     intent.Set{Path: "finetune.lora_rank", Text: "8"},
		"finetune.bias_norms = on": nil, // there is no such knob
	} {
		p := opened(t, &Recent{})
		p.press(strings.Split(text, "")...)
		asked, done := p.press("enter")
		if want == nil {
			if asked != nil {
				t.Errorf("%q asks for %v", text, asked)
			}
			continue
		}
		if asked != want || !done {
			t.Errorf("%q asks for %v, want %v; it shows %q", text, asked, want, p.first(3))
		}
	}
}

func TestAValueThatDoesNotFitSaysWhatDoes(t *testing.T) {
	p := opened(t, &Recent{})
	p.press(strings.Split("lr=fast", "")...)
	if asked, done := p.press("enter"); asked != nil || done {
		t.Errorf("it asks for %v", asked)
	}
	if view := p.View(100, 36); !strings.Contains(view, "optimizer.lr takes a number from") {
		t.Errorf("it does not say what is allowed:\n%s", view)
	}
}

func TestWhatIsOffSaysWhyAndStaysOpen(t *testing.T) {
	p := opened(t, &Recent{})
	p.press("r", "e", "d", "o")
	if asked, done := p.press("enter"); asked != nil || done {
		t.Errorf("it asks for %v", asked)
	}
	if view := p.View(100, 36); !strings.Contains(view, "there is nothing to redo") {
		t.Errorf("it does not say why:\n%s", view)
	}
}

func TestRecentEntriesComeFirstAmongEquals(t *testing.T) {
	recent := &Recent{}
	p := opened(t, recent)
	if asked, done := p.press("s", "a", "v", "e", "enter"); !done || asked == nil {
		t.Fatalf("save asks for %v", asked)
	}
	p = opened(t, recent)
	if got := p.first(1); got[0] != "action save the recipe as a preset and the weights as safetensors" {
		t.Errorf("the first is %q, want what was used", got)
	}
	if p.press("p", "l", "a", "y"); p.first(1)[0] != "action start or pause training" {
		t.Errorf("a recent entry comes before a better one: %q", p.first(2))
	}
}

func TestItStopsAtItsEnds(t *testing.T) {
	p := opened(t, &Recent{})
	p.View(80, 24)
	last := len(p.found) - 1
	for _, c := range []struct {
		key  string
		want int
	}{{"up", 0}, {"down", 1}, {"end", last}, {"down", last}, {"home", 0}, {"pgdown", p.rows - 1}, {"pgup", 0}} {
		if p.press(c.key); p.at != c.want {
			t.Errorf("%s leads to %d, want %d", c.key, p.at, c.want)
		}
	}
}

func TestAClickChoosesTheLine(t *testing.T) {
	p := opened(t, &Recent{})
	p.press("p", "r", "u", "n", "e", ".", "s", "p")
	lines := strings.Split(p.View(80, 24), "\n")
	for y, line := range lines {
		_, name, isKnob := strings.Cut(line, "knob    ")
		name, _, _ = strings.Cut(name, " ")
		asked, done := p.Click(5, y)
		switch opens := asked.(type) {
		case intent.Type:
			isKnob = isKnob && opens.Path == name && done
		case intent.Pick:
			isKnob = isKnob && opens.Path == name && done
		default:
			isKnob = !isKnob
		}
		if !isKnob {
			t.Errorf("a click on %q asks for %v", line, asked)
		}
	}
}

func TestThePaletteIsHarmlessAndKeepsItsSize(t *testing.T) {
	for _, profile := range []termenv.Profile{termenv.Ascii, termenv.ANSI256} {
		p := opened(t, &Recent{})
		p.t = frames.Colored(profile)
		for _, text := range []string{"", "lr", check.Hostile, strings.Repeat("世", 100), "zzzzqq"} {
			p.press("ctrl+u")
			p.Key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
			for _, s := range [][2]int{{1, 1}, {8, 3}, {20, 8}, {50, 14}, {80, 24}, {120, 36}, {200, 55}} {
				view := p.t.Release(p.View(s[0], s[1]))
				check.Harmless(t, text, view)
				if lines := strings.Split(view, "\n"); s[1] >= 14 && len(lines) > s[1] {
					t.Errorf("%d lines in %v", len(lines), s)
				}
			}
		}
	}
}

func TestGoldenPalette(t *testing.T) {
	for name, text := range map[string]string{"all": "", "found": "prune", "set": "lr ×2", "off": "redo"} {
		t.Run(name, func(t *testing.T) {
			p := openedWith(t, &Recent{}, explain.Book{}) // whose pages change with every preset
			for _, r := range text {
				p.press(string(r))
			}
			check.Golden(t, p.View(80, 24)+"\n"+p.View(120, 36))
		})
	}
}

// Whatever is typed, the palette keeps its size and says nothing that a terminal obeys.
func FuzzQuery(f *testing.F) {
	for _, text := range []string{"lr 1e-3", "optimizer.lr ×2", "batch 8kB", "prune 50%", check.Hostile, "", " ", "\xff", "lr \x1b[2J", "optimizer adam", "lr=", "= = =", strings.Repeat("1/", 3000), "seed 18446744073709551616"} {
		f.Add(text)
	}
	book, err := book()
	if err != nil {
		f.Fatal(err)
	}
	still := *frames.Still(f)
	still.Branches = []session.BranchSummary{{Label: "main", Head: 1200}, {ID: 1, Label: check.Hostile, From: 600, Head: 900}}
	f.Fuzz(func(t *testing.T, text string) {
		p := New(frames.Plain(), Sources{Frame: &still, Global: global, Book: book}, func() *live.Frame { return &still }, &Recent{})
		p.Key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
		view := p.View(80, 24)
		check.Harmless(t, "palette", view)
		if lines := strings.Split(view, "\n"); len(lines) > 24 {
			t.Fatalf("%d lines", len(lines))
		}
		asked, _ := p.Key(tea.KeyMsg{Type: tea.KeyEnter})
		if set, ok := asked.(intent.Set); ok {
			d, found := intent.FindKnob(&still, set.Path)
			if !found {
				t.Fatalf("%q sets %s", text, set.Path)
			}
			if _, err := d.Knob.Parse(set.Text); err != nil {
				t.Fatalf("%q sets %s to %q: %v", text, set.Path, set.Text, err)
			}
		}
		check.Harmless(t, "palette", p.View(80, 24))
	})
}
