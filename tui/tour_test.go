package tui

import (
	"testing"
	"time"

	"descent/presets"
	"descent/presets/tour"
	"descent/tui/internal/check"
)

// What is suggested can be done with the keys that are named, and is ticked off.
func TestEveryStepToTryCanBeDoneAndIsTickedOff(t *testing.T) {
	if check.Race {
		t.Skip("one goroutine presses keys: there is nothing to race")
	}
	for _, name := range presets.Names() {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			b := newRobot(t, name, 120, 40)
			b.press(".", ".")
			for i, s := range tour.Steps(name) {
				if i == 0 {
					b.sees("try ", s.Text)
				}
				for _, k := range s.Keys {
					if _, key := named[k]; !key && len([]rune(k)) > 1 {
						for _, r := range k {
							b.press(string(r))
						}
						continue
					}
					b.press(k)
				}
				b.send(pollMsg{})
				if s.When.Did == "trained" { // a story trains from the start
					b.train(120)
				}
				for n := 0; n < 200 && !b.m.tour.Done(i) && b.m.dialog != nil; n++ { // what is measured before takes its time
					time.Sleep(10 * time.Millisecond)
					b.send(pollMsg{})
				}
				if !b.m.tour.Done(i) {
					t.Errorf("%q is not ticked off after %q:\n%s", s.Text, s.Keys, b.m.View())
				}
				for range 3 {
					if b.m.dialog != nil {
						b.press("esc")
					}
				}
			}
			b.sees("all shown")
		})
	}
}

func TestTheTourIsPassedOverHiddenAndGoesOn(t *testing.T) {
	b := newRobot(t, "digits", 80, 24)
	steps := tour.Steps("digits")
	b.sees(steps[0].Text)
	b.press("n")
	b.sees(steps[1].Text)
	b.press("esc")
	b.misses("try ")
	b.press("n")
	b.sees(steps[1].Text)
	b.press("n", "n")
	b.sees("n opens moons, the next story")
}
