package tui

import (
	"encoding/json"
	"flag"
	"fmt"
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

	"descent/presets"
	"descent/session/live"
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
			if desk.frame.Tuning.Running() && desk.frame.Tuning.Workers > 0 {
				_ = desk.runner.Work(0)
			}
		}
		if k.a.opening != nil {
			k.a.opening.cancel()
		}
		switch {
		case k.pending.Load() == 0 && len(k.msgs) == 0:
			return ""
		case desk != nil && desk.frame.Probing && desk.travelling == 0 && k.a.opening == nil && time.Since(start) > time.Second/2: // it polls for what is measured
			return ""
		case desk != nil && desk.frame.Tuning.Running() && desk.frame.Tuning.Workers == 0 && desk.travelling == 0 && k.a.opening == nil && time.Since(start) > time.Second: // it polls for what others find
			return ""
		case time.Since(start) > patience:
			if os.Getenv("DUMP") != "" {
				stacks := make([]byte, 1<<22)
				_ = os.WriteFile(os.Getenv("DUMP"), stacks[:runtime.Stack(stacks, true)], 0o644)
			}
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
