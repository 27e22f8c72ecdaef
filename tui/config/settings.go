package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Themes are the names of the themes.
var Themes = []string{"auto", "dark", "light", "high-contrast", "colour-blind", "16", "none"}

// The keys of settings that the workbench remembers; see Config.Remember.
const (
	ThemeKey = "theme"
	PaceKey  = "pace"
	StyleKey = "draw.style"
)

// Values are the settings.
type Values struct {
	Theme string // one of Themes
	Pace  string // how long a run of train.steps takes; see ParsePace
	Style string // how curves are drawn: "line" or "braille"
	Bell  string // what tells that a long run has ended: "off", "bell" or "notify"
	Title bool   // the title of the terminal's window names preset and progress
	Mouse bool   // the screen takes clicks and the wheel

	Threads string // how many threads compute; see ParseThreads
}

// setting is a row of the table of settings: a key of the file, its values, and the
// field that it fills.
type setting struct {
	key       string
	byDefault string
	choices   []string // all values; nil: see form
	form      func(text string) error
	help      string
	flag      bool // its values are true and false
	number    bool // its values may be numbers without quotes
	text      func(*Values) *string
	on        func(*Values) *bool
}

var settings = []setting{
	{
		key: ThemeKey, byDefault: "auto", choices: Themes, text: func(v *Values) *string { return &v.Theme },
		help: "Colours. auto takes dark or light, as the background of the terminal is. 16 uses the colours of the terminal's own palette; none uses no colour. T changes it in the workbench.",
	},
	{
		key: PaceKey, byDefault: "20s", form: paceForm, text: func(v *Values) *string { return &v.Pace },
		help: "How long a run of train.steps takes in the workbench: a time such as 20s or 2m, or max, as fast as the machine computes. < and > change it.",
	},
	{
		key: StyleKey, byDefault: "line", choices: []string{"line", "braille"}, text: func(v *Values) *string { return &v.Style },
		help: "How curves are drawn: as lines, or as finer dots of braille, 2×4 in each cell.",
	},
	{
		key: "bell", byDefault: "off", choices: []string{"off", "bell", "notify"}, text: func(v *Values) *string { return &v.Bell },
		help: "What tells that a run has ended which took longer than half a minute: the bell of the terminal, or a notice of the desktop (OSC 9, where the terminal passes it on).",
	},
	{
		key: "title", byDefault: "true", choices: truths, flag: true, on: func(v *Values) *bool { return &v.Title },
		help: "The title of the terminal's window names the preset and its progress.",
	},
	{
		key: "mouse", byDefault: "true", choices: truths, flag: true, on: func(v *Values) *bool { return &v.Mouse },
		help: "The workbench takes clicks and the wheel. Most terminals still select text while shift is held.",
	},
	{
		key: "threads", byDefault: "all", form: threadsForm, number: true, text: func(v *Values) *string { return &v.Threads },
		help: "How many threads compute in the workbench: a number, or \"all\", one per processor. Numbers do not depend on it. --threads goes before it.",
	},
}

var truths = []string{"true", "false"}

// put sets the field of a setting to a value in text form.
func (s setting) put(v *Values, text string) {
	if s.flag {
		*s.on(v) = text == "true"
		return
	}
	*s.text(v) = text
}

// check returns why a text is not a value of the setting, nil if it is.
func (s setting) check(text string) error {
	if s.form != nil {
		return s.form(text)
	}
	if !slices.Contains(s.choices, text) {
		return fmt.Errorf("%s takes %s, not %q", s.key, s.allowed(), text)
	}
	return nil
}

// allowed lists the values of a setting.
func (s setting) allowed() string {
	if s.flag {
		return "true or false"
	}
	return "one of " + strings.Join(s.choices, ", ")
}

// The shortest and the longest pace.
const (
	ShortestPace = time.Second
	LongestPace  = time.Hour
)

// ParsePace returns how long a run is to take, 0 for as fast as the machine
// computes. Its text is a time such as 20s or 1m30s, or "max".
func ParsePace(text string) (time.Duration, error) {
	if text == "max" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < ShortestPace || d > LongestPace {
		return 0, fmt.Errorf("%s takes a time from 1s to 1h, such as 20s, or max, not %q", PaceKey, text)
	}
	return d, nil
}

// MostThreads is more than any machine makes use of.
const MostThreads = 1024

// ParseThreads returns how many threads are to compute, 0 for one per processor. Its
// text is a number, or "all".
func ParseThreads(text string) (int, error) {
	if text == "all" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > MostThreads {
		return 0, fmt.Errorf("threads takes a number from 1 to %d, or \"all\", not %q", MostThreads, text)
	}
	return n, nil
}

func threadsForm(text string) error {
	_, err := ParseThreads(text)
	return err
}

func paceForm(text string) error {
	_, err := ParsePace(text)
	return err
}

// find returns the row of a key.
func find(key string) (setting, bool) {
	for _, s := range settings {
		if s.key == key {
			return s, true
		}
	}
	return setting{}, false
}
