package plain

import (
	"descent/session/live"
	"descent/tui/search"
)

// found is what was said of a search.
type found struct {
	best    int // trial
	over    bool
	trouble error
}

// begin takes what the search of a frame has found as said.
func (s *found) begin(f *live.Frame) {
	if s.best = -1; f.Tuning != nil {
		s.best, s.over = f.Tuning.Study.Best, f.Tuning.Study.Over
	}
}

// news says what is new in the search.
func (s *found) news(f *live.Frame, say func(string)) {
	t := f.Tuning
	if t == nil {
		s.best, s.over = -1, false
		return
	}
	if t.Study.Best != s.best && t.Study.Best >= 0 && !t.Study.Over {
		if b := t.Trial(t.Study.Best); b != nil {
			say("best so far: " + search.TrialWords(t, b))
		}
	}
	s.best = t.Study.Best
	if t.Study.Over && !s.over {
		say(search.Said(f) + ". tune adopt makes it a branch")
	}
	s.over = t.Study.Over
	if t.Err != nil && (s.trouble == nil || s.trouble.Error() != t.Err.Error()) {
		say("search: " + t.Err.Error())
	}
	s.trouble = t.Err
}

// searches reports whether there is a search that will end by itself.
func searches(f *live.Frame) bool {
	t := f.Tuning
	return t != nil && !t.Study.Over && !t.Paused && t.Workers > 0
}
