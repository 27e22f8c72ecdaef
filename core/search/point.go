package search

import (
	"slices"
	"strings"

	"descent/core/knob"
)

// Point is a place in a search space: the value of each axis that exists there, by its
// path.
type Point map[string]knob.Value

// String writes the point as "optimizer.lr=0.01 train.batch=32", sorted by path.
func (p Point) String() string {
	var parts []string
	for path, v := range p {
		parts = append(parts, path+"="+v.String())
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// Equal reports whether both are the same place.
func (p Point) Equal(o Point) bool {
	if len(p) != len(o) {
		return false
	}
	for path, v := range p {
		if w, ok := o[path]; !ok || !v.Equal(w) {
			return false
		}
	}
	return true
}

// Condition says that an axis exists only where another one has one of some values,
// as Adam's beta2 does.
type Condition struct {
	Path string       `json:"path"`
	In   []knob.Value `json:"in"`
}

// Holds reports whether a point meets the condition.
func (c *Condition) Holds(p Point) bool {
	if c == nil {
		return true
	}
	v, ok := p[c.Path]
	return ok && slices.ContainsFunc(c.In, v.Equal)
}

// equal reports whether both say the same, whatever the order.
func (c *Condition) equal(o *Condition) bool {
	if c == nil || o == nil {
		return c == o
	}
	within := func(a, b []knob.Value) bool {
		return !slices.ContainsFunc(a, func(v knob.Value) bool { return !slices.ContainsFunc(b, v.Equal) })
	}
	return c.Path == o.Path && within(c.In, o.In) && within(o.In, c.In)
}
