package live

import (
	"time"

	"descent/session"
)

// saver writes states in its own goroutine, always the latest.
type saver struct {
	jobs chan savedJob
	done chan saved
}

// saveEvery is the interval at which a changing state is written, and after which
// failed writes are retried.
const saveEvery = 3 * time.Second

type savedJob struct {
	log   string // the path of the log of the state
	state *session.State
}

// saved is the end of a write: how it went, and how much longer than saveEvery to wait for
// the next, so that a state of many megabytes does not keep the disk busy.
type saved struct {
	err   error
	pause time.Duration
}

func newSaver() *saver {
	s := &saver{jobs: make(chan savedJob, 1), done: make(chan saved, 1)}
	go func() {
		defer close(s.done)
		for j := range s.jobs {
			start := time.Now()
			err := j.state.Save(j.log)
			s.done <- saved{err, max(0, 10*time.Since(start)-saveEvery)}
		}
	}()
	return s
}

func (s *saver) close() {
	close(s.jobs)
	for range s.done {
		continue
	}
}
