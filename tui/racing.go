package tui

import (
	"slices"

	"descent/session"
	"descent/session/live"
)

// raceEnded reports whether a race has ended between two frames, and whether the
// session still stands on one of its racers.
func raceEnded(before, now *live.Frame) (ended, here bool) {
	if !before.Racing || now.Racing || now.Race == nil {
		return false, false
	}
	return true, slices.ContainsFunc(now.Race.Racers, func(e session.Entered) bool { return e.Branch == now.Branch })
}
