package tui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"descent/core/recipe"
	"descent/presets"
	"descent/session"
	"descent/session/headless"
	"descent/session/journal"
	"descent/session/live"
	"descent/tui/config"
	"descent/tui/draw"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

var (
	monkeyFor     = flag.Duration("monkey", 0, "how long the monkey has the workbench; without it a few seconds")
	monkeySeed    = flag.Int64("monkey.seed", 0, "where its random events begin; 0 takes the time")
	monkeyPresets = flag.String("monkey.presets", "", "names, divided by commas; without it all")
	monkeyEvents  = flag.Int("monkey.events", 600, "events in an episode")
	monkeyScript  = flag.String("monkey.script", "", "a file that a failure left: only that is played")
)

// monkey has the workbench. What commands come of its events answers in goroutines,
// as in a program.
type monkey struct {
	a       *app
	msgs    chan tea.Msg
	pending atomic.Int32
	fail    chan string
	quit    bool
	ascii   bool
}

func (k *monkey) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	k.pending.Add(1)
	go func() {
		defer k.pending.Add(-1)
		defer func() {
			if p := recover(); p != nil {
				k.fail <- fmt.Sprintf("panic in a command: %v\n%s", p, debug.Stack())
			}
		}()
		switch msg := cmd().(type) {
		case tea.BatchMsg:
			for _, c := range msg {
				k.run(c)
			}
		case nil:
		default:
			k.msgs <- msg
		}
	}()
}

func (k *monkey) deliver(msg tea.Msg) (bad string) {
	defer func() {
		if p := recover(); p != nil {
			bad = fmt.Sprintf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	switch msg.(type) {
	case tea.QuitMsg:
		k.quit = true
		return ""
	case tea.SuspendMsg:
		return ""
	}
	if title := fmt.Sprint(msg); fmt.Sprintf("%T", msg) == "tea.setWindowTitleMsg" && check.Orders.MatchString(title) {
		return fmt.Sprintf("the title is %q", title)
	}
	_, cmd := k.a.Update(msg)
	k.run(cmd)
	return ""
}

// drain delivers what has been answered.
func (k *monkey) drain() string {
	for {
		select {
		case msg := <-k.msgs:
			if bad := k.deliver(msg); bad != "" {
				return bad
			}
		case bad := <-k.fail:
			return bad
		default:
			return ""
		}
	}
}

// look checks what is on the screen: h lines of w cells, and nothing but signs
// and colours in them.
func (k *monkey) look() (bad string) {
	w, h := k.a.w, k.a.h
	defer func() {
		if p := recover(); p != nil {
			bad = fmt.Sprintf("panic in View at %d×%d: %v\n%s", w, h, p, debug.Stack())
		}
	}()
	view := k.a.View()
	if k.a.desk != nil && k.a.desk.frame.Fatal != nil {
		return fmt.Sprintf("training failed: %v", k.a.desk.frame.Fatal)
	}
	if w == 0 || h == 0 {
		return ""
	}
	lines := strings.Split(view, "\n")
	if len(lines) != h {
		return fmt.Sprintf("the view at %d×%d has %d lines", w, h, len(lines))
	}
	for i, l := range lines {
		if got := ansi.StringWidth(l); got != w {
			return fmt.Sprintf("the view at %d×%d: line %d is %d cells wide: %q", w, h, i, got, l)
		}
		if text := check.Colours.ReplaceAllString(l, ""); check.Orders.MatchString(text) {
			return fmt.Sprintf("the view at %d×%d: line %d holds %q in %q", w, h, i, check.Orders.FindString(text), l)
		}
		if k.ascii && strings.IndexFunc(l, func(r rune) bool { return r > 0x7e }) >= 0 {
			return fmt.Sprintf("the view at %d×%d: line %d is not ASCII: %q", w, h, i, l)
		}
	}
	return ""
}

// settle waits until all that was asked for is answered.
func (k *monkey) settle(patience time.Duration) string {
	for start := time.Now(); ; time.Sleep(2 * time.Millisecond) {
		if bad := k.drain(); bad != "" {
			return bad
		}
		if bad := k.look(); bad != "" {
			return bad
		}
		desk := k.a.desk
		if desk != nil {
			desk.runner.Cancel()
			_ = desk.runner.Play(false)
			_ = desk.runner.CancelRepeat()
		}
		if k.a.opening != nil {
			k.a.opening.cancel()
		}
		switch {
		case k.pending.Load() == 0 && len(k.msgs) == 0:
			return ""
		case desk != nil && desk.frame.Probing && desk.travelling == 0 && k.a.opening == nil && time.Since(start) > time.Second/2: // it polls for what is measured
			return ""
		case time.Since(start) > patience:
			return fmt.Sprintf("not settled after %v: pending %d, opening %v; %s", patience, k.pending.Load(), k.a.opening != nil, k.standing())
		}
	}
}

// standing is how things are, for the message of a failure.
func (k *monkey) standing() string {
	if k.a.desk == nil {
		return "nothing is open"
	}
	d := k.a.desk
	return fmt.Sprintf("gallery %v, dialog %T, ahead %v, travelling %d, playing %v", k.a.gallery != nil, d.dialog, d.ahead != nil, d.travelling, d.frame.Playing)
}

// leave quits, by ctrl-c or by q.
func (k *monkey) leave(byQ bool) string {
	keys := []tea.KeyMsg{{Type: tea.KeyCtrlC}}
	if byQ {
		esc := tea.KeyMsg{Type: tea.KeyEsc}
		keys = []tea.KeyMsg{esc, esc, esc, esc, {Type: tea.KeyRunes, Runes: []rune("q")}}
	}
	k.quit = false
	for _, key := range keys {
		if bad := k.deliver(key); bad != "" {
			return bad
		}
	}
	for start := time.Now(); !k.quit; time.Sleep(time.Millisecond) {
		if bad := k.drain(); bad != "" {
			return bad
		}
		if time.Since(start) > 20*time.Second {
			return "it does not quit: " + k.standing()
		}
	}
	return ""
}

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
		return Opened{c.begins(back.Session, sc), back.Notes}, nil
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
	return Opened{c.begins(session.New(tr, log).SetLogError(err), sc), nil}, nil
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

// monkeyThemes are those in which episodes are drawn.
var monkeyThemes = []func() *draw.Theme{
	frames.Plain,
	func() *draw.Theme { return frames.Colored(termenv.TrueColor) },
	func() *draw.Theme { return frames.Colored(termenv.TrueColor).InASCII() },
	func() *draw.Theme { return frames.Plain().InASCII() },
	func() *draw.Theme { return frames.Colored(termenv.ANSI) },
}

// asciiThemes are the places of those that draw in ASCII alone.
var asciiThemes = []int{2, 3}

// ear hears what is written to the terminal beside the screen.
type ear struct {
	mu  sync.Mutex
	bad string
}

var allowedCodes = regexp.MustCompile("^(\a|\x1b\\]52;c;[A-Za-z0-9+/=]*(\a|\x1b\\\\)|\x1b\\](9|777;notify;descent);[^\x00-\x1f\x7f\u0080-\u009f]*(\a|\x1b\\\\))$")

func (e *ear) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !allowedCodes.Match(p) {
		e.bad = fmt.Sprintf("written to the terminal: %.300q", p)
	}
	return len(p), nil
}

func (e *ear) heard() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.bad
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
	k.a = newApp(monkeyThemes[s.Theme](), runner, Options{Encode: presets.Encode, Repeat: c.again, Config: conf, Library: Library{
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
	return bad, done
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

// quickPresets are those of the short form: each kind of thing that is trained,
// and nothing that has to be learnt first.
var quickPresets = []string{"seed", "digits", "moons", "saddle", "iris", "rosenbrock", "chebyshev", "penguins"}

func TestMonkey(t *testing.T) {
	c := &cage{files: presets.Files{Cache: t.TempDir()}, replays: 20 * time.Second}
	if *monkeyScript != "" {
		content, err := os.ReadFile(*monkeyScript)
		if err != nil {
			t.Fatal(err)
		}
		var s script
		if err := json.Unmarshal(content, &s); err != nil {
			t.Fatal(err)
		}
		if bad, done := c.play(t, s, 0); bad != "" {
			t.Fatalf("after %d events: %s", done, bad)
		}
		return
	}
	seed, names, until, events := *monkeySeed, slices.Clone(presets.Names()), time.Now().Add(*monkeyFor), *monkeyEvents
	if seed == 0 {
		seed = time.Now().UnixNano() % 1e9
	}
	short := *monkeyFor == 0
	if short {
		until, events = time.Now().Add(3*time.Second), 80
		names, c.names = quickPresets, quickPresets
	}
	if *monkeyPresets != "" {
		names = strings.Split(*monkeyPresets, ",")
	}
	total, episodes := 0, 0
	for ; time.Now().Before(until); seed++ {
		r := rand.New(rand.NewSource(seed))
		s := script{Preset: names[draw.Modulo(int(seed), len(names))], Playing: r.Intn(2) == 0, Pace: live.DefaultPace, Theme: r.Intn(len(monkeyThemes))}
		if !short && r.Intn(3) == 0 {
			s.Pace = live.Unlimited
		}
		if r.Intn(4) == 0 {
			s.Memory = 1 << 16
		}
		if r.Intn(4) == 0 {
			s.Preset = ""
		}
		w, h := 120, 36
		for len(s.Events) < events {
			for _, e := range randomEvents(r, w, h) {
				if e.Size != nil {
					w, h = e.Size.Width, e.Size.Height
				}
				s.Events = append(s.Events, e)
			}
		}
		bad, done := c.play(t, s, 25*time.Second)
		total, episodes = total+done, episodes+1
		if bad == "" {
			continue
		}
		s.Events = s.Events[:done]
		if !short {
			s = c.least(t, s, time.Minute)
		}
		path := filepath.Join(os.TempDir(), fmt.Sprintf("monkey-%d.json", seed))
		content, _ := json.MarshalIndent(s, "", " ")
		_ = os.WriteFile(path, content, 0o644)
		t.Errorf("preset %s, seed %d, after %d events: %s\nplay it again: go test ./tui -run TestMonkey -monkey.script %s (%d events)", s.Preset, seed, done, bad, path, len(s.Events))
		if short {
			break
		}
	}
	t.Logf("%d events in %d episodes, up to seed %d", total, episodes, seed)
}
