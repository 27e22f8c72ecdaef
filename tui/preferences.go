package tui

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"descent/presets/draft"
	saved "descent/session/export"
	"descent/session/live"
	"descent/tui/config"
	"descent/tui/draw"
	"descent/tui/export"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Options configure the screen.
type Options struct {
	Encode  saved.Encoder  // writes the recipe when it is saved
	Repeat  live.Repeater  // trains the racers of a race with another seed; nil for none
	Search  live.Searches  // hyperparameter searches
	Exports live.Exports   // formats of other programs
	Config  *config.Config // nil for the defaults
	Library Library        // what the gallery offers
	Draft   *draft.Draft   // what is shown first where there is no runner: a table of columns; nil for the gallery
}

// preferences are what the user has set, and what the terminal is told of the run
// beside the screen: the title of its window, and that a long run has ended.
type preferences struct {
	config   *config.Config
	terminal io.Writer // for what is no part of the screen; nil in tests

	writing sync.WaitGroup // of files, which an end of the program waits for

	title   string    // of the window, as it was last set
	playing bool      // in the last frame
	since   time.Time // when it began to play
}

// prefer takes the settings over.
func (p *preferences) prefer(c *config.Config) {
	if c == nil {
		c = config.Defaults()
	}
	p.config = c
}

// takeMouse asks for the mouse, unless the user keeps it.
func (p *preferences) takeMouse() tea.Cmd {
	if !p.config.Mouse {
		return nil
	}
	return tea.EnableMouseCellMotion
}

// keep keeps a choice for later runs.
func (p *preferences) keep(key, text string) tea.Cmd {
	write := p.config.Remember(key, text)
	return p.write(func() tea.Msg {
		if err := write(); err != nil {
			return doneMsg{err: err}
		}
		return nil
	})
}

// write begins to write files, and returns the command that waits for it. A command
// that is asked for as the program ends is never run.
func (p *preferences) write(files func() tea.Msg) tea.Cmd {
	written := make(chan tea.Msg, 1)
	p.writing.Go(func() { written <- files() })
	return func() tea.Msg { return <-written }
}

// The styles of curves.
const (
	lines = "line"
	dots  = "braille"
)

// style draws single curves in dots or as lines.
func (p *preferences) style(t *draw.Theme, fine bool) tea.Cmd {
	t.Fine = fine
	if fine {
		return p.keep(config.StyleKey, dots)
	}
	return p.keep(config.StyleKey, lines)
}

// nextTheme changes to the next theme, and says which.
func (p *preferences) nextTheme(t *draw.Theme, said *notice) tea.Cmd {
	at := slices.Index(config.Themes, p.config.Theme)
	name := config.Themes[(at+1)%len(config.Themes)]
	t.Wear(name)
	*said = notice{"theme: " + name, remark}
	switch {
	case t.Few() && !t.Colored():
		said.text += " (this terminal has no colours, or NO_COLOR is set)"
	case t.Few():
		said.text += " (this terminal has 16 colours)"
	}
	return p.keep(config.ThemeKey, name)
}

// longRun is how long a run takes at least of whose end the user is told.
const longRun = 30 * time.Second

// tell tells the terminal what has changed with a frame.
func (p *preferences) tell(f *live.Frame, now time.Time) tea.Cmd {
	var cmds []tea.Cmd
	if title := windowTitle(f); p.config.Title && title != p.title && titled(os.Getenv("TERM")) {
		p.title = title
		cmds = append(cmds, tea.SetWindowTitle(title))
	}
	began := p.since
	switch was := p.playing; {
	case f.Playing && !was:
		p.since = now
	case was && !f.Playing && now.Sub(began) >= longRun && ended(f):
		cmds = append(cmds, p.ring(f))
	}
	p.playing = f.Playing
	return tea.Batch(cmds...)
}

// ended reports that training stopped by itself: at the end of the run, or where it
// diverged.
func ended(f *live.Frame) bool {
	return f.Stopped != "" || f.Ended != "" || f.Fatal != nil || f.Step >= trainSteps(f)
}

// trainSteps is the length of the run.
func trainSteps(f *live.Frame) int {
	s, err := f.Recipe.Settings.Find("train.steps")
	if err != nil {
		return 0
	}
	return draw.Floor(s.Value.Num())
}

// windowTitle is the preset and how far its run has come.
func windowTitle(f *live.Frame) string {
	title := "descent " + f.Recipe.Name
	switch steps := trainSteps(f); {
	case f.Step > 0 && f.Step < steps:
		title += fmt.Sprintf(" %d %%", draw.Floor(float64(f.Step)*100/float64(steps)))
	case f.Step > 0 && f.Playing:
		title += " running"
	case f.Step > 0:
		title += " step " + draw.Thousands(f.Step)
	}
	return draw.Line(title)
}

// ring tells that a run has ended, as the user has it.
func (p *preferences) ring(f *live.Frame) tea.Cmd {
	code := ""
	switch p.config.Bell {
	case "bell":
		code = "\a"
	case "notify":
		text := fmt.Sprintf("%s: step %s, loss %s", f.Recipe.Name, draw.Thousands(f.Step), lossText(f))
		if why := cmp.Or(f.Stopped, f.Ended); why != "" {
			text = f.Recipe.Name + ": " + why
		}
		code = notification(draw.Line(text), os.Getenv)
	}
	return p.emit(code)
}

// emit writes codes to the terminal, between two frames of the screen.
func (p *preferences) emit(code string) tea.Cmd {
	if code == "" || p.terminal == nil {
		return nil
	}
	out := p.terminal
	return func() tea.Msg {
		if _, err := io.WriteString(out, code); err != nil {
			return doneMsg{err: err}
		}
		return nil
	}
}

// export exports what is drawn on a screen, or the curves of a frame.
func (p *preferences) export(i intent.Export, screen string, t *draw.Theme, f *live.Frame) tea.Cmd {
	out, worn := p.terminal, *t
	return p.write(func() tea.Msg {
		content, err := export.Content(i.Format, screen, &worn, f)
		if err != nil {
			return doneMsg{err: err}
		}
		if i.Path != "" {
			return doneMsg{export.Write(i.Path, content), "written: " + i.Path + ", " + draw.Bytes(len(content))}
		}
		code, err := export.Clipboard(content)
		if err == nil && out != nil {
			_, err = io.WriteString(out, code)
		}
		return doneMsg{err, fmt.Sprintf("sent to the clipboard: %s", draw.Bytes(len(content)))}
	})
}

// notification is the code of a notice of the desktop: OSC 777 for terminals that
// have it alone, OSC 9 for all others, which ignore it if they have none. Within tmux
// it is passed on to the terminal outside.
func notification(text string, getenv func(string) string) string {
	text = strings.ReplaceAll(text, ";", ",")
	code := "\x1b]9;" + text + "\x1b\\"
	if term := getenv("TERM"); strings.HasPrefix(term, "foot") || strings.HasPrefix(term, "rxvt") {
		code = "\x1b]777;notify;descent;" + text + "\x1b\\"
	}
	return throughTmux(code, getenv)
}

// throughTmux wraps codes so that tmux passes them on (allow-passthrough).
func throughTmux(code string, getenv func(string) string) string {
	if getenv("TMUX") == "" {
		return code
	}
	return "\x1bPtmux;" + strings.ReplaceAll(code, "\x1b", "\x1b\x1b") + "\x1b\\"
}

// The title of the window is put aside before, and restored after (xterm, CSI 22 t).
const (
	keepTitle    = "\x1b[22;0t"
	restoreTitle = "\x1b[23;0t"
)

// borrow puts the title of the window aside.
func (p *preferences) borrow() {
	if p.config.Title && titled(os.Getenv("TERM")) {
		_, _ = io.WriteString(p.terminal, keepTitle) // without it the title stays
	}
}

// giveBack restores the title of the window.
func (p *preferences) giveBack() {
	if p.config.Title && titled(os.Getenv("TERM")) {
		_, _ = io.WriteString(p.terminal, restoreTitle)
	}
}

// titled reports whether a terminal has a window with a title.
func titled(term string) bool { return term != "linux" && term != "dumb" }
