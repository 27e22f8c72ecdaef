package recipe

import (
	"slices"
	"sync"
	"testing"

	"descent/core/knob"
)

// Formerly lets a knob of the catalogue have been known otherwise, until the
// test ends.
func Formerly(t testing.TB, path string, former ...knob.Former) {
	t.Helper()
	was := catalogue
	entries := slices.Clone(was())
	for i := range entries {
		if entries[i].Knob.Path == path {
			entries[i].Knob = entries[i].Knob.WithFormer(former...)
			entries[i].variants = slices.Clone(entries[i].variants)
			for j := range entries[i].variants {
				entries[i].variants[j] = entries[i].variants[j].WithFormer(former...)
			}
		}
	}
	catalogue, formerNames = func() []Entry { return entries }, sync.OnceValue(newNames)
	t.Cleanup(func() { catalogue, formerNames = was, sync.OnceValue(newNames) })
}
