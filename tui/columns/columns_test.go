package columns

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"descent/presets/draft"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"
)

// passengers is a table as people have them.
func passengers() string {
	var b strings.Builder
	b.WriteString("PassengerId,Survived,Pclass,Name,Sex,Age,Fare,Embarked\n")
	for i := range 60 {
		age := fmt.Sprint(20 + i*i%40)
		if i%5 == 0 {
			age = ""
		}
		fmt.Fprintf(&b, "%d,%d,%d,\"Doe, Mr. %c%d\",%s,%s,%.2f,%c\n", i+1, i%2, 1+i%3, 'A'+i%26, i, []string{"male", "female"}[i%2], age, float64(i)*1.5, "SCQ"[i%3])
	}
	return b.String()
}

func shown(t *testing.T, theme *draw.Theme, content string) *View {
	t.Helper()
	d, err := draft.Of("titanic.csv", []byte(content), nil, draft.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return New(theme, d, false)
}

func press(v *View, keys ...string) (asked tea.Msg) {
	named := map[string]tea.KeyType{"enter": tea.KeyEnter, "esc": tea.KeyEsc, "up": tea.KeyUp, "down": tea.KeyDown, "end": tea.KeyEnd, "home": tea.KeyHome, "pgdown": tea.KeyPgDown}
	for _, k := range keys {
		msg := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
		if typ, ok := named[k]; ok {
			msg = tea.KeyMsg{Type: typ}
		}
		asked = v.Key(msg)
	}
	return asked
}

func choose(v *View, name string) {
	press(v, "home")
	for v.Selected() != name {
		press(v, "down")
	}
}

func TestGoldenColumns(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 55}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			v := shown(t, frames.Plain(), passengers())
			choose(v, "Age")
			check.Golden(t, v.View(size[0], size[1]))
		})
	}
}

func TestTheScreenFillsItsCellsWhateverTheFileHolds(t *testing.T) {
	wide := &strings.Builder{}
	for i := range 200 {
		fmt.Fprintf(wide, "column number %d,", i)
	}
	wide.WriteString("y\n")
	for r := range 3 {
		for i := range 200 {
			fmt.Fprintf(wide, "%d,", (r+1)*i)
		}
		fmt.Fprintf(wide, "%d\n", r)
	}
	hostile := fmt.Sprintf("a,%q,y\n1e308,%q,1\n-1e308,\"größe 日本語 🎉\",2\n0,b,3\n", check.Hostile, check.Hostile)
	for _, content := range []string{passengers(), wide.String(), strings.ReplaceAll(hostile, `\x1b`, "\x1b"), "a,b\n1,1\n2,2\n"} {
		for _, theme := range []*draw.Theme{frames.Plain(), frames.Colored(termenv.ANSI256).InASCII()} {
			v := shown(t, theme, content)
			for _, key := range []string{"home", "down", "end", "?"} {
				press(v, key)
				for _, s := range [][2]int{{1, 1}, {30, 7}, {40, 10}, {80, 24}, {109, 30}, {110, 12}, {200, 55}} {
					check.Exact(t, key, v.View(s[0], s[1]), s[0], s[1])
				}
				check.Harmless(t, key, v.View(120, 36))
			}
		}
	}
}

func TestKeysChangeWhatIsTrained(t *testing.T) {
	v := shown(t, frames.Plain(), passengers())
	if v.Selected() != "Survived" {
		t.Errorf("%s is selected first, not the target", v.Selected())
	}
	first := v.Draft()
	choose(v, "Fare")
	press(v, "t")
	if got := v.Draft(); got.Task != draft.Regression || got.Recipe.Data.Target[0] != "Fare" {
		t.Errorf("t: %s of %v", got.Task, got.Recipe.Data.Target)
	}
	press(v, "u")
	if v.Draft() != first {
		t.Error("u does not take it back")
	}
	choose(v, "Sex")
	press(v, "i")
	if got := v.Draft().Recipe.Data.Ignore; !slices.Contains(got, "Sex") {
		t.Errorf("i leaves out %v", got)
	}
	press(v, "i")
	if got := v.Draft().Recipe.Data.Ignore; slices.Contains(got, "Sex") {
		t.Errorf("i again leaves out %v", got)
	}
	choose(v, "Name")
	press(v, "i")
	if got := v.Draft().Recipe.Data.Ignore; slices.Contains(got, "Name") {
		t.Errorf("a column is used where leaving it out was proposed, not %v", got)
	}
	choose(v, "Pclass")
	press(v, "c")
	if got := v.Draft().Recipe.Data.Categorical; !slices.Equal(got, []string{"Pclass"}) {
		t.Errorf("c: %v", got)
	}
	press(v, "c")
	if got := v.Draft().Recipe.Data.Categorical; len(got) > 0 {
		t.Errorf("c again: %v", got)
	}
	press(v, "o")
	if got := v.Draft().Recipe.Data.Ordinal; !slices.Equal(got, []string{"Pclass"}) {
		t.Errorf("o: %v", got)
	}
	was := v.Draft().Recipe.Data.Missing
	press(v, "m")
	if now := v.Draft().Recipe.Data.Missing; now == was {
		t.Errorf("m leaves %s", now)
	}
	if got, ok := press(v, "enter").(Train); !ok || got.Draft != v.Draft() {
		t.Error("enter does not train")
	}
	if got := press(v, "q"); got != (intent.Quit{}) {
		t.Errorf("q asks for %v", got)
	}
	v.Opening("reading")
	if got := press(v, "enter"); got != nil {
		t.Errorf("two things are opened: %v", got)
	}
	if got := press(v, "esc"); got != (intent.Cancel{}) {
		t.Errorf("esc asks for %v while something is opened", got)
	}
}
