package model

import (
	"fmt"
	"slices"

	"descent/core/data/transform"
	"descent/core/nn"
)

// checkColumns says what of a transform that was read from a file cannot be applied.
func checkColumns(t *transform.Table) error {
	for _, c := range t.Columns {
		n := len(c.Inputs)
		fits := func(v []float64) bool { return v == nil || len(v) == n && nn.Finite(v) }
		own := n // without the indicator
		if c.Indicator {
			own--
		}
		switch {
		case n == 0:
			return fmt.Errorf("its column %q makes no inputs", c.Name)
		case c.Scale != nil && len(c.Scale) != n || c.Fill != nil && (len(c.Fill) != own || !nn.Finite(c.Fill)) || !fits(c.Mean) || !fits(c.Deviation) || (c.Mean == nil) != (c.Deviation == nil):
			return fmt.Errorf("the scale of its column %q does not fit its inputs", c.Name)
		case slices.Contains(c.Deviation, 0):
			return fmt.Errorf("the scale of its column %q divides by 0", c.Name)
		case c.Kind == transform.Category && len(c.Categories) != own:
			return fmt.Errorf("its column %q has %d categories for %d inputs", c.Name, len(c.Categories), own)
		case c.Kind == transform.Number && own != 1:
			return fmt.Errorf("its column %q of numbers makes %d inputs", c.Name, own)
		}
	}
	for _, c := range t.Targets {
		if !nn.Finite([]float64{c.Mean, c.Deviation}) {
			return fmt.Errorf("the scale of its target %q is not finite", c.Name)
		}
	}
	return nil
}
