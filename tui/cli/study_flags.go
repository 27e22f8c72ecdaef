package cli

import (
	"fmt"
	"slices"
	"strconv"

	"descent/session/study"
)

// studying are the flags of the command.
type studying struct {
	json, csv, force bool
	journal, out     string
	greed            float64
	given            func(flag string) bool // whether it stands on the command line
}

// verb is what can be done with a study.
type verb struct {
	name, args, help string
	least, most      int // arguments; −1 for any number
	flags            []string
	run              func(f *studying, s *study.Study, args []string) error
}

// stateOf says whether somebody works on a study.
func stateOf(r *study.Reading) string {
	alive := slices.ContainsFunc(r.Workers, func(w study.Working) bool { return !w.Lost })
	switch {
	case r.Over:
		return "over"
	case r.Plan.Paused:
		return "paused"
	case alive:
		return "running"
	case r.Counts.Total == 0:
		return "not begun"
	}
	return "interrupted"
}

// trialOf reads the number of a trial, or "best".
func trialOf(s *study.Study, text string) (int, error) {
	r := s.Reading()
	if text == "best" {
		found := summarize(s, r)
		if found.winner == nil {
			return 0, fmt.Errorf("no trial is complete that could be the best: %s", found.states())
		}
		return found.winner.number, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("a trial is a number, not %q", text)
	}
	if n < 0 || n >= len(r.Trials) {
		return 0, fmt.Errorf("there is no trial %d: the study has %s", n, several(len(r.Trials), "trial"))
	}
	return n, nil
}
