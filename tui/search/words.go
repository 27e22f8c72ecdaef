package search

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"descent/core/recipe"
	"descent/core/search"
	"descent/tui/draw"
)

var (
	errNone = errors.New("there is no search yet; h starts one")
	errName = errors.New("type a file name")
)

var catalogue = recipe.Catalogue

func errWhole(least int) error { return fmt.Errorf("an integer from %d on", least) }

func errChoices(options []string) error { return fmt.Errorf("one of %s", strings.Join(options, ", ")) }

// lasting renders a time in seconds.
func lasting(s float64) string {
	switch {
	case math.IsNaN(s) || math.IsInf(s, 0):
		return "–"
	case s < 1:
		return "less than a second"
	case s < 100:
		return fmt.Sprintf("%.0f s", s)
	case s < 100*60:
		return fmt.Sprintf("%.0f min", s/60)
	case s < 100*3600:
		return fmt.Sprintf("%.0f h", s/3600)
	}
	return draw.Thousands(draw.Round(s/86400)) + " days"
}

// Words says a point in a few words: "adam, lr 0.01".
func Words(p search.Point) string {
	var out []string
	for _, e := range catalogue() {
		if v, ok := p[e.Knob.Path]; ok {
			out = append(out, recipe.Words(e.Knob.Path, v))
		}
	}
	return strings.Join(out, ", ")
}

// ranged says the values of an axis: "1e-05 … 1  log", "sgd, adam".
func ranged(a search.Axis) string {
	if a.Kind == search.Choice {
		var out []string
		for _, v := range a.Choices {
			out = append(out, v.String())
		}
		return strings.Join(out, ", ")
	}
	text := fmt.Sprintf("%.4g … %.4g", a.Low, a.High)
	switch {
	case a.Log:
		text += "  log"
	case a.Complement:
		text += "  log of 1 − x"
	}
	if a.Step > 0 {
		text += fmt.Sprintf("  step %.4g", a.Step)
	}
	if c := a.Condition; c != nil {
		var under []string
		for _, v := range c.In {
			under = append(under, v.String())
		}
		text += "  under " + strings.Join(under, ", ")
	}
	return text
}
