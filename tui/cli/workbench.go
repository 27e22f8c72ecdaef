package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"descent/core"
	"descent/core/input"
	"descent/core/recipe"
	"descent/presets"
	"descent/presets/draft"
	"descent/session"
	"descent/session/journal"
	"descent/session/live"
	"descent/session/tune"
	"descent/tui"
	"descent/tui/config"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

// workbench opens the workbench on a preset or, without a name, the gallery.
func workbench(name string, set []string, memory int) error {
	if name == "" {
		if !interactive() {
			return usage(errors.New("the workbench needs a terminal; `descent run digits` trains without one"))
		}
		return show(nil, memory, "", nil)
	}
	name, err := piped(name)
	if err != nil {
		return err
	}
	if isData(name) {
		if !interactive() {
			return columnsOnly(name, set)
		}
		d, err := draftWith(name, set)
		if err != nil {
			return err
		}
		return show(nil, memory, "", d)
	}
	r, err := presetWith(name, set)
	if err != nil {
		return err
	}
	if !interactive() {
		return usage(fmt.Errorf("the workbench needs a terminal; `descent run %s` trains without one", name))
	}
	s, err := begin(r, shelf(context.Background(), false))
	if err != nil {
		return err
	}
	return show(s, memory, "", nil)
}

func interactive() bool {
	return stdout.terminal() && isatty.IsTerminal(os.Stdin.Fd()) && os.Getenv("TERM") != "dumb"
}

// studied opens the workbench on the search in a folder: on a session of its recipe, or
// where its trials start.
func studied(dir string, memory int) error {
	st, err := tune.Open(dir)
	if err != nil {
		return usage(err)
	}
	if !interactive() {
		return usage(fmt.Errorf("the workbench needs a terminal; `descent study %s` prints what was found", quoted(dir)))
	}
	files := shelf(context.Background(), false)
	if st.Spec().Base != nil {
		at, err := session.Peek(filepath.Join(st.Dir(), st.Spec().Base.Log), files, nil)
		if err != nil {
			return err
		}
		return show(at.Session, memory, dir, nil)
	}
	s, err := begin(st.Recipe(), files)
	if err != nil {
		return err
	}
	return show(s, memory, dir, nil)
}

// show opens the workbench on a session or, if it is nil, the gallery, and says where
// what was open last is kept. studied is the folder of the search to show, "" for none;
// d the data that are looked at first, nil for none.
func show(s *session.Session, memory int, studied string, d *draft.Draft) error {
	if memory < 1 {
		err := usage(fmt.Errorf("--memory takes megabytes, at least 1, not %d", memory))
		if s == nil {
			return err
		}
		return errors.Join(err, s.Finish())
	}
	conf, err := settings()
	if err != nil {
		if s == nil {
			return err
		}
		return errors.Join(err, s.Finish())
	}
	threadsOf(conf)
	var runner *live.Runner
	if s != nil {
		runner = started(s, conf, memory, studied == "")
	}
	if studied != "" {
		if err := runner.OpenSearch(searches(), studied, 0).Wait(); err != nil {
			return errors.Join(err, runner.Close())
		}
	}
	runner, err = tui.Run(runner, tui.Options{Encode: presets.Encode, Repeat: repeat, Search: searches(), Exports: live.Exports{Formats: exports(), Files: presets.Files{Cache: presets.CacheDir()}, Version: release(), Encode: presets.Encode}, Config: conf, Draft: d, Library: tui.Library{
		Open: func(ctx context.Context, name string, tell func(string)) (tui.Opened, error) {
			if name = expanded(name); isData(name) {
				d, err := draftOf(name, draft.Options{}, nil)
				return tui.Opened{Draft: d}, err
			}
			s, notes, err := opened(ctx, name, tell)
			if err != nil {
				return tui.Opened{}, err
			}
			return tui.Opened{Runner: started(s, conf, memory, true), Notes: notes}, nil
		},
		Begin: func(ctx context.Context, r recipe.Recipe, steps int, tell func(string)) (tui.Opened, error) {
			s, err := trained(ctx, r, steps, tell)
			if err != nil {
				return tui.Opened{}, err
			}
			return tui.Opened{Runner: started(s, conf, memory, true)}, nil
		},
		Draft:    redraft,
		Write:    writeBeside,
		Complete: completePath,
		Stored:   stored,
		Data:     presets.Files{},
	}})
	if runner == nil {
		return err
	}
	path := runner.Frame().LogPath
	failed := errors.Join(err, runner.Close())
	if ended := (tui.Ended{}); failed == nil || errors.As(failed, &ended) {
		if text := saved(path); text != "" {
			stderr.printf("%s\n", text)
		}
	}
	return failed
}

// started runs a session at the pace of the user. With play a new one trains at once; one
// that is resumed waits.
func started(s *session.Session, conf *config.Config, memory int, play bool) *live.Runner {
	roomFor(s, memory)
	head, _ := s.Head(s.Position().Branch) // of a branch that exists
	pace, err := config.ParsePace(conf.Pace)
	if err != nil {
		pace = time.Duration(live.DefaultPace)
	}
	runner := live.Run(s, false)
	_ = runner.SetPace(live.Pace(pace)).Wait()
	if head == 0 && play {
		_ = runner.Play(true).Wait()
	}
	return runner
}

// opened opens a preset by its name or path, or the session of a log.
func opened(ctx context.Context, name string, tell func(string)) (s *session.Session, notes []string, err error) {
	files := presets.Files{Cache: presets.CacheDir(), Told: func(preset string, done, total int) error {
		tell(fmt.Sprintf("training %s first: step %d of %d", preset, done, total))
		return ctx.Err()
	}, Read: func(file string, done, total int64) error {
		tell(readSoFar(file, done, total))
		return ctx.Err()
	}}
	if slices.Contains(presets.Names(), name) || !isLog(name) {
		r, err := presets.Load(name)
		if err != nil {
			return nil, nil, err
		}
		s, err := begin(r, files)
		return s, nil, err
	}
	back, err := session.Resume(name, files, func(done, total int) bool {
		tell(fmt.Sprintf("recomputing step %d of %d", done, total))
		return ctx.Err() == nil
	})
	switch {
	case errors.Is(err, session.ErrCancelled):
		return nil, nil, context.Canceled
	case err != nil:
		return nil, nil, err
	}
	return back.Session, back.Notes, nil
}

// trained begins a session with a recipe, and trains it for so many steps or to the last
// one that is finite.
func trained(ctx context.Context, r recipe.Recipe, steps int, tell func(string)) (*session.Session, error) {
	s, err := begin(r, presets.Files{Cache: presets.CacheDir()})
	if err != nil {
		return nil, err
	}
	s.Interrupt(func() bool { return ctx.Err() != nil })
	defer s.Interrupt(nil)
	for n := 0; n < steps; n++ {
		_, err := s.Step()
		var diverged *session.Diverged
		if errors.As(err, &diverged) {
			break
		}
		if err != nil || ctx.Err() != nil {
			return nil, errors.Join(context.Canceled, s.Abandon())
		}
		tell(fmt.Sprintf("training it to step %d of %d", n+1, steps))
	}
	return s, nil
}

// stored lists the sessions that can be continued, and the presets in the working
// directory.
func stored() (sessions []journal.Stored, files []string) {
	all, err := journal.List()
	if err != nil {
		all = nil // the gallery shows what there is
	}
	for _, s := range all {
		if s.State == "ended" || s.State == "cut off" {
			sessions = append(sessions, s)
		}
	}
	files = tables()
	names, _ := filepath.Glob("*.toml")
	for _, name := range names {
		if content, err := input.Read(name, input.MaxPreset); err == nil {
			if _, err := presets.Decode(name, content); err == nil {
				files = append(files, name)
			}
		}
	}
	return sessions, files
}

// isLog tells a log from a preset by its first bytes.
func isLog(path string) bool {
	const begins = `{"descent":`
	head, err := input.Head(path, int64(len(begins)))
	return err == nil && string(head) == begins
}

// moved finds files that lie elsewhere now.
type moved struct {
	presets.Files
	to map[string]string
}

func (m moved) File(path string) ([]byte, error) {
	if to, ok := m.to[path]; ok {
		return m.Files.File(to)
	}
	content, err := m.Files.File(path)
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("%w; if it has moved, add --file %s=NEW", err, path)
	}
	return content, err
}

func (m moved) Album(path string, size []int, grey bool) (content []byte, notes []string, ok bool, err error) {
	if to, ok := m.to[path]; ok {
		path = to
	}
	return m.Files.Album(path, size, grey)
}

func fileFlag(c *cobra.Command, files *[]string) {
	c.Flags().StringArrayVar(files, "file", nil, "OLD=NEW: the file OLD that the log names is now at NEW (may be repeated)")
}

func relocated(files []string) (moved, error) {
	m := moved{Files: shelf(context.Background(), false), to: map[string]string{}}
	for _, text := range files {
		old, now, ok := strings.Cut(text, "=")
		if !ok {
			return m, usage(fmt.Errorf("--file %s: the form is OLD=NEW", text))
		}
		m.to[old] = now
	}
	return m, nil
}

func resumeCommand() *cobra.Command {
	var files []string
	var memory int
	var dry, plain bool
	c := &cobra.Command{
		Use:   "resume [LOG]",
		Short: "open the last session, or that of a log, where it ended",
		Args:  cobra.MaximumNArgs(1),

		ValidArgsFunction: completeSessions,
		RunE: func(_ *cobra.Command, args []string) error {
			path, err := "", error(nil)
			if len(args) > 0 {
				path = journal.Find(args[0])
			} else if path, err = latest(); err != nil {
				return err
			}
			if dry {
				return standing(path, files)
			}
			return resume(path, files, memory, plain)
		},
	}
	fileFlag(c, &files)
	memoryFlag(c, &memory)
	plainFlag(c, &plain)
	threadsFlag(c, true)
	c.Flags().BoolVar(&dry, "dry-run", false, "print where the session stands, and change nothing")
	return c
}

// opener is session.Resume or session.Peek.
type opener func(path string, files core.Files, progress func(done, total int) bool) (*session.Resumed, error)

// reopen opens a log, and says on stderr what there is to say about it.
func reopen(path string, files []string, open opener) (*session.Session, error) {
	where, err := relocated(files)
	if err != nil {
		return nil, err
	}
	p := newProgress()
	start := time.Now()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	back, err := open(path, where, func(done, total int) bool {
		if time.Since(start) > time.Second {
			p.say(done, total, fmt.Sprintf("recomputing step %d of %d", done, total))
		}
		return ctx.Err() == nil
	})
	p.end()
	switch {
	case errors.Is(err, session.ErrCancelled):
		return nil, stoppedEarly{}
	case err != nil:
		return nil, err
	}
	for _, n := range back.Notes {
		stderr.printf("descent: %s\n", n)
	}
	return back.Session, nil
}

// stoppedEarly is ctrl-C while a session is computed again.
type stoppedEarly struct{ interrupted }

func (stoppedEarly) Error() string { return "stopped; the session is as it was" }

func resume(path string, files []string, memory int, plain bool) error {
	if !plain && !interactive() {
		return usage(errors.New("the workbench needs a terminal; `descent resume --dry-run` says where a session stands without one"))
	}
	s, err := reopen(path, files, session.Resume)
	if err != nil {
		return err
	}
	if plain {
		return typed(s, memory)
	}
	return show(s, memory, "", nil)
}

func standing(path string, files []string) error {
	s, err := reopen(path, files, session.Peek)
	if err != nil {
		return err
	}
	stdout.printf("%s\n", s.Summary())
	return s.Abandon()
}
