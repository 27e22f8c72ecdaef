package tui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"descent/presets"
	"descent/session"
	"descent/session/headless"
	"descent/session/journal"
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

// event is something that a user may do, as a line of a script.
type event struct {
	Key   *tea.Key           `json:",omitempty"`
	Mouse *tea.MouseEvent    `json:",omitempty"`
	Size  *tea.WindowSizeMsg `json:",omitempty"`
	Poll  bool               `json:",omitempty"`
	Focus bool               `json:",omitempty"`
	Wait  int                `json:",omitempty"` // milliseconds
}

func (e event) msg() tea.Msg {
	switch {
	case e.Key != nil:
		return tea.KeyMsg(*e.Key)
	case e.Mouse != nil:
		return tea.MouseMsg(*e.Mouse)
	case e.Size != nil:
		return *e.Size
	case e.Focus:
		return tea.FocusMsg{}
	}
	return pollMsg{}
}

// script is an episode that can be played again.
type script struct {
	Preset  string
	Playing bool
	Pace    live.Pace
	Colors  bool
	Events  []event
}

const (
	monkeyLetters = ".....  +-opilwwuU[]{}gGbcaRAACLMBFvvefrsyxmtzZ?<>,0123456789enNdD-.hjkqq:;%$@é世\t\x00\u200b\u0301🙂\u202e\x1b"
	longestPaste  = 5000
)

var (
	monkeyKeys = []tea.KeyType{
		tea.KeyEnter, tea.KeyEnter, tea.KeyEnter, tea.KeyEsc, tea.KeyTab, tea.KeyUp, tea.KeyDown, tea.KeyDown, tea.KeyLeft, tea.KeyRight, tea.KeyRight,
		tea.KeyBackspace, tea.KeyHome, tea.KeyEnd, tea.KeyShiftTab, tea.KeyPgUp, tea.KeyPgDown, tea.KeyDelete, tea.KeyInsert, tea.KeyCtrlP, tea.KeyCtrlU,
	}
	monkeyPastes = []string{
		"", "0.1", "1e300", "-1", "NaN", "inf", strings.Repeat("9", 400), strings.Repeat("x", longestPaste), "a\nb\r\nc", check.Hostile, "世界世界世界世界世界世界",
		"e\u0301e\u0301e\u0301", "👨‍👩‍👧‍👦🏳️‍🌈", "\xff\xfe", "[1, 2, 3]", "true", "8 kB", "20%", "0", "1", "3", "500", "\u202eabc", "\t\t", "1e-400", "0x10", "+5", "adam", "10 000", "×2", "0,5", "3/4", "lr=1e-3", "50%", "optimizer adam",
	}
	monkeySizes = []tea.WindowSizeMsg{{Width: 1, Height: 1}, {Width: 300, Height: 100}, {}, {Width: 1, Height: 100}, {Width: 300, Height: 1}, {Width: 80, Height: 24}, {Width: 120, Height: 36}, {Width: 120, Height: 36}, {Width: 200, Height: 55}}
)

func pick[T any](r *rand.Rand, of []T) T { return of[r.Intn(len(of))] }

// randomEvent is what a hand, a paw or a paste may do next on a screen of w×h cells.
func randomEvent(r *rand.Rand, w, h int) event {
	letters := []rune(monkeyLetters)
	runes := func(alt bool, rs ...rune) event {
		return event{Key: &tea.Key{Type: tea.KeyRunes, Runes: rs, Alt: alt}}
	}
	switch n := r.Intn(100); {
	case n < 38:
		if c := pick(r, letters); c != ' ' {
			return runes(r.Intn(20) == 0, c)
		}
		return event{Key: &tea.Key{Type: tea.KeySpace, Runes: []rune{' '}, Alt: r.Intn(20) == 0}}
	case n < 66:
		return event{Key: &tea.Key{Type: pick(r, monkeyKeys), Alt: r.Intn(10) == 0}}
	case n < 72: // any key there is, with control and alt
		k := tea.KeyType(r.Intn(160) - 90)
		if k == tea.KeyRunes || k == tea.KeyCtrlC { // which would have runes, and which leaves
			k = tea.KeyF1
		}
		return event{Key: &tea.Key{Type: k, Alt: r.Intn(4) == 0}}
	case n < 75: // several in one read
		var rs []rune
		for range r.Intn(8) + 1 {
			rs = append(rs, pick(r, letters))
		}
		return runes(false, rs...)
	case n < 78:
		e := runes(false, []rune(pick(r, monkeyPastes))...)
		e.Key.Paste = true
		return e
	case n < 93:
		m := tea.MouseEvent{
			X: r.Intn(max(w, 1)+6) - 3, Y: r.Intn(max(h, 1)+6) - 3, Shift: r.Intn(10) == 0, Alt: r.Intn(10) == 0, Ctrl: r.Intn(10) == 0,
			Action: tea.MouseAction(r.Intn(3)), Button: tea.MouseButton(r.Intn(12)),
		}
		if r.Intn(2) == 0 {
			m.Action, m.Button = tea.MouseActionPress, pick(r, []tea.MouseButton{tea.MouseButtonLeft, tea.MouseButtonWheelUp, tea.MouseButtonWheelDown})
			if m.Button == tea.MouseButtonLeft { // a click, a part of a drag, or its end
				m.Action = tea.MouseAction(r.Intn(3))
			}
		}
		return event{Mouse: &m}
	case n < 96:
		s := pick(r, monkeySizes)
		switch r.Intn(3) {
		case 0:
			s = tea.WindowSizeMsg{Width: 1 + r.Intn(300), Height: 1 + r.Intn(100)}
		case 1:
			s = tea.WindowSizeMsg{Width: minWidth - 2 + r.Intn(100), Height: minHeight - 2 + r.Intn(40)}
		}
		return event{Size: &s}
	case n < 97:
		return event{Poll: true}
	case n < 98:
		return event{Focus: true}
	}
	return event{Wait: 1 + r.Intn(8)}
}

// monkey has the workbench. What commands come of its events answers in goroutines,
// as in a program.
type monkey struct {
	m       *root
	runner  *live.Runner
	msgs    chan tea.Msg
	pending atomic.Int32
	fail    chan string
	quit    bool
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
	_, cmd := k.m.Update(msg)
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
	w, h := k.m.w, k.m.h
	defer func() {
		if p := recover(); p != nil {
			bad = fmt.Sprintf("panic in View at %d×%d: %v\n%s", w, h, p, debug.Stack())
		}
	}()
	view := k.m.View()
	if k.m.frame.Fatal != nil {
		return fmt.Sprintf("training failed: %v", k.m.frame.Fatal)
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
	}
	return ""
}

// settle waits until all that was asked for is answered.
func (k *monkey) settle(patience time.Duration) string {
	k.runner.Cancel()
	_ = k.runner.Play(false)
	for start := time.Now(); ; time.Sleep(2 * time.Millisecond) {
		if bad := k.drain(); bad != "" {
			return bad
		}
		if bad := k.look(); bad != "" {
			return bad
		}
		switch {
		case k.pending.Load() == 0 && len(k.msgs) == 0:
			return ""
		case k.m.frame.Probing && k.m.travelling == 0 && time.Since(start) > time.Second/2: // it polls for what is measured
			return ""
		case time.Since(start) > patience:
			return fmt.Sprintf("not settled after %v: pending %d, travelling %d, playing %v", patience, k.pending.Load(), k.m.travelling, k.m.frame.Playing)
		}
	}
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
			return fmt.Sprintf("it does not quit: dialog %T, ahead %v", k.m.dialog, k.m.ahead != nil)
		}
	}
	return ""
}

// cage is where episodes are played.
type cage struct {
	files   presets.Files
	replays time.Duration // how long a replay may take before it is left
}

// play plays a script in a folder of its own, and says what went wrong. done is
// how many events were delivered.
func (c *cage) play(t *testing.T, s script, least time.Duration) (bad string, done int) {
	t.Helper()
	work := t.TempDir()
	t.Chdir(work)
	before := runtime.NumGoroutine()
	rec, err := presets.Load(s.Preset)
	if err != nil {
		t.Fatal(err)
	}
	tr, hashes, err := session.Open(rec, c.files)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(work, "log.jsonl")
	log, err := journal.Create(path, journal.NewHeader(rec, hashes), false)
	if err != nil {
		t.Fatal(err)
	}
	th := frames.Plain()
	if s.Colors {
		th = frames.Colored(termenv.TrueColor)
	}
	runner := live.Run(session.New(tr, log), s.Playing)
	_ = runner.SetPace(s.Pace).Wait()
	k := &monkey{m: newRoot(th, runner, Options{Encode: presets.Encode}), runner: runner, msgs: make(chan tea.Msg, 1<<16), fail: make(chan string, 64)}
	bad = k.deliver(tea.WindowSizeMsg{Width: 120, Height: 36})
	k.run(k.m.Init())
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
	closed := make(chan error, 1)
	go func() { closed <- runner.Close() }()
	select {
	case err := <-closed:
		if err != nil && bad == "" {
			bad = fmt.Sprintf("close: %v", err)
		}
	case <-time.After(60 * time.Second):
		stacks := make([]byte, 1<<20)
		t.Fatalf("preset %s: closing hangs\n%s", s.Preset, stacks[:runtime.Stack(stacks, true)])
	}
	if bad == "" {
		bad = leaked(before)
	}
	if bad == "" {
		bad = c.comesBack(path, runner.Frame().Step)
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
	if err != nil {
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
		names = slices.DeleteFunc(names, func(n string) bool { return !slices.Contains(quickPresets, n) })
	}
	if *monkeyPresets != "" {
		names = strings.Split(*monkeyPresets, ",")
	}
	total, episodes := 0, 0
	for ; time.Now().Before(until); seed++ {
		r := rand.New(rand.NewSource(seed))
		s := script{Preset: names[draw.Modulo(int(seed), len(names))], Playing: r.Intn(2) == 0, Pace: live.DefaultPace, Colors: r.Intn(2) == 0}
		if !short && r.Intn(3) == 0 {
			s.Pace = live.Unlimited
		}
		w, h := 120, 36
		for range events {
			e := randomEvent(r, w, h)
			if e.Size != nil {
				w, h = e.Size.Width, e.Size.Height
			}
			s.Events = append(s.Events, e)
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
