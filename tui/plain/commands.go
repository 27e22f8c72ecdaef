package plain

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"descent/core/knob"
	"descent/session/journal"
	"descent/session/live"
	"descent/tui/config"
	"descent/tui/draw"
	"descent/tui/export"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// order is a row of the table of commands. Actions without a row here are commands by
// their names.
type order struct {
	name, form, help string
	do               func(s *talk, f *live.Frame, words []string) error
}

// orders are the commands with words of their own, by name; "go-to STEP" is what the
// action go-to asks for on the screen.
var orders []order

func init() { // since help lists them
	orders = []order{
		{"help", "[NAME]", "list the commands, or explain one", (*talk).help},
		{"status", "", "where training stands", func(s *talk, f *live.Frame, _ []string) error { s.say(status(f)); return nil }},
		{"pause", "", "pause training", func(s *talk, _ *live.Frame, _ []string) error { return s.ask(intent.Play{}) }},
		{"step", "[N]", "pause, and train N steps", (*talk).step},
		{"wait", "", "read no further command before training pauses", func(s *talk, _ *live.Frame, _ []string) error { s.waiting = true; return nil }},
		{"pace", "[TIME]", "how long a run takes: 20s, 2m or max", (*talk).pace},
		{"knobs", "[WORD]", "list the knobs with their values, or those whose path holds a word", (*talk).knobs},
		{"set", "PATH VALUE", "set a knob: set optimizer.lr 1e-3; values as on the screen: x2, 50%, 8kB", (*talk).set},
		{"choices", "PATH", "what a knob can be set to", (*talk).choices},
		{"go-to", "STEP [BRANCH]", "go to a step, or to its place on another branch", (*talk).goTo},
		{"branches", "", "list the branches", (*talk).branches},
		{"name", "LABEL", "name the current branch", func(s *talk, f *live.Frame, words []string) error {
			return s.ask(intent.Name{Branch: f.Branch, Label: strings.Join(words, " ")})
		}},
		{"delete", "BRANCH", "delete a branch; undo restores it", (*talk).remove},
		{"race", "PATH VALUE VALUE...", "race values of a knob from here; without words end the race, or say how it ended", (*talk).race},
		{"tune", tuneForm, "search hyperparameters in the background, and steer the search; tune help says how", (*talk).tune},
		{"decisions", "", "list the decisions in effect", func(s *talk, f *live.Frame, _ []string) error {
			for _, m := range f.Marks {
				s.say(fmt.Sprintf("after step %s: %s", draw.Thousands(max(m.Step-1, 0)), m.Text))
			}
			if len(f.Marks) == 0 {
				s.say("no decision yet")
			}
			return nil
		}},
		{"show", "PANE", "what a pane shows, as text: show network", (*talk).show},
		{"save", "PATH", "save the model as one file (.safetensors), or a preset and the weights beside it (.toml)", func(s *talk, _ *live.Frame, words []string) error {
			return s.withPath(words, func(path string) tea.Msg { return intent.Save{Path: path} })
		}},
		{"compact", "PATH", "save the network without its pruned units", func(s *talk, _ *live.Frame, words []string) error {
			return s.withPath(words, func(path string) tea.Msg { return intent.Compact{Path: path} })
		}},
		{"curves", "PATH", "write the curves as CSV to a new file", (*talk).curves},
		{"rewind-weights", "STEP", "give the network the weights of an earlier step; masks and knobs stay", func(s *talk, f *live.Frame, words []string) error {
			step, err := number(words, f.Step)
			if err != nil {
				return err
			}
			return s.ask(intent.Act{Act: journal.Act{Name: journal.Rewind, Step: step}})
		}},
		{"merge", "", "merge the LoRA adapters into the weights", func(s *talk, _ *live.Frame, _ []string) error {
			return s.ask(intent.Act{Act: journal.Act{Name: journal.Merge}})
		}},
		{"teach", "", "make the current network the teacher of distillation", func(s *talk, f *live.Frame, _ []string) error {
			return s.ask(intent.Act{Act: journal.Act{Name: journal.Teach, Branch: f.Branch, Step: f.Step}})
		}},
		{"explain", "NAME", "formula, source and usual values of anything that has a name", (*talk).explain},
		{"quit", "", "quit; the session is kept", nil},
	}
}

// command carries out a line; it reports that it was the last.
func (s *talk) command(line string) (quit bool) {
	line, _, _ = strings.Cut(line, "#")
	words := strings.Fields(line)
	if len(words) == 0 {
		return false
	}
	if words[0] == "quit" || words[0] == "exit" || words[0] == "q" {
		return true
	}
	if err := s.carry(words); err != nil {
		s.failed++
		s.say("error: " + err.Error())
	}
	s.look()
	return false
}

func (s *talk) carry(words []string) error {
	f := s.desk.Frame()
	for _, o := range orders {
		if o.name == words[0] {
			return o.do(s, f, words[1:])
		}
	}
	for _, a := range s.desk.Actions() {
		if a.Name == words[0] {
			return s.act(f, a)
		}
	}
	if path, value, ok := strings.Cut(strings.Join(words, " "), "="); ok { // optimizer.lr = 1e-3
		return s.set(f, append([]string{strings.TrimSpace(path)}, strings.Fields(value)...))
	}
	if _, err := s.knob(f, words); err == nil { // lr 1e-3
		return s.set(f, words)
	}
	var names []string
	for _, o := range orders {
		names = append(names, o.name)
	}
	for _, a := range s.desk.Actions() {
		names = append(names, a.Name)
	}
	if near := knob.Nearest(words[0], names); near != "" {
		return fmt.Errorf("there is no command %q; did you mean %s?", words[0], near)
	}
	return fmt.Errorf("there is no command %q; help lists them", words[0])
}

// act does an action of the screen.
func (s *talk) act(f *live.Frame, a intent.Action) error {
	if why := a.Why(f); why != "" {
		return errors.New(why)
	}
	asked := a.Do(f)
	if pick, ok := asked.(intent.Pick); ok {
		return s.choices(f, []string{pick.Path})
	}
	said, served, err := s.desk.Do(asked)
	switch {
	case err != nil:
		return err
	case !served:
		return fmt.Errorf("%s needs the screen", a.Name)
	case asked == tea.Msg(intent.Play{On: true}):
		s.began(f)
	case said != "":
		s.say(said)
	}
	return nil
}

func (s *talk) help(f *live.Frame, words []string) error {
	line := func(name, form, help string) { s.say(strings.TrimSpace(name+" "+form) + ": " + help) }
	found := false
	for _, o := range orders {
		if len(words) == 0 || words[0] == o.name {
			line(o.name, o.form, o.help)
			found = true
		}
	}
	for _, a := range s.desk.Actions() {
		own := slices.ContainsFunc(orders, func(o order) bool { return o.name == a.Name })
		if !own && (len(words) == 0 && s.works(f, a) || len(words) > 0 && words[0] == a.Name) {
			line(a.Name, "", a.Help)
			found = true
		}
	}
	if !found {
		return s.explain(f, words)
	}
	return nil
}

// works reports that an action can be done now, without a screen.
func (s *talk) works(f *live.Frame, a intent.Action) bool {
	if strings.Contains(a.Name, ".") || a.Why(f) != "" { // those of panes move in their lists
		return false
	}
	switch a.Do(f).(type) {
	case intent.Play, intent.Scale, intent.Toggle, intent.Undo, intent.Redo, intent.Move, intent.SeekDecision, intent.Go, intent.Fork, intent.Compare, intent.Recover, intent.Reset, intent.Pick, intent.Pace, intent.Take, intent.Cancel:
		return true
	}
	return false
}

func (s *talk) step(_ *live.Frame, words []string) error {
	n := 1
	if len(words) > 0 {
		var err error
		if n, err = number(words, 1<<40); err != nil {
			return err
		}
	}
	for range n {
		if _, _, err := s.desk.Do(intent.Step{}); err != nil {
			return err
		}
		if s.desk.Frame().Stopped != "" {
			break
		}
	}
	s.say(status(s.desk.Frame()))
	return nil
}

func (s *talk) pace(f *live.Frame, words []string) error {
	if len(words) == 0 {
		s.say("the pace is " + f.Pace.Words())
		return nil
	}
	d, err := config.ParsePace(words[0])
	if err != nil {
		return err
	}
	return s.ask(intent.Pace{Pace: live.Pace(d)})
}

// The size in which panes are shown.
const paneW, paneH = 100, 40

func (s *talk) show(f *live.Frame, words []string) error {
	var names []string
	for _, p := range s.desk.Panes() {
		names = append(names, p.Title())
		if len(words) == 0 || !strings.EqualFold(p.Title(), words[0]) {
			continue
		}
		if !p.Shown(f) {
			return fmt.Errorf("%s has nothing to show here", p.Title())
		}
		s.say(p.Title() + ": " + p.Note(f))
		for line := range strings.SplitSeq(p.View(f, paneW, paneH, false), "\n") {
			if line = strings.TrimRight(line, " "); line != "" {
				s.say(line)
			}
		}
		return nil
	}
	return fmt.Errorf("the panes are %s", strings.Join(names, ", "))
}

func (s *talk) withPath(words []string, intend func(path string) tea.Msg) error {
	if len(words) == 0 {
		return errors.New("a file name is missing")
	}
	return s.ask(intend(strings.Join(words, " ")))
}

func (s *talk) curves(f *live.Frame, words []string) error {
	if len(words) == 0 {
		return errors.New("a file name is missing")
	}
	path := strings.Join(words, " ")
	if export.Exists(path) {
		return fmt.Errorf("%s exists; give another name", path)
	}
	if err := export.Write(path, []byte(export.Curves(f))); err != nil {
		return err
	}
	s.say("written: " + path)
	return nil
}

func (s *talk) explain(_ *live.Frame, words []string) error {
	text, err := s.desk.Explain(strings.Join(words, " "))
	if err != nil {
		return err
	}
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		s.say(line)
	}
	return nil
}
