package history

// Curves are buckets of each series, and the trajectory where it is a surface.
type Curves struct {
	Train, Val, Accuracy, ValAccuracy []Bucket
	Old                               []Bucket // loss of the task learned before
	Trajectory                        []Point
}

// After drops what lies before a step.
func (c Curves) After(step int) Curves {
	cut := func(b []Bucket) []Bucket {
		for len(b) > 0 && b[0].Last <= step {
			b = b[1:]
		}
		return b
	}
	c.Train, c.Val, c.Accuracy, c.ValAccuracy, c.Old = cut(c.Train), cut(c.Val), cut(c.Accuracy), cut(c.ValAccuracy), cut(c.Old)
	for len(c.Trajectory) > 0 && c.Trajectory[0].Step < step {
		c.Trajectory = c.Trajectory[1:]
	}
	return c
}
