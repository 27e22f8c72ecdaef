package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"descent/core/recipe"
	"descent/presets"
	"descent/session"
	"descent/session/disk"
	"descent/session/headless"
	"descent/session/journal"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/config"

	tea "github.com/charmbracelet/bubbletea"
)

// cage is where episodes are played.
type cage struct {
	files   presets.Files
	replays time.Duration // how long a replay may take before it is left
	names   []string      // of what the gallery opens; nil for all

	mu      sync.Mutex
	runners map[string]*live.Runner // the last of each log
}

// begins runs a session as the command does.
func (c *cage) begins(s *session.Session, sc script) *live.Runner {
	if sc.Memory > 0 {
		s.Memory(sc.Memory)
	}
	r := live.Run(s, false)
	_ = r.SetPace(sc.Pace).Wait()
	_ = r.Play(sc.Playing).Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.runners[r.Frame().LogPath] = r
	return r
}

// open is the library's: a preset, or the session of a log.
func (c *cage) open(ctx context.Context, name string, tell func(string), sc script) (Opened, error) {
	if strings.HasSuffix(name, ".jsonl") {
		back, err := session.Resume(name, c.files, func(done, total int) bool {
			tell(fmt.Sprintf("recomputing step %d of %d", done, total))
			return ctx.Err() == nil
		})
		if err != nil {
			return Opened{}, err
		}
		return Opened{Runner: c.begins(back.Session, sc), Notes: back.Notes}, nil
	}
	if c.names != nil && slices.Contains(presets.Names(), name) && !slices.Contains(c.names, name) {
		return Opened{}, errors.New(name + " is not to be had today")
	}
	rec, err := presets.Load(name)
	if err != nil {
		return Opened{}, err
	}
	files := c.files
	files.Told = func(preset string, done, total int) error {
		tell(fmt.Sprintf("training %s first: step %d of %d", preset, done, total))
		return ctx.Err()
	}
	tr, hashes, err := session.Open(rec, files)
	if err != nil {
		return Opened{}, err
	}
	log, err := journal.Begin(journal.NewHeader(rec, hashes))
	return Opened{Runner: c.begins(session.New(tr, log).SetLogError(err), sc)}, nil
}

// stored lists the sessions, and the files that a folder may hold.
func (c *cage) stored() (sessions []journal.Stored, files []string) {
	sessions, _ = journal.List()
	files, _ = filepath.Glob("*.toml")
	return sessions, files
}

// again trains the racers of a race with another seed, a little.
func (c *cage) again(ctx context.Context, racers []recipe.Recipe, steps int, told func(done, total int)) ([]live.Outcome, error) {
	out := make([]live.Outcome, len(racers))
	for i, r := range racers {
		tr, _, err := session.Open(r, c.files)
		if err != nil {
			return nil, err
		}
		o := live.Outcome{Accuracy: math.NaN()}
		for range min(steps, 5) {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			rep := tr.Step()
			o.Loss = rep.Loss
			o.Curve = append(o.Curve, rep.Loss)
		}
		out[i] = o
		told(i+1, len(racers))
	}
	return out, nil
}

// furnish puts into the folder what a user may have there: presets with hostile names,
// logs that are no logs, and a damaged memory of the screen.
func furnish(t *testing.T) {
	rec, err := presets.Load("seed")
	if err != nil {
		t.Fatal(err)
	}
	content, err := presets.Encode(rec, "")
	if err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(os.Getenv("XDG_STATE_HOME"), "descent")
	write := func(path string, content []byte) {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		_ = os.WriteFile(path, content, 0o644) // a name that the system does not take
	}
	write("of\x1b]0;mine\a\u202ename<&\",.toml", content)
	write("bro\x1b[31mken.toml", []byte("x = \x1b["))
	write(filepath.Join(state, "screen.toml"), []byte("[theme]\nvalue = \"\\u001b[2J\"\ninstead = \"auto\"\n[pace]\nvalue = \"-1\"\ninstead=\"20 s\"\n"))
	write(filepath.Join(state, "sessions", "no\x1b[2Jlog.jsonl"), []byte("{\"descent\":1}\n{"))
	write(filepath.Join(state, "sessions", "empty.jsonl"), nil)
}

// play plays a script in a folder of its own, and says what went wrong. done is
// how many events were delivered.
func (c *cage) play(t *testing.T, s script, least time.Duration) (bad string, done int) {
	t.Helper()
	work := t.TempDir()
	t.Chdir(work)
	t.Setenv("XDG_STATE_HOME", filepath.Join(work, "state"))
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(work, "config"))
	furnish(t)
	before := runtime.NumGoroutine()
	c.runners = map[string]*live.Runner{}
	conf, err := config.Load(Actions())
	if err != nil {
		t.Fatal(err)
	}
	conf.Bell = "notify"
	var runner *live.Runner
	if s.Preset != "" {
		o, err := c.open(context.Background(), s.Preset, func(string) {}, s)
		if err != nil {
			t.Fatal(err)
		}
		runner = o.Runner
	}
	out := &ear{}
	k := &monkey{msgs: make(chan tea.Msg, 1<<16), fail: make(chan string, 64), ascii: slices.Contains(asciiThemes, s.Theme)}
	k.a = newApp(monkeyThemes[s.Theme](), runner, Options{Encode: presets.Encode, Repeat: c.again, Search: live.Studies(c.files), Config: conf, Library: Library{
		Open: func(ctx context.Context, name string, tell func(string)) (Opened, error) {
			return c.open(ctx, name, tell, s)
		},
		Stored: c.stored, Data: c.files,
	}}, out)
	bad = k.deliver(tea.WindowSizeMsg{Width: 120, Height: 36})
	k.run(k.a.Init())
	start := time.Now()
	for done < len(s.Events) && bad == "" && (least == 0 || time.Since(start) < least) {
		e := s.Events[done]
		done++
		if e.Wait > 0 {
			time.Sleep(time.Duration(e.Wait) * time.Millisecond)
		} else {
			bad = k.deliver(e.msg())
		}
		if bad == "" && done%3 > 0 {
			bad = k.drain()
		}
		if bad == "" {
			bad = k.look()
		}
		if bad == "" {
			bad = out.heard()
		}
		if k.pending.Load() > 40 {
			time.Sleep(2 * time.Millisecond)
		}
	}
	if bad == "" {
		bad = k.settle(60 * time.Second)
	}
	if bad == "" {
		bad = k.deliver(tea.WindowSizeMsg{Width: 120, Height: 36})
	}
	if bad == "" {
		bad = k.leave(done%2 == 0)
	}
	hung := time.AfterFunc(time.Minute, func() {
		stacks := make([]byte, 1<<20)
		panic(fmt.Sprintf("preset %s: closing hangs\n%s", s.Preset, stacks[:runtime.Stack(stacks, true)]))
	})
	if last := k.a.runner(); last != nil {
		if err := last.Close(); err != nil && bad == "" {
			bad = fmt.Sprintf("close: %v", err)
		}
	}
	for _, r := range c.runners { // those before are closed already, unless something has failed
		if err := r.Close(); err != nil && bad == "" && !errors.Is(err, live.ErrClosed) {
			bad = fmt.Sprintf("close: %v", err)
		}
	}
	hung.Stop()
	if bad == "" {
		bad = leaked(before)
	}
	for path, r := range c.runners {
		if bad == "" {
			bad = c.comesBack(path, r.Frame().Step)
		}
	}
	if bad == "" {
		bad = c.opens(work)
	}
	if bad == "" {
		bad = studied(work)
	}
	return bad, done
}

// studied checks the studies of the searches: they are whole, and propose the same again.
func studied(work string) string {
	found, _ := filepath.Glob(filepath.Join(work, "state", "descent", "studies", "*", "*", "study.toml"))
	for _, path := range found {
		s, err := study.Open(disk.Machine{}, filepath.Dir(path))
		if err != nil {
			return fmt.Sprintf("a study: %v", err)
		}
		if notes := s.Reading().Notes; len(notes) > 0 {
			return fmt.Sprintf("a study is damaged: %q", notes)
		}
		if _, err := study.Verify(s); err != nil {
			return fmt.Sprintf("a study: %v", err)
		}
	}
	return ""
}

// leaked tells of goroutines that are left over.
func leaked(before int) string {
	more := 0
	for range 400 {
		if more = runtime.NumGoroutine() - before; more <= 1 { // the one that closes a timer
			return ""
		}
		time.Sleep(10 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	return fmt.Sprintf("%d goroutines are left\n%s", more, stacks[:runtime.Stack(stacks, true)])
}

// comesBack replays the log to the bit, and opens it where it was left.
func (c *cage) comesBack(path string, step int) string {
	content, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && step == 0:
		return "" // nothing was done in it
	case err != nil:
		return err.Error()
	}
	rec, err := journal.Parse(path, bytes.NewReader(content))
	if err != nil {
		return fmt.Sprintf("the log: %v", err)
	}
	ctx, stop := context.WithTimeout(context.Background(), c.replays)
	defer stop()
	switch out, err := headless.Replay(ctx, rec, c.files, headless.Options{}); {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
	case err != nil:
		return fmt.Sprintf("replay: %v", err)
	case !out.Exact && len(rec.Entries) > 1:
		return fmt.Sprintf("replay is not exact: %+v", out)
	}
	back, err := session.Resume(path, c.files, nil)
	if err != nil {
		return fmt.Sprintf("resume: %v", err)
	}
	defer func() { _ = back.Session.Abandon() }()
	if got := back.Session.Trainer().StepCount(); got != step || len(back.Notes) > 0 {
		return fmt.Sprintf("resumed at %d, left at %d; notes %q", got, step, back.Notes)
	}
	return ""
}

// opens checks that what was saved can be opened.
func (c *cage) opens(work string) string {
	saved, _ := filepath.Glob(filepath.Join(work, "*.toml"))
	for _, path := range saved {
		if strings.Contains(path, "bro\x1b") {
			continue
		}
		rec, err := presets.Load(path)
		if err == nil {
			_, _, err = session.Open(rec, c.files)
		}
		if err != nil {
			return fmt.Sprintf("the preset that was saved does not open: %v", err)
		}
	}
	return ""
}

// least drops what a failure does not need, in at most so much time.
func (c *cage) least(t *testing.T, s script, most time.Duration) script {
	start := time.Now()
	fails := func(events []event) bool {
		try := s
		try.Events = events
		bad, _ := c.play(t, try, 0)
		return bad != ""
	}
	for part := len(s.Events) / 2; part > 0 && time.Since(start) < most; part /= 2 {
		for at := 0; at < len(s.Events) && time.Since(start) < most; {
			fewer := slices.Concat(s.Events[:at], s.Events[min(at+part, len(s.Events)):])
			if fails(fewer) {
				s.Events = fewer
			} else {
				at += part
			}
		}
	}
	return s
}
