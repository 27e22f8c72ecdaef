// Package tour arranges the built-in presets by subject, and suggests three steps to
// try in each.
package tour

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
)

//go:embed tour.toml
var text []byte

// Subject is a group of presets, as the gallery shows them.
type Subject struct {
	Name    string
	Presets []string
}

// Step suggests one thing to try.
type Step struct {
	Text string   // an imperative, without the keys
	Keys []string // what is pressed, as Bubble Tea names it; a longer word is typed
	When Condition
}

// Condition tells when a step counts as done: a comparison of a knob with a value, or
// else the name of what was done.
type Condition struct {
	Path, Op, Value string
	Did             string
}

// ops are the comparisons, the longer first.
var ops = []string{">=", "<=", "=", ">", "<"}

// UnmarshalText parses a condition: `optimizer.lr >= 0.1`, or a name such as `undo`.
func (c *Condition) UnmarshalText(text []byte) error {
	words := strings.Fields(string(text))
	if len(words) == 3 && slices.Contains(ops, words[1]) {
		*c = Condition{Path: words[0], Op: words[1], Value: words[2]}
		return nil
	}
	if len(words) == 0 {
		return fmt.Errorf("a condition is empty")
	}
	*c = Condition{Did: strings.Join(words, " ")}
	return nil
}

// Holds reports whether the condition holds: knob returns the value of a knob, "" if
// there is none, and did whether something of that name was done.
func (c Condition) Holds(knob func(path string) string, did func(name string) bool) bool {
	if c.Did != "" {
		return did(c.Did)
	}
	value := knob(c.Path)
	a, errA := strconv.ParseFloat(value, 64)
	b, errB := strconv.ParseFloat(c.Value, 64)
	if errA != nil || errB != nil {
		return c.Op == "=" && value == c.Value
	}
	switch c.Op {
	case ">=":
		return a >= b
	case "<=":
		return a <= b
	case ">":
		return a > b
	case "<":
		return a < b
	}
	return a == b
}

type book struct {
	Subject []Subject
	Story   map[string][]Step
	Par     map[string]float64
}

var read = sync.OnceValue(func() book {
	var b book
	if err := toml.Unmarshal(text, &b); err != nil {
		panic(fmt.Sprintf("presets/tour/tour.toml: %v", err)) // a test reads it
	}
	return b
})

// Subjects returns the groups in display order.
func Subjects() []Subject { return read().Subject }

// Steps returns what to try in a preset, nil for one that is not built in.
func Steps(preset string) []Step { return read().Story[preset] }

// Next returns the preset after one in the order of the subjects, "" after the last or
// for one that is not built in.
func Next(after string) string {
	var all []string
	for _, s := range Subjects() {
		all = append(all, s.Presets...)
	}
	if i := slices.Index(all, after); i >= 0 && i+1 < len(all) {
		return all[i+1]
	}
	return ""
}

// Par returns the lowest validation loss that a built-in preset reaches in its own
// train.steps, untouched; ok is false for one that has none.
func Par(preset string) (loss float64, ok bool) {
	loss, ok = read().Par[preset]
	return loss, ok
}
