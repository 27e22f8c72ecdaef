package live

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session"
	"descent/session/journal"
	"descent/session/sessiontest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type noFiles = sessiontest.NoFiles

var heavy = sessiontest.Heavy

// moons is a small recipe of a run without an end.
func moons(t testing.TB) recipe.Recipe {
	t.Helper()
	r := sessiontest.Moons(t)
	if err := r.Set("train.steps", knob.Num(1e9)); err != nil {
		t.Fatal(err)
	}
	return r
}

// logged is a session with a log in a folder of the test.
func logged(t testing.TB, r recipe.Recipe) (*session.Session, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.jsonl")
	l, err := journal.Create(path, journal.NewHeader(r, nil), false)
	if err != nil {
		t.Fatal(err)
	}
	return session.New(sessiontest.Trainer(t, r), l), path
}

func readLog(t testing.TB, path string) *journal.Record {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := journal.Parse(path, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// straight is the hash of a run of so many steps that nobody looks at.
func straight(t testing.TB, r recipe.Recipe, steps int) string {
	t.Helper()
	tr := sessiontest.Trainer(t, r)
	for range steps {
		tr.Step()
	}
	return tr.Hash()
}

// await waits for a frame of which something holds.
func await(t *testing.T, r *Runner, what string, holds func(*Frame) bool) *Frame {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		if f := r.Frame(); holds(f) {
			return f
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("never: %s", what)
	return nil
}

func TestTheRunnerPlaysPausesStepsAndCloses(t *testing.T) {
	s, path := logged(t, moons(t))
	r := Run(s, true)
	await(t, r, "a thousand steps", func(f *Frame) bool { return f.Step > 1000 && f.PerSecond > 0 })
	if err := r.Play(false).Wait(); err != nil {
		t.Fatal(err)
	}
	at := r.Frame().Step
	if err := r.Step().Wait(); err != nil || r.Frame().Step != at+1 || r.Frame().Playing {
		t.Errorf("one step led from %d to %d (%v)", at, r.Frame().Step, err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.Play(true).Wait(); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if end := readLog(t, path).Entries; len(end) != 1 || end[0].End == nil || end[0].End.Step != at+1 {
		t.Errorf("the log ends with %+v", end)
	}
}

func TestRequestsActInTheOrderInWhichTheyWerePosted(t *testing.T) {
	s, _ := logged(t, moons(t))
	r := Run(s, true)
	defer r.Close()
	var all []Pending
	double := func(_ knob.Knob, v knob.Value) knob.Value { return knob.Num(v.Num() * 2) }
	for range 5 {
		all = append(all, r.Change("optimizer.lr", double))
	}
	all = append(all, r.Set("optimizer.momentum", knob.Num(0.5)))
	for _, p := range all[:5] {
		if err := p.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	if err := all[5].Wait(); err == nil {
		t.Error("sgd has no momentum to set")
	}
	for _, d := range r.Frame().Panel {
		if d.Knob.Path == "optimizer.lr" && d.Value.Num() != 0.32 {
			t.Errorf("the rate is %v, want 0.01·2⁵", d.Value.Num())
		}
	}
}

func TestADivergingRunPausesAndSaysWhy(t *testing.T) {
	r0 := moons(t)
	if err := r0.Set("loss.name", knob.Word("mse")); err != nil {
		t.Fatal(err)
	}
	if err := r0.Set("optimizer.lr", knob.Num(1e6)); err != nil {
		t.Fatal(err)
	}
	r0.Model.Activation = "identity"
	s, _ := logged(t, r0)
	r := Run(s, true)
	defer r.Close()
	f := await(t, r, "a stop", func(f *Frame) bool { return !f.Playing })
	if !strings.Contains(f.Stopped, "is not finite") {
		t.Errorf("it says %q", f.Stopped)
	}
}

// The race detector watches readers of frames while decisions are taken.
func TestFramesAreReadWhileTraining(t *testing.T) {
	s, _ := logged(t, moons(t))
	r := Run(s, true)
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				f := r.Frame()
				sum := 0.0
				for _, b := range f.Curves.Train {
					sum += b.Sum
				}
				for _, l := range f.Layers {
					sum += l.Weight
				}
				for _, d := range f.Panel {
					_ = d.Knob.Format(d.Value)
				}
				time.Sleep(time.Millisecond)
			}
		})
	}
	for i := range 60 {
		var p Pending
		switch i % 6 {
		case 0:
			p = r.Set("optimizer.name", knob.Word([]string{"adam", "sgd", "momentum"}[i%3]))
		case 1:
			p = r.Set("prune.sparsity", knob.Num(float64(i%4)*0.2))
		case 2:
			p = r.Set("quant.bits", knob.Num(float64(i%5)))
		case 3:
			p = r.Undo()
		case 4:
			p = r.Set("train.batch", knob.Num(float64(1+i%20)))
		case 5:
			p = r.Reset()
		}
		if err := p.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	readers.Wait()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAPanicWhileTrainingIsReported(t *testing.T) {
	s, _ := logged(t, moons(t))
	r := Run(s, false)
	err := r.post(func() error { panic("boom") }).Wait()
	if !errors.Is(err, ErrClosed) {
		t.Errorf("the request got %v", err)
	}
	if f := r.Frame(); f.Fatal == nil || !strings.Contains(f.Fatal.Error(), "boom") {
		t.Errorf("the frame says %v", f.Fatal)
	}
	if err := r.Close(); err == nil {
		t.Error("Close forgot the failure")
	}
}

// No state is left beside a log that is not there.
func TestALogThatIsGoneIsSaidAtTheEnd(t *testing.T) {
	s, path := logged(t, moons(t))
	if err := os.Remove(path); err != nil {
		t.Skip(err) // an open file cannot be removed everywhere
	}
	s.CheckLog()
	r := Run(s, false)
	if err := r.Close(); err == nil {
		t.Error("it ended as if the session were kept")
	}
	if left, _ := filepath.Glob(path + "*"); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// What the screen has shown when the process is killed is where the session is
// opened again, however young the state beside the log is.
func TestAKilledSessionIsResumedWhereTheScreenStood(t *testing.T) {
	for _, race := range []bool{false, true} {
		s, path := logged(t, moons(t))
		r := Run(s, true)
		shown := await(t, r, "some steps", func(f *Frame) bool { return f.Step > 300 })
		if race {
			if err := r.Race(session.Over("optimizer.lr", []knob.Value{knob.Num(0.01), knob.Num(0.02)})).Wait(); err != nil {
				t.Fatal(err)
			}
			from := r.Frame().Step
			shown = await(t, r, "steps of the race", func(f *Frame) bool { return f.Step > from+300 })
		}
		dead := filepath.Join(t.TempDir(), "s.jsonl")
		for _, end := range []string{"", ".reached"} { // and no state at all
			content, err := os.ReadFile(path + end)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dead+end, content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path + ".reached"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a session that ended leaves %s: %v", path+".reached", err)
		}
		back, err := session.Resume(dead, noFiles{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		b := back.Session
		if got := b.Position().Step; got < shown.Step || len(back.Notes) != 0 || b.Position().Branch != shown.Branch {
			t.Errorf("resumed at step %d of branch %d, the screen stood at %d of %d; %q", got, b.Position().Branch, shown.Step, shown.Branch, back.Notes)
		}
		if head, err := b.Head(2); race && (err != nil || head < shown.Step) {
			t.Errorf("the other racer had come to step %d, it is known to %d (%v)", shown.Step, head, err)
		}
		if err := back.Session.Abandon(); err != nil {
			t.Error(err)
		}
	}
}
