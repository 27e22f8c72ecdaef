package plain

import (
	"fmt"
	"strings"

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

// talk is a session of commands.
type talk struct {
	desk    Desk
	say     func(string)
	waiting bool // no command is read before training pauses
	playing bool // as was last said
	failed  int  // commands

	decision, diagnosis string // as were last said
	decidedAt           int

	searching bool // no command is read before the search ends
	found     found
}

// ask carries out an intent and says what came of it.
func (s *talk) ask(asked tea.Msg) error {
	said, _, err := s.desk.Do(asked)
	if err == nil && said != "" {
		s.say(said)
	}
	return err
}

// began says that training has begun, which may be over before anybody looks.
func (s *talk) began(f *live.Frame) {
	s.say("training from step " + draw.Thousands(f.Step))
	s.playing = true
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
			s.began(f)
		case f.Stopped != "":
			s.say("stopped: " + f.Stopped + ". recover mends it")
		case f.Ended != "":
			s.say(f.Ended)
			s.say("paused at " + status(f))
		default:
			s.say("paused at " + status(f))
		}
	}
	s.playing = f.Playing
	s.found.news(f, s.say)
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
