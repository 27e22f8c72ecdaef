package live

import "descent/session/study"

// Tuning is the search that belongs to a session, nil if there is none. It is never
// modified.
type Tuning struct {
	Study   *study.Reading // never nil
	Workers int            // of this process, 0 if others work on the study alone
	Paused  bool
	Err     error // why no work is done any more
}

// tuning is what a Runner has of a search.
type tuning struct{ now *Tuning }
