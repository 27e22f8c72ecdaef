package diagnosis_test

import (
	"testing"

	"descent/core"
	"descent/presets"
	"descent/session"
	"descent/session/diagnosis"
)

// BenchmarkLook is what a look costs after 1500 steps of digits, units counted at
// every sixth.
func BenchmarkLook(b *testing.B) {
	r, err := presets.Load("digits")
	if err != nil {
		b.Fatal(err)
	}
	tr, err := core.New(r, presets.Files{})
	if err != nil {
		b.Fatal(err)
	}
	s := session.New(tr, nil)
	for range 1500 {
		if _, err := s.Step(); err != nil {
			b.Fatal(err)
		}
	}
	m := diagnosis.NewMonitor().WithoutClock(6)
	for b.Loop() {
		b.StopTimer()
		if _, err := s.Step(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		m.Look(s)
	}
}
