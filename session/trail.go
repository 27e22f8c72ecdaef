package session

// Point is where a surface was gone down after a step.
type Point struct {
	Step int
	X, Y float64
}

// trailLimit bounds a trail: when it is full, every other point goes.
const trailLimit = 4096

// trail is the way down a surface, of bounded size: a point for every so many
// steps, and the last.
type trail struct {
	every  int
	points []Point
}

func (t *trail) add(p Point) {
	if t.every == 0 {
		t.every = 1
	}
	if n := len(t.points); n > 0 && t.points[n-1].Step%t.every != 0 {
		t.points = t.points[:n-1] // it stood in as the last
	}
	t.points = append(t.points, p)
	if len(t.points) < trailLimit {
		return
	}
	t.every *= 2
	kept := t.points[:0]
	for _, q := range t.points {
		if q.Step%t.every == 0 || q.Step == p.Step {
			kept = append(kept, q)
		}
	}
	t.points = kept
}

// upTo drops the points after a step.
func upTo(points []Point, step int) []Point {
	for i, p := range points {
		if p.Step > step {
			return points[:i:i]
		}
	}
	return points
}
