package tui

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/presets"
	"descent/session"
	"descent/session/journal"
	"descent/session/live"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"
	"descent/tui/stage"

	tea "github.com/charmbracelet/bubbletea"
)

// Screens make much garbage and hold little.
func TestMain(m *testing.M) {
	if !check.Race { // whose memory is several times as much
		debug.SetGCPercent(300)
	}
	os.Exit(m.Run())
}

// robot presses keys and looks at the screen, as a user would.
type robot struct {
	*testing.T
	m      *root
	runner *live.Runner
	log    string
}

func newRobot(t *testing.T, preset string, w, h int) *robot {
	t.Helper()
	r, err := presets.Load(preset)
	if err != nil {
		t.Fatal(err)
	}
	return robotOn(t, r, w, h)
}

func robotOn(t *testing.T, r recipe.Recipe, w, h int) *robot {
	t.Helper()
	tr, _, err := session.Open(r, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "log.jsonl")
	log, err := journal.Create(path, journal.NewHeader(r, nil), false)
	if err != nil {
		t.Fatal(err)
	}
	runner := live.Run(session.New(tr, log), false)
	t.Cleanup(func() { _ = runner.Close() })
	b := &robot{t, newRoot(frames.Plain(), runner, Options{Encode: presets.Encode}), runner, path}
	b.send(tea.WindowSizeMsg{Width: w, Height: h})
	return b
}

// send delivers a message and whatever commands come of it, but polls.
func (b *robot) send(msg tea.Msg) {
	b.Helper()
	if _, ok := msg.(pollMsg); !ok {
		b.m.polled = true // nobody waits for the next frame
	}
	_, cmd := b.m.Update(msg)
	b.run(cmd)
}

func (b *robot) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if !carryOut(cmd, 20*time.Second, b.deliver) {
		b.Fatal("a key was never answered")
	}
	b.m.polled = false
}

// deliver sends what a command came to, but polls.
func (b *robot) deliver(msg tea.Msg) {
	switch msg.(type) {
	case pollMsg, nil, tea.QuitMsg:
	default:
		b.send(msg)
	}
}

// carryOut runs a command, and each of a batch, and delivers what comes of it; it
// reports whether that came in time.
func carryOut(cmd tea.Cmd, patience time.Duration, deliver func(tea.Msg)) bool {
	if cmd == nil {
		return true
	}
	done := make(chan tea.Msg, 1)
	go func() { done <- cmd() }()
	select {
	case msg := <-done:
		batch, ok := msg.(tea.BatchMsg)
		if !ok {
			deliver(msg)
			return true
		}
		in := true
		for _, c := range batch {
			in = carryOut(c, patience, deliver) && in
		}
		return in
	case <-time.After(patience):
		return false
	}
}

var named = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "backspace": tea.KeyBackspace, "space": tea.KeySpace,
	"home": tea.KeyHome, "end": tea.KeyEnd, "ctrl+u": tea.KeyCtrlU, "ctrl+p": tea.KeyCtrlP,
}

func (b *robot) press(keys ...string) {
	b.Helper()
	for _, k := range keys {
		msg := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
		if typ, ok := named[k]; ok {
			msg = tea.KeyMsg{Type: typ}
			if typ == tea.KeySpace {
				msg.Runes = []rune{' '}
			}
		}
		b.send(msg)
	}
}

// titled is the pane of a title.
func (b *robot) titled(title string) intent.Pane {
	b.Helper()
	i := slices.IndexFunc(b.m.Panes(), func(p intent.Pane) bool { return p.Title() == title })
	if i < 0 {
		b.Fatalf("there is no pane %s", title)
	}
	return b.m.Panes()[i]
}

// focus focuses a pane, in the view where it is.
func (b *robot) focus(title string) {
	b.Helper()
	b.m.Bring(b.m.frame, b.titled(title), b.m.w, b.m.bodyHeight())
	b.m.Focus(b.titled(title))
	b.m.stale = true
}

// turn presses a key until a pane shows the view of that name, at most once round
// its views.
func (b *robot) turn(key, title, view string) {
	b.Helper()
	name := func() string { return b.titled(title).Note(b.m.frame) }
	for seen := map[string]int{}; name() != view || !slices.Contains(b.onScreen(), title); {
		if seen[name()]++; seen[name()] > 2 {
			b.Fatalf("%s turns the %s pane to no view %q", key, title, view)
		}
		b.press(key)
	}
	b.settle()
}

// viewKeys are the keys of the views.
var viewKeys = func() (out []string) {
	for _, a := range stage.Actions() {
		out = append(out, a.Keys...)
	}
	return out
}()

// often is a key pressed once for every pane, and more often than a pane has views.
func often(key string) []string { return slices.Repeat([]string{key}, 12) }

// toPane presses tab until a pane has the focus.
func (b *robot) toPane(title string) {
	b.Helper()
	for _, key := range append([]string{""}, viewKeys...) {
		if key != "" {
			b.press(key)
		}
		for range b.m.Order(b.m.frame) {
			if b.m.Focused().Title() == title {
				return
			}
			b.press("tab")
		}
	}
	b.Fatalf("neither tab nor the keys of the views lead to the %s pane", title)
}

func (b *robot) train(steps int) {
	b.Helper()
	for range steps {
		b.press(".")
	}
}

func (b *robot) sees(words ...string) {
	b.Helper()
	for _, w := range words {
		if !strings.Contains(b.m.View(), w) {
			b.Fatalf("the screen does not show %q:\n%s", w, b.m.View())
		}
	}
}

func (b *robot) misses(words ...string) {
	b.Helper()
	for _, w := range words {
		if strings.Contains(b.m.View(), w) {
			b.Fatalf("the screen shows %q:\n%s", w, b.m.View())
		}
	}
}

func (b *robot) value(path string) string {
	b.Helper()
	d, ok := intent.FindKnob(b.m.frame, path)
	if !ok {
		b.Fatalf("there is no knob %s", path)
	}
	return d.Value.String()
}

func TestASwapOfTheOptimizerKeepsTheWeights(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.train(60)
	before := b.m.frame.Last.Loss
	b.press("o")
	b.sees("optimizer.name", "enter select")
	b.press("r", "m", "s", "enter", ".")
	if got := b.value("optimizer.name"); got != "rmsprop" {
		t.Errorf("the optimizer is %s", got)
	}
	if after := b.m.frame.Last.Loss; after > 1.5 || before > 1.5 {
		t.Errorf("loss %v before and %v after the swap: the weights were lost", before, after)
	}
	b.sees("decided at 60: rmsprop", "undoes it")
}

func TestTheRateKeysActAtTheNextStep(t *testing.T) {
	b := newRobot(t, "seed", 120, 36)
	b.press(".", "+", "+", ".")
	if got := b.m.frame.Last.LR; got != 0.04 {
		t.Errorf("the rate of the step is %v, want 0.01 doubled twice", got)
	}
	b.press("-", ".")
	if got := b.m.frame.Last.LR; got != 0.02 {
		t.Errorf("the rate of the step is %v, want 0.02", got)
	}
}

func TestPruneAndQuantizeToggleAndNothingIsLost(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.train(20)
	weights := b.m.frame.Layers[0].Weight
	b.press("p")
	b.sees("pruned", "prune 0.7")
	if kept := b.m.frame.Layers[0].Kept; kept > 0.9 {
		t.Errorf("%v of the first layer are kept", kept)
	}
	b.press("i")
	if bits := b.m.frame.Layers[0].Bits; bits != 4 {
		t.Errorf("%d bits", bits)
	}
	b.press("i", "p")
	l := b.m.frame.Layers[0]
	if l.Kept != 1 || l.Bits != 0 || l.Weight != weights {
		t.Errorf("after toggling back: %+v", l)
	}
}

func TestEveryDecisionIsInTheLog(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.press(".", "p", "i", "+", "o", "down", "enter", "l", "m", "s", "e", "enter")
	log, err := os.ReadFile(b.log)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"prune.sparsity", "quant.bits", "optimizer.lr", "optimizer.name", "loss.name"} {
		if !bytes.Contains(log, []byte(`"set":{"path":"`+path+`"`)) {
			t.Errorf("%s is not in the log:\n%s", path, log)
		}
	}
}

func TestUndoIsOneKey(t *testing.T) {
	b := newRobot(t, "seed", 120, 36)
	b.press("u")
	b.sees("there is no decision to undo")
	b.train(5)
	b.press("o", "down", "enter")
	b.train(5)
	b.press("u")
	if b.m.frame.Step != 5 || b.value("optimizer.name") != "sgd" {
		t.Errorf("step %d with %s, want 5 with sgd", b.m.frame.Step, b.value("optimizer.name"))
	}
	b.sees("undone")
}

func TestAKnobIsTurnedTypedAndRefused(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.press("right")
	if got := b.value("optimizer.lr"); got != "0.002" {
		t.Errorf("one turn from 0.001 gives %s", got)
	}
	b.press("=")
	b.sees("optimizer.lr", "›")
	b.press("0", ".", "3", "enter")
	if got := b.value("optimizer.lr"); got != "0.3" {
		t.Errorf("typed 0.3, got %s", got)
	}
	b.press("enter", "-", "enter")
	b.sees("takes a number")
	b.press("esc")
	b.misses("takes a number")
	if got := b.value("optimizer.lr"); got != "0.3" {
		t.Errorf("a refused value changed the rate to %s", got)
	}
}

func TestALossThatDoesNotFitSaysWhy(t *testing.T) {
	b := newRobot(t, "concrete", 120, 36)
	b.press("l")
	b.sees("needs classes")
	b.press("c", "r", "o", "s", "s", "enter")
	b.sees("needs classes", "enter select")
	if got := b.value("loss.name"); got != "mse" {
		t.Errorf("a loss that does not fit was taken: %s", got)
	}
}

func TestAnInertKnobSaysWhy(t *testing.T) {
	r, err := presets.Load("seed")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Set("optimizer.name", knob.Word("gd")); err != nil {
		t.Fatal(err)
	}
	b := robotOn(t, r, 120, 36)
	for b.m.Selected(b.m.frame).Knob.Path != "train.batch" {
		b.press("down")
	}
	b.press("right")
	b.sees("gd takes all rows")
}

func TestKeysReadTogetherAreTakenOneByOne(t *testing.T) {
	b := newRobot(t, "seed", 120, 36)
	b.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("..+.")})
	if f := b.m.frame; f.Step != 3 || f.Last.LR != 0.02 {
		t.Errorf("step %d at rate %v, want 3 at 0.02", f.Step, f.Last.LR)
	}
	b.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("..."), Paste: true})
	if b.m.frame.Step != 3 {
		t.Error("pasted text was taken for keys")
	}
}

func TestPlayAndPause(t *testing.T) {
	b := newRobot(t, "seed", 120, 36)
	_ = b.runner.SetPace(live.Slowest).Wait()
	b.press("space")
	b.sees("▶ 1000 s a run")
	b.press("<")
	b.sees("this is the slowest pace")
	b.press(">")
	b.sees("▶ 500 s a run", "the pace is 500 s a run")
	b.press("space")
	b.sees("paused")
}

func TestHelpNamesEveryKey(t *testing.T) {
	b := newRobot(t, "seed", 120, 140)
	b.press("?", "?")
	text := strings.Join(strings.Fields(strings.NewReplacer("┃", " ", "│", " ").Replace(b.m.dialog.View(120, 1000))), " ")
	for _, a := range allActions() {
		if !strings.Contains(text, a.Key()+" "+a.Help) {
			t.Errorf("the help does not say %s %s", a.Key(), a.Help)
		}
	}
	b.press("esc")
	b.misses("enter does it")
}

func TestFocusZoomAndTheHiddenPane(t *testing.T) {
	b := newRobot(t, "digits", 80, 24)
	b.sees("Loss", "Knobs")
	b.misses("Network")
	b.toPane("Network")
	b.sees("Network", "params")
	b.press("Z")
	b.misses("Knobs")
	b.press("Z")
	var want, got []string
	order := b.m.Order(b.m.frame)
	for i := range order { // round them all, from the next one on
		want = append(want, order[(slices.Index(order, b.m.Focused())+1+i)%len(order)].Title())
	}
	for range want {
		b.press("tab")
		got = append(got, b.m.Focused().Title())
		b.sees(got[len(got)-1])
	}
	if !slices.Equal(got, want) {
		b.Errorf("tab leads to %v, want %v", got, want)
	}
}

func TestSaveWritesWhatDescentCanOpen(t *testing.T) {
	t.Chdir(t.TempDir())
	b := newRobot(t, "seed", 120, 36)
	b.train(7)
	b.press("o", "down", "enter", "s", "enter")
	b.sees("saved seed-7.safetensors")
	r, err := presets.Load("seed-7.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	tr, _, err := session.Open(r, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	if got := tr.Layers()[0].Weight; got != b.m.frame.Layers[0].Weight {
		t.Errorf("the weights read back have norm %v, want %v", got, b.m.frame.Layers[0].Weight)
	}
	b.press("s", "enter")
	b.sees("exists already")
}

func TestResetKeepsTheKnobs(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.press(".", ".", "+", "r")
	if b.m.frame.Step != 0 || b.value("optimizer.lr") != "0.002" {
		t.Errorf("step %d at rate %s", b.m.frame.Step, b.value("optimizer.lr"))
	}
	b.press("u")
	if b.m.frame.Step != 2 {
		t.Errorf("undo of a reset leads to step %d", b.m.frame.Step)
	}
}

// No key at any moment, in any pane or dialog, breaks the screen.
func TestAnyKeyAtAnyMoment(t *testing.T) {
	b := newRobot(t, "seed", 80, 24)
	t.Chdir(t.TempDir())
	keys := []string{
		"space", ".", "o", "enter", "l", "esc", "p", "i", "u", "tab", "up", "down", "left", "right", "?", "Z",
		"y", "m", "x", "+", "-", "1", "3", "4", "6", "7", "=", "backspace", "home", "end", "r", "s", "<", ">", "é", "世", "k", "j",
		"C", "B", "M", "L",
	}
	state := uint64(1)
	for range 1500 {
		state = state*6364136223846793005 + 1442695040888963407
		b.press(keys[state>>33%uint64(len(keys))])
		if state>>60 == 0 {
			b.send(tea.WindowSizeMsg{Width: int(state >> 40 % 150), Height: int(state >> 45 % 60)})
		}
		if b.m.w > 0 && b.m.h > 0 {
			check.Exact(t, "screen", b.m.View(), b.m.w, b.m.h)
		}
	}
	if err := b.runner.Close(); err != nil && !errors.Is(err, live.ErrClosed) {
		t.Fatal(err)
	}
}

func TestASurfaceHasItsOwnKnobsAndNoBatches(t *testing.T) {
	b := newRobot(t, "ravine", 120, 36)
	b.train(30)
	b.sees("kappa", "ravine · log")
	b.misses("shuffle", "quantize")
	b.press("p")
	b.sees("there is no prune.sparsity on a surface")
	b.press("o", "down", "enter", ".")
	if b.m.frame.Step != 31 {
		t.Errorf("step %d", b.m.frame.Step)
	}
}
