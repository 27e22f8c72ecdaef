package tui

import (
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"descent/core"
	"descent/core/knob"
	"descent/presets"
	"descent/session"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/vt"
)

// console runs the workbench on digits, training at full speed, against a
// console in memory.
func console(tb testing.TB, w, h int) (keys io.Writer, screen func() string, r *live.Runner) {
	tb.Helper()
	recipe, err := presets.Load(presets.Default)
	if err != nil {
		tb.Fatal(err)
	}
	if err := recipe.Set("train.steps", knob.Num(1e9)); err != nil { // it does not end
		tb.Fatal(err)
	}
	tr, _, err := session.Open(recipe, presets.Files{})
	if err != nil {
		tb.Fatal(err)
	}
	r = live.Run(session.New(tr, nil), true)
	emulator := &locked{SafeEmulator: vt.NewSafeEmulator(w, h)}
	in, keys := io.Pipe()
	p := tea.NewProgram(newRoot(frames.Plain(), r, Options{}),
		tea.WithInput(in), tea.WithOutput(emulator), tea.WithAltScreen(), tea.WithoutSignalHandler())
	done := make(chan error, 1)
	go func() { _, err := p.Run(); done <- err }()
	go func() { _, _ = io.Copy(io.Discard, emulator) }() // its answers to queries
	p.Send(tea.WindowSizeMsg{Width: w, Height: h})
	tb.Cleanup(func() {
		p.Quit()
		if err := <-done; err != nil {
			tb.Error(err)
		}
		_ = r.Close() // the emulator stays: its Close and its Read are not for two goroutines
	})
	return keys, emulator.String, r
}

// locked is an emulator that is written to and looked at by two goroutines: the
// lock of its own leaves String and WriteString out.
type locked struct {
	*vt.SafeEmulator
	mu sync.Mutex
}

func (l *locked) WriteString(s string) (int, error) { return l.Write([]byte(s)) }

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.SafeEmulator.Write(b)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.SafeEmulator.String()
}

func appears(tb testing.TB, screen func() string, pattern string) {
	tb.Helper()
	text := regexp.MustCompile(pattern)
	start := time.Now()
	for time.Since(start) < 20*time.Second {
		if text.MatchString(screen()) {
			return
		}
		time.Sleep(500 * time.Microsecond)
	}
	tb.Fatalf("%q never appeared on:\n%s", pattern, screen())
}

// From a key to the changed screen under full load: 50 ms for 95 of 100 keys,
// 100 ms for 99. Whatever else the machine does may spoil a round, not eight in a
// row, unless it has more to do all the time than it has processors.
func TestKeysAreAnsweredWhileTrainingAtFullSpeed(t *testing.T) {
	keys, screen, _ := console(t, 120, 36)
	appears(t, screen, "as fast as it goes")
	for range 8 {
		if answered(t, keys, screen) || check.Race { // which slows everything down
			return
		}
	}
	if load, processors := waiting(), float64(runtime.NumCPU()); load > processors+1 {
		t.Skipf("%.1f processes want %.0f processors: no time says anything now", load, processors)
	}
	t.Error("eight rounds were too slow; want 95% within 50 ms and 99% within 100 ms")
}

// The same while a search trains trials on every processor beside it: 50 ms for 99 of
// 100 keys.
func TestKeysAreAnsweredDuringASearchOnEveryProcessor(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	keys, screen, r := console(t, 120, 36)
	axes, err := study.ParseAxes(r.Frame().Recipe, []string{"optimizer.lr=1e-3..1e-1"})
	if err != nil {
		t.Fatal(err)
	}
	spec := study.Spec{Seed: 1, Objectives: []string{"val_loss"}, Steps: 2000, Seeds: 1, Axes: axes, Sampler: "random", Pruner: "none"}
	if err := r.BeginSearch(live.Studies(presets.Files{}), spec, false, max(runtime.NumCPU(), 2)).Wait(); err != nil {
		t.Fatal(err)
	}
	for _, playing := range []bool{true, false} {
		_ = r.Play(playing).Wait()
		appears(t, screen, "descent")
		ok := check.Race
		for range 4 {
			if _, most := press100(t, keys, screen); most <= 50*time.Millisecond || ok {
				ok = true
				break
			}
		}
		if load, processors := waiting(), float64(runtime.NumCPU()); !ok && load > processors+2.5 {
			t.Skipf("%.1f processes want %.0f processors: no time says anything now", load, processors)
		}
		if !ok {
			t.Errorf("playing %v: four rounds were too slow; want 99%% within 50 ms", playing)
		}
	}
	if f := r.Frame(); f.Tuning.Study.Steps == 0 || f.Tuning.Err != nil {
		t.Errorf("the search stands still: %v", f.Tuning.Err)
	}
}

// waiting is how many processes have run or waited to in the last minute, 0 where
// the system does not say.
func waiting() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), " ")
	load, _ := strconv.ParseFloat(first, 64)
	return load
}

// answered presses a hundred keys and tells whether the screen was fast enough.
func answered(t *testing.T, keys io.Writer, screen func() string) bool {
	t.Helper()
	p95, p99 := press100(t, keys, screen)
	return p95 <= 50*time.Millisecond && p99 <= 100*time.Millisecond
}

// press100 presses a hundred keys, and returns how long 95 and 99 of them took at most.
func press100(t *testing.T, keys io.Writer, screen func() string) (p95, p99 time.Duration) {
	t.Helper()
	var took []time.Duration
	for i := range 100 {
		key, text := "+", `lr +0\.002 `
		if i%2 == 1 {
			key, text = "-", `lr +0\.001 `
		}
		start := time.Now()
		if _, err := io.WriteString(keys, key); err != nil {
			t.Fatal(err)
		}
		appears(t, screen, text)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	t.Logf("median %v, 95%% %v, 99%% %v", took[49], took[94], took[98])
	return took[94], took[98]
}

// BenchmarkUnderTheScreen is training as the workbench does it; compare with
// BenchmarkBare in the same run.
func BenchmarkUnderTheScreen(b *testing.B) {
	_, screen, r := console(b, 120, 36)
	appears(b, screen, "▶")
	from := r.Frame().Step
	b.ResetTimer()
	for r.Frame().Step < from+b.N {
		time.Sleep(time.Millisecond)
	}
}

// BenchmarkBare is the same training with nothing to look at.
func BenchmarkBare(b *testing.B) {
	recipe, err := presets.Load(presets.Default)
	if err != nil {
		b.Fatal(err)
	}
	tr, err := core.New(recipe, presets.Files{})
	if err != nil {
		b.Fatal(err)
	}
	s := session.New(tr, nil)
	for b.Loop() {
		if _, err := s.Step(); err != nil {
			b.Fatal(err)
		}
	}
}
