package study

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"descent/core/search"
	"descent/session/disk"
	"descent/session/journal"
)

// full is the machine's disk until so many operations were done, and full from then on,
// or for one operation.
type full struct {
	quick
	mu      sync.Mutex
	left    int
	forever bool
	failed  bool
}

func (d *full) fails() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.left--; d.left == -1 || d.left < -1 && d.forever {
		d.failed = true
		return &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	}
	return nil
}

func (d *full) Create(path string, flags int, mode fs.FileMode) (disk.File, error) {
	if strings.HasSuffix(path, ".beat") { // from a goroutine of its own: it would be failed at random
		return d.quick.Create(path, flags, mode)
	}
	if err := d.fails(); err != nil {
		return nil, err
	}
	f, err := d.quick.Create(path, flags, mode)
	return &fullFile{f, d}, err
}

func (d *full) Link(from, to string) error {
	if err := d.fails(); err != nil {
		return err
	}
	return d.quick.Link(from, to)
}

func (d *full) Rename(from, to string) error {
	if err := d.fails(); err != nil {
		return err
	}
	return d.quick.Rename(from, to)
}

func (d *full) SyncDir(string) error { return d.fails() }

type fullFile struct {
	disk.File
	d *full
}

func (f *fullFile) Write(b []byte) (int, error) {
	if err := f.d.fails(); err != nil { // half of it is written
		n, _ := f.File.Write(b[:len(b)/2])
		return n, err
	}
	return f.File.Write(b)
}

func (f *fullFile) Sync() error { return f.d.fails() }

// acknowledged is what a worker was told before the disk was full.
type acknowledged struct {
	claims  map[Job]search.Point
	results map[Job]float64
	decided bool
}

// attempt does what there is to do until an operation fails.
func attempt(on disk.Disk, dir string, spec Spec, t *testing.T) (ack acknowledged, err error) {
	ack = acknowledged{map[Job]search.Point{}, map[Job]float64{}, false}
	s, err := Create(on, dir, spec, preset(t, "spiral"), nil)
	if err != nil {
		return ack, err
	}
	h, err := s.Register("")
	if err != nil {
		return ack, err
	}
	defer h.Close()
	pin := Decision{Pin: &Pin{Trial: 0, On: true}}
	for {
		c, _, over, err := h.Next()
		if err != nil || over {
			return ack, err
		}
		if !c.Fresh && c.Rung == 0 {
			ack.claims[c.Job] = c.Point
		}
		v := float64(10*c.Trial + c.Rung)
		r := Result{Outcome: Done, Steps: c.Steps, Values: []journal.Float{journal.Float(v)}}
		if c.Steps < spec.Steps {
			r.Outcome = Waiting
			if err := h.Keep(c, []byte("state")); err != nil {
				return ack, err
			}
		}
		if _, _, err := h.Report(c, Report{Step: c.Steps, Values: r.Values}); err != nil {
			return ack, err
		}
		r.Reports = []Report{{Step: c.Steps, Values: r.Values}}
		if err := h.End(c, r); err != nil {
			return ack, err
		}
		ack.results[c.Job] = v
		if !ack.decided {
			if err := s.Decide(pin); err != nil {
				return ack, err
			}
			ack.decided = true
		}
	}
}

func TestWhatWasAcknowledgedIsThereAfterTheDiskWasFull(t *testing.T) {
	spec := specOf(t, preset(t, "spiral"), "random", "asha", 2, "optimizer.lr=1e-5..1")
	spec.Confirm, spec.Fresh = 1, 1
	for n := 0; ; n++ {
		dir := filepath.Join(t.TempDir(), "s")
		on := &full{left: n, forever: n%2 == 0}
		ack, err := attempt(on, dir, spec, t)
		if !on.failed {
			if n < 30 {
				t.Errorf("a study took %d operations", n)
			}
			return
		}
		if err != nil && (!strings.Contains(err.Error(), "no space left on device") || strings.Count(err.Error(), "\n") > 0) {
			t.Errorf("operation %d: %v", n, err)
		}
		afterwards(t, fmt.Sprintf("operation %d, forever %v", n, on.forever), dir, spec, ack)
	}
}

// afterwards goes on with a study, and asks that nothing acknowledged is lost and nothing
// is counted twice.
func afterwards(t *testing.T, what, dir string, spec Spec, ack acknowledged) {
	t.Helper()
	var s *Study
	var err error
	if Is(dir) {
		s, err = Open(quick{}, dir)
	} else {
		s, err = Create(quick{}, dir, spec, preset(t, "spiral"), nil)
	}
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for j, p := range ack.claims {
		if j.Trial >= len(s.trials) || !s.trials[j.Trial].point().Equal(p) {
			t.Errorf("%s: the claim of %s is lost", what, j)
		}
	}
	for j, v := range ack.results {
		of := s.fresh[j]
		if !j.Fresh {
			of = s.trials[j.Trial].rungs[j.Rung]
		}
		if of == nil || of.result == nil || float64(of.result.Values[0]) != v {
			t.Errorf("%s: the result of %s is lost", what, j)
		}
	}
	if r := s.Reading(); ack.decided && !r.Plan.Pinned[0] {
		t.Errorf("%s: the decision is lost", what)
	}
	work(t, s, always)
	if s, err = Open(quick{}, dir); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	r := s.Reading()
	if !r.Over || r.Counts.Total != spec.Trials || r.Counts.Running+r.Counts.Failed > 0 || len(r.Notes) > 0 {
		t.Errorf("%s: %+v, over %v, notes %q", what, r.Counts, r.Over, r.Notes)
	}
	if _, err := Verify(s); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}
