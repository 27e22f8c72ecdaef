package compression

import (
	"fmt"
	"strings"

	"descent/session/bench"
	"descent/session/live"
	"descent/tui/draw"
)

// integers compares integer inference with float inference and with its simulation.
func (c *sheet) integers(f *live.Frame, w, _ int) []string {
	found, ok := f.Findings[bench.IntegerSpeed{}]
	r, _ := found.Value.(bench.IntegerReport)
	said := func(text string) []string { return c.t.Muted.Lines(draw.Wrap(text, w)) }
	switch {
	case !ok:
		return []string{"", c.t.Muted.Render("  measuring, on a copy")}
	case found.Err != nil:
		return c.t.Bad.Lines(draw.Wrap("✗ "+found.Err.Error(), w))
	case r.Why != "":
		return said(integerHint(f, r.Why))
	}
	out := []string{
		c.t.Text.Render(fmt.Sprintf("%s of %s rows as simulated", draw.Thousands(r.Agree), draw.Thousands(r.Rows))) +
			c.t.Muted.Render(", at step "+draw.Thousands(found.Step)),
		c.t.Muted.Render(fmt.Sprintf("largest difference of outputs %.1g", r.Difference)),
	}
	if r.HasAccuracy {
		out = append(out, c.t.Text.Render("accuracy "+draw.Percent(r.Accuracy))+c.t.Muted.Render(", simulated "+draw.Percent(r.Simulated)))
	}
	out = append(out, "", c.t.Muted.Render("rows per second, on one core"))
	top := max(r.Integer, r.Float, r.Simulation)
	wide := max(w-10-12, 1)
	for _, line := range []struct {
		name  string
		speed float64
	}{{"int8", r.Integer}, {"float64", r.Float}, {"simulated", r.Simulation}} {
		out = append(out, c.t.Text.Render(draw.FitLine(line.name, 10))+
			c.t.Val.Render(draw.FitLine(draw.Bar(line.speed/max(top, 1), wide), wide))+
			c.t.Text.Render(draw.Between("", draw.Thousands(draw.Round(line.speed)), 12)))
	}
	return out
}

// integerHint explains how to run the network in integers, or why it cannot.
func integerHint(f *live.Frame, why string) string {
	var want []string
	for _, d := range f.Panel {
		if path := d.Knob.Path; path == "quant.bits" || path == "quant.activations" {
			if n := d.Value.Num(); n < 2 || n > 8 {
				want = append(want, path)
			}
		}
	}
	if len(want) == 0 {
		return "The network cannot run in integer arithmetic now: " + why + "."
	}
	return "The network runs in integer arithmetic when its weights and activations have 2 to 8 bits:\n" +
		"set " + strings.Join(want, " and ") + " to 8, under quantize among the knobs."
}
