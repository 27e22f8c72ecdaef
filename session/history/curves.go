package history

// Curves holds the buckets of each series, and the trajectory on a surface.
type Curves struct {
	Train, Val, Accuracy, ValAccuracy []Bucket
	Old                               []Bucket // loss of the previous task
	Gradient, Update                  []Bucket // ‖g‖ and ‖Δw‖ / ‖w‖
	Scores                            []Scored // of the metrics that were asked for
	Trajectory                        []Point
}

// Score is the curve of a metric by its name, nil without one.
func (c Curves) Score(name string) []Bucket {
	for _, s := range c.Scores {
		if s.Name == name {
			return s.Buckets
		}
	}
	return nil
}

// After returns the part after a step.
func (c Curves) After(step int) Curves {
	cut := func(b []Bucket) []Bucket {
		for len(b) > 0 && b[0].Last <= step {
			b = b[1:]
		}
		return b
	}
	c.Train, c.Val, c.Accuracy, c.ValAccuracy, c.Old = cut(c.Train), cut(c.Val), cut(c.Accuracy), cut(c.ValAccuracy), cut(c.Old)
	c.Gradient, c.Update = cut(c.Gradient), cut(c.Update)
	scores := make([]Scored, len(c.Scores))
	for i, s := range c.Scores {
		scores[i] = Scored{s.Name, cut(s.Buckets)}
	}
	c.Scores = scores
	for len(c.Trajectory) > 0 && c.Trajectory[0].Step < step {
		c.Trajectory = c.Trajectory[1:]
	}
	return c
}
