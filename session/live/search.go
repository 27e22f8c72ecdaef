package live

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"descent/core/recipe"
	"descent/session/journal"
	"descent/session/study"
)

// errNoSearch is what a search is needed for.
var errNoSearch = errors.New("there is no search yet")

// later answers a request when what goes on beside training is done.
func (r *Runner) later(f func() error) Pending {
	p := Pending{make(chan error, 1), r.done}
	go func() { p.reply <- f() }()
	return p
}

// BeginSearch starts a search with the knobs as they stand, in a new folder beside the
// session, in place of the one that is shown; its trials start from step 0 or, if here,
// from the present step of the branch.
func (r *Runner) BeginSearch(by Searches, spec study.Spec, here bool, workers int) Pending {
	if by.Begin == nil {
		return r.post(func() error { return errors.New("no search can be started here") })
	}
	var of recipe.Recipe
	var base []byte
	var log string
	asked := r.post(func() (err error) {
		of, log = r.s.Trainer().Recipe(), r.s.LogPath()
		if spec.Name == "" {
			spec.Name = of.Name
		}
		if here {
			if base, err = r.s.LogHere(); err != nil {
				return err
			}
			spec.Base = &study.Base{Log: "base.jsonl", Step: r.s.Trainer().StepCount()}
		}
		return nil
	})
	return r.later(func() error {
		if err := asked.Wait(); err != nil {
			return err
		}
		dir, err := newStudy(log, of.Name)
		if err != nil {
			return err
		}
		s, err := by.Begin(dir, spec, of, base)
		if err != nil {
			return err
		}
		return r.host(s, workers, "started")
	})
}

// OpenSearch shows the search of a folder, with so many workers of this process.
func (r *Runner) OpenSearch(by Searches, dir string, workers int) Pending {
	if by.Open == nil {
		return r.post(func() error { return errors.New("no search can be opened here") })
	}
	return r.later(func() error {
		s, err := by.Open(dir)
		if err != nil {
			return err
		}
		return r.host(s, workers, "opened")
	})
}

// FindSearch shows the last search of the session, if it has one and shows none yet.
func (r *Runner) FindSearch(by Searches) Pending {
	log := ""
	asked := r.post(func() error {
		if r.tuning.search == nil {
			log = r.s.LogPath()
		}
		return nil
	})
	return r.later(func() error {
		if err := asked.Wait(); err != nil || log == "" || by.Open == nil {
			return err
		}
		all := journal.Studies(log)
		if len(all) == 0 {
			return nil
		}
		return r.OpenSearch(by, all[len(all)-1], 0).Wait()
	})
}

// newStudy is the path of a new study of the session with a log.
func newStudy(log, preset string) (string, error) {
	dir, err := journal.StudiesPath(log, preset)
	if err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		path := filepath.Join(dir, strconv.Itoa(n))
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			return path, nil
		} else if err != nil || n == 1e6 {
			return "", fmt.Errorf("no folder for a study can be made in %s", dir)
		}
	}
}

// host shows a search in the frames, and looks after it.
func (r *Runner) host(s Search, workers int, how string) error {
	if err := s.Work(workers); err != nil {
		return errors.Join(err, s.Close())
	}
	now := s.Reading()
	count, failed := s.Working()
	hosted := false
	err := r.post(func() error {
		hosted = true
		known := r.tuning.now != nil && r.tuning.now.Err != nil
		err := r.tuning.detach()
		if known { // what was wrong with the one before has been told
			err = nil
		}
		r.tuning.search, r.tuning.end, r.tuning.events = s, make(chan struct{}), len(now.Events)
		r.tuning.told(now, count, failed)
		r.s.Note("search " + how + ": " + now.Dir)
		r.tuning.looks.Add(1)
		go r.look(s, r.tuning.end, now)
		return err
	}).Wait()
	if !hosted {
		return errors.Join(err, s.Close())
	}
	return err
}

// look is the goroutine that tells the runner what is new in a search.
func (r *Runner) look(s Search, end chan struct{}, was *study.Reading) {
	defer r.tuning.looks.Done()
	tick := time.NewTicker(looking)
	defer tick.Stop()
	workers, failed := s.Working()
	for {
		select {
		case <-end:
			return
		case <-r.done:
			return
		case <-tick.C:
		}
		now := s.Reading()
		count, err := s.Working()
		if now == was && count == workers && err == failed {
			continue
		}
		was, workers, failed = now, count, err
		r.post(func() error { r.heard(s, now, count, err); return nil })
	}
}

// heard takes over what is new in a search, and notes the decisions in the record.
func (r *Runner) heard(s Search, now *study.Reading, workers int, err error) {
	t := &r.tuning
	if t.search != s {
		return // it was left for another
	}
	over := t.now.Study.Over
	t.told(now, workers, err)
	for ; t.events < len(now.Events); t.events++ {
		r.s.Note("search: " + now.Events[t.events].Words)
	}
	if now.Over && !over {
		r.s.Note(fmt.Sprintf("the search is over, after %d trials", len(now.Trials)))
	}
}

// steer does something with the search that is shown.
func (r *Runner) steer(f func(s Search) error) Pending {
	return r.post(func() error {
		s := r.tuning.search
		if s == nil {
			return errNoSearch
		}
		err := f(s)
		workers, failed := s.Working()
		r.heard(s, s.Reading(), workers, failed)
		return err
	})
}

// Decide takes a decision in the search.
func (r *Runner) Decide(d study.Decision) Pending {
	return r.steer(func(s Search) error { return s.Decide(d) })
}

// Work has so many trials trained at once by this process; 0 leaves the study to others.
func (r *Runner) Work(workers int) Pending {
	return r.steer(func(s Search) error { return s.Work(workers) })
}
