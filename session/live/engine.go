package live

import (
	"context"
	"errors"
	"sync"

	"descent/core"
	"descent/core/recipe"
	"descent/core/search"
	"descent/session/study"
	"descent/session/tune"
)

// Studies are searches on the machine's disk, with workers that have these files.
func Studies(files core.Files) Searches {
	return Searches{
		Begin: func(dir string, spec study.Spec, r recipe.Recipe, base []byte) (Search, error) {
			trying, err := tune.Recipe(r, search.Point{})
			if err != nil {
				return nil, err
			}
			t, err := core.New(trying, files)
			if err != nil {
				return nil, err
			}
			if err := tune.Measured(spec, t); err != nil {
				return nil, err
			}
			s, err := tune.Create(dir, spec, r, base)
			if err != nil {
				return nil, err
			}
			return newWorkshop(s, files), nil
		},
		Open: func(dir string) (Search, error) {
			s, err := tune.Open(dir)
			if err != nil {
				return nil, err
			}
			return newWorkshop(s, files), nil
		},
	}
}

// workshop is a study with the workers of this process, or with somebody who watches
// those of others.
type workshop struct {
	of    *study.Study
	files core.Files

	mu      sync.Mutex
	engine  tune.Engine // nil once it is closed
	workers int         // of the engine; 0 of one that watches
	asked   int         // workers that were asked for last
	failed  error       // why the workers have ended
	less    func()      // takes back the room of the workers; nil while there are none
}

// room makes room for so many workers beside what else wants to run: a key is answered sooner
// if it waits for none of them. 0 takes the room back.
func (w *workshop) room(workers int) {
	if w.less != nil {
		w.less()
		w.less = nil
	}
	if workers > 0 {
		w.less = tune.Threads(workers)
	}
}

func newWorkshop(s *study.Study, files core.Files) *workshop {
	return &workshop{of: s, files: files, engine: tune.Watch(s, nil)}
}

func (w *workshop) Reading() *study.Reading { return w.of.Reading() }
func (w *workshop) Recipe() recipe.Recipe   { return w.of.Recipe() }
func (w *workshop) Base() []byte            { return w.of.Base() }

func (w *workshop) Log(t *study.Trial) ([]byte, error) {
	return tune.Log(context.Background(), w.of, t, w.files, nil)
}

// Decide takes a decision. Workers that had ended since there was nothing left to do
// begin again if there is.
func (w *workshop) Decide(d study.Decision) error {
	if err := w.of.Decide(d); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settle()
	if w.workers == 0 && w.asked > 0 && w.failed == nil && !w.of.Reading().Over {
		return w.hire(w.asked)
	}
	return nil
}

// Work has so many trials trained at once.
func (w *workshop) Work(workers int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settle()
	w.asked = workers
	if workers == w.workers {
		return nil
	}
	return w.hire(workers)
}

// hire replaces the workers.
func (w *workshop) hire(workers int) error {
	if w.engine == nil {
		return errors.New("the search is closed")
	}
	err := w.engine.Close()
	w.engine, w.workers, w.failed = tune.Watch(w.of, nil), 0, nil
	w.room(0)
	if workers == 0 || err != nil {
		return err
	}
	w.room(workers)
	pool, err := tune.NewPool(w.of, w.files, workers, nil)
	if err != nil {
		w.room(0)
		return err
	}
	err = w.engine.Close()
	w.engine, w.workers = pool, workers
	return err
}

// settle notices that the workers have ended, after which somebody watches.
func (w *workshop) settle() {
	if w.engine == nil || w.workers == 0 {
		return
	}
	select {
	case <-w.engine.Done():
		w.failed = w.engine.Close()
		w.engine, w.workers = tune.Watch(w.of, nil), 0
		w.room(0)
	default:
	}
}

// Working returns how many workers there are.
func (w *workshop) Working() (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settle()
	return w.workers, w.failed
}

// Close ends the workers; what they train is kept.
func (w *workshop) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.engine == nil {
		return nil
	}
	err := w.engine.Close()
	w.engine, w.workers = nil, 0
	w.room(0)
	return err
}
