package data

// Outputs is how many outputs a network has for the targets of a table: one for each
// target column or, of a single column of classes, one for each class. classes says
// that the loss takes classes; named that it takes a probability for each output, for
// which two classes are one output (see Prepare).
func (t *Table) Outputs(classes, named bool) (int, error) {
	if len(t.Targets) != 1 {
		return len(t.Targets), nil
	}
	c := t.Targets[0]
	if c.Numbers != nil && !classes && !named {
		return 1, nil
	}
	if named && c.Numbers != nil && zeroOne(c.Numbers) {
		return 1, nil
	}
	if len(c.Classes) > 0 {
		return len(c.Classes), nil
	}
	labels := sorted(c, t.Rows)
	if named && len(labels) <= 2 {
		return 1, nil
	}
	if c.Numbers != nil {
		for _, v := range c.Numbers {
			if !isInteger(v) {
				return 0, blame("loss.name", "column %s holds numbers such as %v, and this loss needs classes; mse learns numbers", quoted(c.Name), v)
			}
		}
	}
	return max(len(labels), 2), nil
}

func isInteger(v float64) bool { return v == float64(int64(v)) }
