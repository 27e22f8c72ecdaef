package live

import (
	"testing"
	"time"

	"descent/core/knob"
	"descent/session"
)

// patience is how long an answer may take on a machine that has other things to do.
const patience = time.Second

func promptly(t *testing.T, what string, f func()) {
	t.Helper()
	start := time.Now()
	f()
	if took := time.Since(start); took > patience {
		t.Errorf("%s is answered after %v", what, took)
	}
}

func TestRequestsAreAnsweredInTheMidstOfAStep(t *testing.T) {
	s, path := logged(t, heavy(t))
	r := Run(s, true)
	time.Sleep(20 * time.Millisecond) // into the step
	promptly(t, "a knob", func() {
		if err := r.Set("optimizer.lr", knob.Num(0.02)).Wait(); err != nil {
			t.Error(err)
		}
	})
	time.Sleep(20 * time.Millisecond)
	promptly(t, "pause", func() { _ = r.Play(false).Wait() })
	if f := r.Frame(); f.Step != 0 || f.Stopped != "" {
		t.Errorf("step %d, %q", f.Step, f.Stopped)
	}
	one := r.Step()
	time.Sleep(20 * time.Millisecond)
	promptly(t, "cancelling a step", func() {
		r.Cancel()
		_ = one.Wait()
	})
	_ = r.Race(session.Over("optimizer.lr", []knob.Value{knob.Num(0.1), knob.Num(0.2)})).Wait()
	_ = r.Play(true).Wait()
	time.Sleep(20 * time.Millisecond)
	promptly(t, "the end", func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	rec := readLog(t, path)
	if last := rec.Entries[len(rec.Entries)-1]; last.Command.End == nil || last.Command.End.Step != 0 {
		t.Errorf("the log ends with %+v", last)
	}
}
