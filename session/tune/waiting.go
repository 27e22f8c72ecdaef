package tune

import (
	"sync"

	"descent/session/study"
)

// waitingBytes bounds about how much memory trials hold that wait at their rung.
const waitingBytes = 128 << 20

// waiting are trials that wait at their rung with all that they have in memory: who
// trains one on in the same process need not read it from the folder. The oldest are
// forgotten first.
type waiting struct {
	mu    sync.Mutex
	runs  map[study.Job][]*run
	order []study.Job
	bytes int
}

// put adds the runs of a job.
func (w *waiting) put(j study.Job, runs []*run) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.runs == nil {
		w.runs = map[study.Job][]*run{}
	}
	w.remove(j)
	w.runs[j] = runs
	w.order = append(w.order, j)
	w.bytes += sizeOf(runs)
	for w.bytes > waitingBytes && len(w.order) > 0 {
		w.remove(w.order[0])
	}
}

// take removes the runs of a job and returns them, nil if it has none.
func (w *waiting) take(j study.Job) []*run {
	w.mu.Lock()
	defer w.mu.Unlock()
	runs := w.runs[j]
	if runs != nil {
		w.remove(j)
	}
	return runs
}

func (w *waiting) remove(j study.Job) {
	w.bytes -= sizeOf(w.runs[j])
	delete(w.runs, j)
	for i, o := range w.order {
		if o == j {
			w.order = append(w.order[:i:i], w.order[i+1:]...)
			return
		}
	}
}

// sizeOf is about how much memory runs hold: parameters, gradients, moments and
// activations.
func sizeOf(runs []*run) (bytes int) {
	for _, r := range runs {
		if r != nil {
			bytes += 64*len(r.trainer.Params()) + 1<<16
		}
	}
	return bytes
}
