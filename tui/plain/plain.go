// Package plain is the workbench in lines instead of a screen: every function by typed
// commands, for screen readers, logs and scripts.
package plain

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"time"

	"descent/tui/search"
)

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

// Run reads commands until quit, the end of the input or that of ctx. At the end of the
// input what still trains is trained to its end, and a search that has one ends.
func Run(ctx context.Context, desk Desk, o Options) error {
	s := &talk{desk: desk, say: o.Say}
	f := desk.Frame()
	s.say(fmt.Sprintf("%s. %s", f.Recipe.Name, f.Recipe.Title))
	s.say(status(f) + ". Type help for the commands.")
	s.playing = f.Playing
	s.decision, s.decidedAt = f.Decision, f.DecidedAt
	if s.found.begin(f); f.Tuning != nil {
		s.say(search.Standing(f.Tuning))
	}
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
		if s.waiting || s.searching {
			from = nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case line, ok := <-from:
			if !ok {
				source = nil
				s.waiting, s.searching = true, desk.Frame().Tuning != nil && desk.Frame().Tuning.Study.Plan.Trials > 0
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
			if f := desk.Frame(); searches(f) {
				s.say(search.Standing(f.Tuning))
			}
		}
		f := desk.Frame()
		if s.searching && !searches(f) {
			s.look()
			s.searching = false
		}
		if s.waiting && !f.Playing && f.Progress.Total == 0 {
			s.look()
			s.waiting = false
		}
		if source == nil && !s.waiting && !s.searching {
			return s.end(o)
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
