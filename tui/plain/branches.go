package plain

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"descent/session"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// number is the word as a step from 0 to most.
func number(words []string, most int) (int, error) {
	if len(words) == 0 {
		return 0, errors.New("a step is missing")
	}
	n, err := strconv.Atoi(strings.ReplaceAll(words[0], ",", ""))
	if err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("%q is no step from 0 to %s", words[0], draw.Thousands(most))
	}
	return n, nil
}

func (s *talk) branches(f *live.Frame, _ []string) error {
	for _, b := range f.Branches {
		if b.Deleted {
			continue
		}
		here := ""
		if b.ID == f.Branch {
			here = ", the current one"
		}
		loss := ""
		if !math.IsNaN(b.Loss) {
			loss = ", lowest loss " + draw.Significant(b.Loss)
		}
		s.say(fmt.Sprintf("%s: from step %s to %s%s%s", b.Label, draw.Thousands(b.From), draw.Thousands(b.Head), loss, here))
	}
	return nil
}

// branch finds a branch by its label.
func branch(f *live.Frame, words []string) (session.BranchSummary, error) {
	label := strings.Join(words, " ")
	for _, b := range f.Branches {
		if b.Label == label && !b.Deleted {
			return b, nil
		}
	}
	return session.BranchSummary{}, fmt.Errorf("there is no branch %q; branches lists them", label)
}

func (s *talk) goTo(f *live.Frame, words []string) error {
	head := func(b session.BranchSummary) intent.Go { return intent.Go{Branch: b.ID, Step: b.Head} }
	if len(words) > 0 {
		if b, err := branch(f, words); err == nil { // a branch alone: its end
			return s.arrive(head(b))
		}
	}
	step, err := number(words, 1<<40)
	if err != nil {
		return err
	}
	to := intent.Go{Branch: f.Branch, Step: step}
	if len(words) > 1 {
		b, err := branch(f, words[1:])
		if err != nil {
			return err
		}
		to.Branch = b.ID
	}
	return s.arrive(to)
}

func (s *talk) arrive(to tea.Msg) error {
	err := s.ask(to)
	if err == nil {
		s.say(status(s.desk.Frame()))
	}
	return err
}

func (s *talk) remove(f *live.Frame, words []string) error {
	b, err := branch(f, words)
	if err != nil {
		return err
	}
	return s.ask(intent.Delete{Branch: b.ID})
}
