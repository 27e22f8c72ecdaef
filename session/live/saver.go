package live

import "descent/session"

// saver writes states in its own goroutine, always the latest.
type saver struct {
	jobs chan savedJob
	done chan error // of each that was written
}

type savedJob struct {
	log   string // the path of the log of the state
	state *session.State
}

func newSaver() *saver {
	s := &saver{jobs: make(chan savedJob, 1), done: make(chan error, 1)}
	go func() {
		defer close(s.done)
		for j := range s.jobs {
			s.done <- j.state.Save(j.log)
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
