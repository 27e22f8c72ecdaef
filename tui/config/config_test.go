package config

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"descent/session/disk"
	"descent/session/disk/disktest"
	"descent/tui/internal/check"
)

var actions = []Action{
	{Name: "play", Keys: []string{" "}, Help: "start or pause training"},
	{Name: "rate.up", Keys: []string{"+", "="}, Help: "double the learning rate"},
	{Name: "help", Keys: []string{"?"}, Help: "explain what is selected"},
	{Name: "knobs.next", Scope: "Knobs", Keys: []string{"down", "j"}, Help: "the next knob"},
}

// home makes an empty home, with config.toml if there is content.
func home(t *testing.T, content string) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "config"))
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	if content != "" {
		if err := os.MkdirAll(filepath.Dir(Path()), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(Path(), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func load(t *testing.T) *Config {
	t.Helper()
	c, err := Load(actions)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAnEmptyHomeHasTheDefaults(t *testing.T) {
	home(t, "")
	c := load(t)
	if c.Theme != "auto" || c.Pace != "20s" || c.Style != "line" || c.Bell != "off" || !c.Title || !c.Mouse {
		t.Errorf("the defaults are %+v", c)
	}
	if got := c.Keys("play", []string{" "}); len(got) != 1 || got[0] != " " {
		t.Errorf("play has the keys %q", got)
	}
}

func TestTheFileSets(t *testing.T) {
	home(t, "theme = \"16\"\npace = 'max'\nmouse = false\n[draw]\nstyle = \"braille\"\n[keys]\nplay = [\"enter\", \"=\"]\nrate.up = \"Page-Up\"\nhelp = []\n")
	c := load(t)
	if c.Theme != "16" || c.Pace != "max" || c.Style != "braille" || c.Mouse || !c.Title {
		t.Errorf("the settings are %+v", c)
	}
	for _, k := range []struct {
		name, byDefault string
		want            string
	}{{"play", " ", "enter ="}, {"rate.up", "+", "pgup"}, {"help", "?", ""}, {"other", "=", ""}, {"other", "x", "x"}} {
		if got := strings.Join(c.Keys(k.name, []string{k.byDefault}), " "); got != k.want {
			t.Errorf("%s, by default %s, has the keys %q, not %q", k.name, k.byDefault, got, k.want)
		}
	}
}

func TestThreadsAreANumberWithOrWithoutQuotes(t *testing.T) {
	for content, want := range map[string]int{"": 0, "threads = \"all\"": 0, "threads = 3": 3, "threads = \"3\"": 3} {
		home(t, content)
		c := load(t)
		if got, err := ParseThreads(c.Threads); got != want || err != nil {
			t.Errorf("%q: %d threads, %v", content, got, err)
		}
		if want > 0 && !strings.Contains(c.Print(actions), "\nthreads = 3\n") {
			t.Errorf("%q is printed as\n%s", content, c.Print(actions))
		}
	}
}

func TestErrorsSayWhereAndWhatIsAllowed(t *testing.T) {
	for _, c := range []struct{ content, want string }{
		{"them = \"dark\"", `:1:1: unknown key "them"; did you mean "theme"?`},
		{"\nstyle = \"line\"", `:2:1: unknown key "style"; did you mean "draw.style"?`},
		{"frobnicate = 1", "unknown key \"frobnicate\"; `descent config` names them all"},
		{"theme = \"drak\"", `:1:9: theme takes one of auto, dark, light, high-contrast, colour-blind, 16, none, not "drak"`},
		{"theme = 16", `:1:9: theme takes one of auto, dark, light, high-contrast, colour-blind, 16, none, not 16`},
		{"theme = [\"dark\"]", `:1:1: theme takes one of auto, dark, light, high-contrast, colour-blind, 16, none, not a list`},
		{"pace = \"20\"", `:1:8: pace takes a time from 1s to 1h, such as 20s, or max, not "20"`},
		{"pace = \"-1s\"", `:1:8: pace takes a time from 1s to 1h, such as 20s, or max, not "-1s"`},
		{"pace = 20", `:1:8: pace takes text between quotes, not 20`},
		{"mouse = \"true\"", `:1:9: mouse takes true or false, not "true"`},
		{"mouse = 1", `:1:9: mouse takes true or false, not 1`},
		{"threads = 0", `:1:11: threads takes a number from 1 to 1024, or "all", not "0"`},
		{"threads = 2.5", `:1:11: threads takes a number, or text between quotes, not 2.5`},
		{"threads = \"many\"", `:1:11: threads takes a number from 1 to 1024, or "all", not "many"`},
		{"mouse = true\nmouse = true", `:2:1: the key "mouse" is given twice`},
		{"[draw]\nstyle = \"line\"\n[draw]", `:3:2: table [draw] is given twice`},
		{"[drow]\nstyle = \"line\"", `:1:2: unknown table [drow]; did you mean "draw"?`},
		{"[[keys]]", `:1:3: [[keys]] is unknown; there are no lists of tables here`},
		{"theme = \"dark", `:1:13: unterminated basic string`},
		{"[keys]\nplya = \"x\"", `:2:1: there is no action "plya"; did you mean "play"?`},
		{"[keys]\nplay = 1", `:2:8: play takes a key between quotes, or a list of them, not 1`},
		{"[keys]\nplay = \"spcae\"", `:2:8: there is no key "spcae"; did you mean "space"?`},
		{"[keys]\nplay = [\"x\", \"hyper+q\"]", `:2:14: there is no key "hyper+q"; a key is a character`},
		{"[keys]\nplay = \"ctrl+c\"", `:2:8: ctrl+c always quits; choose another key`},
		{"[keys]\nplay = \"ctrl+m\"", `:2:8: a terminal sends the same for ctrl+m as for enter; choose another key`},
		{"[keys]\nplay = \"\\u001b\"", `:2:8: "\x1b" is no key`},
		{"[keys]\nplay = [\"x\", \"x\"]", `:2:14: x is given twice to play`},
		{"[keys]\nplay = \"x\"\nhelp = \"x\"", `:3:8: x is given to play and to help`},
	} {
		home(t, c.content)
		_, err := Load(actions)
		if err == nil || !strings.HasPrefix(err.Error(), Path()) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v\nwant %s", c.content, err, c.want)
		}
	}
}

func TestAKeyMayStandInAnotherScopeToo(t *testing.T) {
	home(t, "[keys]\nplay = \"x\"\nknobs.next = [\"x\", \"alt+X\"]")
	if got := strings.Join(load(t).Keys("knobs.next", nil), " "); got != "x alt+X" {
		t.Errorf("the keys are %q", got)
	}
}

func TestWhatIsChosenIsRememberedUntilTheFileChanges(t *testing.T) {
	home(t, "theme = \"dark\"")
	if err := load(t).Remember(ThemeKey, "light")(); err != nil {
		t.Fatal(err)
	}
	if c := load(t); c.Theme != "light" || c.Pace != "20s" {
		t.Errorf("theme is %s, pace %s", c.Theme, c.Pace)
	}
	if err := os.WriteFile(Path(), []byte("theme = \"none\""), 0o666); err != nil {
		t.Fatal(err)
	}
	if c := load(t); c.Theme != "none" {
		t.Errorf("the file has changed, and the theme is %s", c.Theme)
	}
}

func TestTwoWorkbenchesRememberWithoutDamage(t *testing.T) {
	home(t, "")
	a, b := load(t), load(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { _ = a.memory.keep(ThemeKey, remembered{"dark", "auto"}) })
		wg.Go(func() { _ = a.memory.keep(PaceKey, remembered{"max", "20s"}) })
	}
	wg.Wait()
	if err := b.Remember(StyleKey, "braille")(); err != nil {
		t.Fatal(err)
	}
	if c := load(t); c.Theme != "dark" || c.Pace != "max" || c.Style != "braille" {
		t.Errorf("remembered is %+v", c)
	}
}

func TestADamagedMemoryIsForgotten(t *testing.T) {
	home(t, "")
	if err := load(t).Remember(ThemeKey, "light")(); err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"[theme", "theme = 3", "[theme]\nvalue = \"purple\"\ninstead = \"auto\"", "\x00"} {
		if err := os.WriteFile(statePath(), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if c := load(t); c.Theme != "auto" {
			t.Errorf("%q: the theme is %s", content, c.Theme)
		}
	}
}

func TestAFullDiskLosesNothingAndIsSaidOnce(t *testing.T) {
	home(t, "")
	c := load(t)
	full := disktest.New(0, true)
	c.memory.disk = full
	if err := c.Remember(ThemeKey, "light")(); err == nil || !strings.Contains(err.Error(), "the choice holds until the workbench is left") {
		t.Errorf("the error is %v", err)
	}
	if err := c.Remember(PaceKey, "max")(); err != nil {
		t.Errorf("it was said already: %v", err)
	}
	if c.Theme != "light" || c.Pace != "max" {
		t.Errorf("the choices are %+v", c)
	}
	c.memory.disk = disk.Machine{}
	if err := c.Remember(StyleKey, "braille")(); err != nil {
		t.Fatal(err)
	}
	if c := load(t); c.Theme != "light" || c.Pace != "max" || c.Style != "braille" {
		t.Errorf("what failed is written with the next: %+v", c)
	}
}

func TestAHomeThatCannotBeWritten(t *testing.T) {
	dir := home(t, "")
	if err := os.WriteFile(filepath.Join(dir, "state"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := load(t)
	if err := c.Remember(ThemeKey, "dark")(); err == nil {
		t.Error("nothing is said of a folder that cannot be made")
	}
	t.Setenv("XDG_STATE_HOME", "")
	t.Setenv("XDG_CONFIG_HOME", "relative")
	t.Setenv("HOME", "")
	c = load(t)
	if err := c.Remember(ThemeKey, "dark")(); err != nil || c.Theme != "dark" || Path() != "" {
		t.Errorf("without a home: %v, %s, %q", err, c.Theme, Path())
	}
}

func TestWhatIsPrintedIsAFile(t *testing.T) {
	home(t, "bell = \"notify\"\n[keys]\nhelp = [\"f1\", '\\']\n")
	c := load(t)
	text := c.Print(actions)
	for _, want := range []string{"# theme = \"auto\"\n", "\nbell = \"notify\"\n", "# play = \"space\"", "\nhelp = [\"f1\", '\\'] ", "# While Knobs has the focus:", Path()} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	all := text // with every default no longer commented out
	for _, s := range settings {
		all = strings.Replace(all, "# "+s.key+" = ", s.key+" = ", 1)
	}
	for _, a := range actions {
		all = strings.Replace(all, "# "+a.Name+" = ", a.Name+" = ", 1)
	}
	home(t, all)
	back := load(t)
	if back.Bell != "notify" || strings.Join(back.Keys("play", nil), "") != " " || strings.Join(back.Keys("help", nil), "") != `f1\` {
		t.Errorf("read back it is %+v", back)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "#") && len([]rune(line)) > 100 && !strings.Contains(line, Path()) {
			t.Errorf("a long line: %s", line)
		}
	}
}

// Whatever a file holds, what is said of it is harmless to a terminal, and what is taken
// are values that are allowed.
func FuzzConfig(f *testing.F) {
	for _, text := range []string{
		"theme = \"16\"\npace = 'max'\n[draw]\nstyle = \"braille\"\n[keys]\nplay = [\"enter\", \"=\"]\n", "theme = \"\\u001b[2J\"", "\"\\u001b]0;x\\u0007\" = 1", "[\"\\u001b[2J\"]", "[[\"\\u001b[2J\"]]",
		"[keys]\n\"\\u001b[2J\" = \"a\"", "[keys]\nplay = \"\\u001b\"", "[keys]\nplay = [[1], {a = 1}]", "theme = {a = 1}", "draw = {style = \"braille\"}", "theme = 1979-05-27T07:32:00Z", "\x1b[2J", "theme = \"\x1b\"", "theme = \"\xff\"",
		"\"\u202e\u009b\" = 1", "[keys]\nplay = \"\u202e\"", "theme = '''\na\n'''", "\"a\\nb\" = 1", "[keys]\n\"a\\rb\" = 1",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := parse("config.toml", text, actions)
		if err != nil {
			check.Harmless(t, "error", err.Error())
			if strings.Contains(err.Error(), "\n") {
				t.Fatalf("%q has lines", err)
			}
			return
		}
		for key, value := range c.given {
			if s, ok := find(key); !ok || s.check(value) != nil {
				t.Fatalf("%s = %q is taken", key, value)
			}
		}
	})
}

// Whatever screen.toml holds, the settings are allowed ones, and something can be
// remembered again.
func FuzzMemory(f *testing.F) {
	for _, text := range []string{"[theme]\nvalue = \"light\"\ninstead = \"auto\"\n", "[theme", "theme = 3", "[theme]\nvalue = [1]\n", "[\"\\u001b[2J\"]\nvalue = \"\\u001b\"\n", "[pace]\nvalue = \"-1s\"\ninstead = \"20s\"\n", "\xff", "[a]\n[b]\n[a]\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		t.Setenv("XDG_CONFIG_HOME", dir)
		t.Setenv("XDG_STATE_HOME", dir)
		if err := os.MkdirAll(filepath.Dir(statePath()), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(statePath(), text, 0o600); err != nil {
			t.Fatal(err)
		}
		c := load(t)
		for _, s := range settings {
			if s.flag {
				continue
			}
			if err := s.check(*s.text(&c.Values)); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Remember(ThemeKey, "light")(); err != nil {
			t.Fatal(err)
		}
		if got := load(t).Theme; got != "light" {
			t.Fatalf("the theme is %s", got)
		}
	})
}
