package headless

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"descent/core/knob"
	"descent/session/journal"
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

func TestARunIsBrokenOffInTheMidstOfAStep(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	time.AfterFunc(30*time.Millisecond, stop)
	promptly(t, "ctrl-C", func() {
		err := Run(ctx, heavy(t), 3, noFiles{}, Options{Metrics: "-", Out: io.Discard})
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	promptly(t, "ctrl-C in a race", func() {
		_, err := Race(ctx, noFiles{}, Contest{Over: []string{"seed"}, Entrants: []Entrant{{[]knob.Value{knob.Num(1)}, heavy(t)}}, Steps: 3, Seeds: 1}, nil)
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// stuck is a file that takes until the end of the test to be read.
type stuck struct {
	noFiles
	end chan struct{}
}

func (s stuck) File(string) ([]byte, error) {
	<-s.end
	return nil, errors.New("too late")
}

func TestLoadingIsBrokenOff(t *testing.T) {
	r := moons(t)
	r.Data.Set, r.Data.File = "", "slow.csv"
	slow := stuck{end: make(chan struct{})}
	defer close(slow.end)
	ctx, stop := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, stop)
	for what, f := range map[string]func() error{
		"a run": func() error { return Run(ctx, r, 3, slow, Options{}) },
		"a replay": func() error {
			_, err := Replay(ctx, &journal.Record{Header: journal.NewHeader(r, nil)}, slow, Options{})
			return err
		},
		"a race": func() error {
			_, err := Race(ctx, slow, Contest{Over: []string{"seed"}, Entrants: []Entrant{{[]knob.Value{knob.Num(1)}, r}}, Steps: 3, Seeds: 1}, nil)
			return err
		},
	} {
		promptly(t, what, func() {
			if err := f(); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", what, err)
			}
		})
	}
}
