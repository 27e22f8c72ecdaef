// Package plain is the workbench in lines instead of a screen: every function by typed
// commands, for screen readers, logs and scripts.
package plain

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Desk is the workbench behind the commands.
type Desk interface {
	Frame() *live.Frame
	Actions() []intent.Action // all that have names
	Panes() []intent.Pane
	// Do carries out an intent and waits for it; served is false for those that only
	// a screen has.
	Do(asked tea.Msg) (said string, served bool, err error)
	// Explain returns the page of a name.
	Explain(name string) (string, error)
}

// Options say where commands come from and lines go to.
type Options struct {
	In     io.Reader
	Say    func(line string) // prints a line
	Script bool              // nobody types: a command that fails makes Run fail at the end
}

// every is the interval of lines while training runs, and soon that at which its end
// is noticed.
const (
	every = 5 * time.Second
	soon  = 20 * time.Millisecond
)

// talk is a session of commands.
type talk struct {
	desk    Desk
	say     func(string)
	waiting bool // no command is read before training pauses
	playing bool // as was last said
	failed  int  // commands

	decision, diagnosis string // as were last said
	decidedAt           int
}

// Run reads commands until quit, the end of the input or that of ctx. At the end of the
// input what still trains is trained to its end.
func Run(ctx context.Context, desk Desk, o Options) error {
	s := &talk{desk: desk, say: o.Say}
	f := desk.Frame()
	s.say(fmt.Sprintf("%s. %s", f.Recipe.Name, f.Recipe.Title))
	s.say(status(f) + ". Type help for the commands.")
	s.playing = f.Playing
	s.decision, s.decidedAt = f.Decision, f.DecidedAt
	lines := make(chan string)
	go func() {
		defer close(lines)
		in := bufio.NewScanner(o.In)
		in.Buffer(nil, 1<<20)
		for in.Scan() {
			select {
			case lines <- in.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	look, tell := time.NewTicker(soon), time.NewTicker(every)
	defer look.Stop()
	defer tell.Stop()
	for source := lines; ; {
		from := source
		if s.waiting {
			from = nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case line, ok := <-from:
			if !ok {
				source = nil
				s.waiting = true
				break
			}
			if s.command(line) {
				return s.end(o)
			}
		case <-look.C:
			s.look()
		case <-tell.C:
			if f := desk.Frame(); f.Playing {
				s.say(status(f))
			}
		}
		if f := desk.Frame(); s.waiting && !f.Playing && f.Progress.Total == 0 {
			s.look()
			if s.waiting = false; source == nil {
				return s.end(o)
			}
		}
	}
}

// end is the error of a script of which commands failed.
func (s *talk) end(o Options) error {
	if s.failed > 0 && o.Script {
		if s.failed == 1 {
			return fmt.Errorf("a command failed")
		}
		return fmt.Errorf("%d commands failed", s.failed)
	}
	return nil
}

// look says what has changed by itself.
func (s *talk) look() {
	f := s.desk.Frame()
	if f.Decision != "" && (f.Decision != s.decision || f.DecidedAt != s.decidedAt) {
		s.say(fmt.Sprintf("decided at step %s: %s", draw.Thousands(f.DecidedAt), f.Decision))
	}
	s.decision, s.decidedAt = f.Decision, f.DecidedAt
	if s.playing != f.Playing {
		switch {
		case f.Playing:
			s.say("training from step " + draw.Thousands(f.Step))
		case f.Stopped != "":
			s.say("stopped: " + f.Stopped + ". recover mends it")
		default:
			s.say("paused at " + status(f))
		}
	}
	s.playing = f.Playing
	said := ""
	if f.Diagnosis != nil {
		if said = f.Diagnosis.Cause; f.Diagnosis.Remedy.Can() {
			said += "; recover mends it, explain " + f.Diagnosis.Rule + " says more"
		}
	}
	if said != s.diagnosis && said != "" {
		s.say("diagnosis: " + said)
	}
	s.diagnosis = said
}

// status is where training stands, in one line.
func status(f *live.Frame) string {
	parts := []string{"step " + draw.Thousands(f.Step)}
	add := func(name, value string) { parts = append(parts, name+" "+value) }
	if f.Step > 0 {
		add("loss", draw.Significant(f.Last.Loss))
	}
	if f.Eval.HasVal {
		add("validation loss", draw.Significant(f.Eval.ValLoss))
	}
	if f.Eval.HasAccuracy && f.Eval.HasVal {
		add("validation accuracy", draw.Percent(f.Eval.ValAccuracy))
	}
	if f.Recipe.Surface.Name != "" {
		add("x", draw.Significant(f.Point.X))
		add("y", draw.Significant(f.Point.Y))
	}
	if f.Racing {
		add("racer", intent.BranchName(f))
	}
	return strings.Join(parts, ", ")
}
