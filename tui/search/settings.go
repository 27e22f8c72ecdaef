package search

import (
	"fmt"
	"strconv"
	"strings"

	"descent/core/search"
	"descent/core/search/pruner"
	"descent/session/study"
	"descent/tui/intent"
)

// Where the trials start.
const (
	atZero = "step 0"
	atHere = "this step"
)

const off = "off"

// goal is an objective as a study has it.
func goal(metric string) string { return study.Goal(metric) }

// widths are those of a prior that ←→ goes through.
var widths = []string{off, "0.05", "0.1", "0.2", "0.3", "0.5"}

// widthOf reads a width, 0 for none.
func widthOf(text string) float64 {
	w, err := intent.Number(text)
	if err != nil {
		return 0
	}
	return w
}

func checkWidth(text string) error {
	if text == off {
		return nil
	}
	if w, err := intent.Number(text); err != nil || !(w >= 0.001 && w <= 10) {
		return fmt.Errorf("a width is a share of the range, such as 0.2, or off")
	}
	return nil
}

func checkWhere(text string) error {
	_, err := where(text)
	return err
}

// where reads constraints, with spaces or commas between them.
func where(text string) (out []study.Constraint, err error) {
	if text == off {
		return nil, nil
	}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == ';' }) {
		c, err := study.ParseConstraint(word)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func goalHelp(text string) string {
	for _, m := range study.Metrics {
		if m.Name == text {
			if goal(text) != text {
				return "as high as possible: " + m.Help
			}
			return "as low as possible: " + m.Help
		}
	}
	if row, ok := study.Scored(text); ok {
		if goal(text) != text {
			return "as high as possible: " + row.Help
		}
		return "as low as possible: " + row.Help
	}
	return ""
}

func secondHelp(text string) string {
	if text == off {
		return "a second objective gives a Pareto front"
	}
	return goalHelp(text)
}

func samplerHelp(text string) string {
	r, _ := search.Find(text)
	return r.Help
}

func prunerHelp(text string) string {
	r, _ := pruner.Find(text)
	return r.Help
}

func aroundHelp(text string) string {
	if text == off {
		return "a prior: good values lie around the knobs as they stand"
	}
	return "the prior's width, in shares of each range; it can be turned while the search runs"
}

func startHelp(text string) string {
	if text == atHere {
		return "all trials start with the present weights, at this step of this branch"
	}
	return "all trials start anew, with the knobs as they stand"
}

// checkGreed reads the greed of a sampler.
func checkGreed(text string) error {
	if g, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(text), ",", ".", 1), 64); err != nil || !(g >= -1 && g <= 1) {
		return fmt.Errorf("from -1, explore, to 1, exploit; 0 is the sampler as published")
	}
	return nil
}

func greedOf(text string) float64 {
	g, _ := strconv.ParseFloat(strings.Replace(strings.TrimSpace(text), ",", ".", 1), 64)
	return g
}
