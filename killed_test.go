//go:build unix

package main_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"descent/session/journal"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// The workbench is killed with SIGKILL at random moments while it trains and
// decides, and each time it has to come back with every decision that its screen
// had shown. KILL9_ROUNDS says how often, KILL9_SEED when and with which keys;
// tools/kill9 sets them.
func TestKilledAtAnyMomentNothingShownIsLost(t *testing.T) {
	rounds, seed := killings(t, 4)
	if err := killing(t, rounds, seed, "spiral", false); err != nil {
		t.Fatal(err)
	}
}

// The same on a small disk that is full at times: what could not be written is
// not shown as decided, and is written once there is room.
func TestKilledOnAFullDiskNothingShownIsLost(t *testing.T) {
	rounds, seed := killings(t, 2)
	if err := killing(t, rounds, seed, "spiral", true); err != nil {
		t.Fatal(err)
	}
}

// killings is how often to kill, and the seed of when.
func killings(t *testing.T, rounds int) (int, uint64) {
	t.Helper()
	seed := 1
	for name, v := range map[string]*int{"KILL9_ROUNDS": &rounds, "KILL9_SEED": &seed} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			*v = n
		}
	}
	return rounds, uint64(seed)
}

var (
	decided = regexp.MustCompile(`decided at ([\d,]+): `)
	stepped = regexp.MustCompile(`step ([\d,]+)`)
	stands  = regexp.MustCompile(`^step (\d+) of .*decisions: (\d+)`)
)

func number(s string) int {
	n, err := strconv.Atoi(strings.ReplaceAll(s, ",", ""))
	if err != nil {
		panic(err) // the expressions only match digits and commas
	}
	return n
}

func killing(t *testing.T, rounds int, seed uint64, preset string, full bool) error {
	dir := t.TempDir()
	if full && !smallDisk(t, dir, "2m") {
		t.Skip("a small disk takes the rights to mount one")
	}
	program, err := program()
	if err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	env := append(os.Environ(), "XDG_STATE_HOME="+dir, "XDG_CONFIG_HOME="+dir, "TERM=xterm-256color")
	keys := []string{"+", "-", "o\r", "p", "i", "u", "+", "-", " ", " ", ".", "r", "R\r\r", "R", "X\r\r", "\x1b"}
	slowest, behind := time.Duration(0), 0
	for round := 1; round <= rounds; round++ {
		args := []string{preset}
		if round > 1 {
			args = []string{"resume"}
		}
		fill := func(on bool) error { return nil }
		if full {
			fill = func(on bool) error { return filler(dir, on) }
		}
		seen, err := live(program, dir, env, args, rng, keys, fill)
		if err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		path, rec, err := latest(dir)
		if err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		sets, known := 0, seen.decision == 0
		for _, e := range rec.Entries {
			if e.Set != nil {
				sets++
				known = known || e.Step == seen.decision
			}
			known = known || e.Fork != nil && (seen.reset && e.Fork.Step == 0 || e.Fork.Step == seen.decision-1)
		}
		if !known {
			return fmt.Errorf("round %d: the screen showed a decision at step %d that is not in %s", round, seen.decision-1, path)
		}
		start := time.Now()
		check := exec.Command(program, "resume", "--dry-run")
		check.Env = env
		var stderr bytes.Buffer
		check.Stderr = &stderr
		out, err := check.Output()
		took := time.Since(start)
		m := stands.FindSubmatch(out)
		if err != nil || m == nil {
			return fmt.Errorf("round %d: resume says %q %q (%w)", round, out, stderr.String(), err)
		}
		if got := number(string(m[2])); got != sets {
			return fmt.Errorf("round %d: resumed with %d decisions, the log has %d", round, got, sets)
		}
		if strings.Contains(stderr.String(), "does not come out") {
			return fmt.Errorf("round %d: %s", round, stderr.String())
		}
		if err := fill(false); err != nil {
			return err
		}
		slowest = max(slowest, took)
		behind = max(behind, seen.step-number(string(m[1])))
		if round%20 == 0 || round == rounds {
			t.Logf("%d rounds: nothing lost; decisions in the log: %d, slowest resume %v, at most %d steps to train again", round, sets, slowest.Round(time.Millisecond), behind)
		}
	}
	return nil
}

// sight is what the screen showed last: the step it stood at, and the step from
// which the last decision holds, 0 if it named none.
type sight struct {
	step, decision int
	reset          bool // the decision was to begin again
}

// live runs the workbench in dir on a terminal for a while, pressing keys, and kills it.
// fill is called now and then, to take all room on its disk or give it back.
func live(program, dir string, env, args []string, rng *rand.Rand, keys []string, fill func(on bool) error) (sight, error) {
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Dir = env, dir
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 36, Cols: 120})
	if err != nil {
		return sight{}, err
	}
	defer tty.Close()
	screen := vt.NewEmulator(120, 36)
	var mu sync.Mutex
	go func() {
		answer := make([]byte, 4096)
		for {
			n, err := screen.Read(answer) // the terminal answers what it is asked
			if err != nil {
				return
			}
			_, _ = tty.Write(answer[:n])
		}
	}()
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := make([]byte, 1<<16)
		for {
			n, err := tty.Read(b)
			if err != nil {
				return
			}
			mu.Lock()
			_, _ = screen.Write(b[:n])
			mu.Unlock()
		}
	}()
	text := func() string {
		mu.Lock()
		defer mu.Unlock()
		return screen.String()
	}
	deadline := time.Now().Add(20 * time.Second)
	for !strings.Contains(text(), "Knobs") {
		if time.Now().After(deadline) {
			return sight{}, fmt.Errorf("the workbench never came up: %q", text())
		}
		time.Sleep(10 * time.Millisecond)
	}
	_, _ = tty.WriteString(" ")
	for range rng.IntN(8) {
		time.Sleep(time.Duration(rng.IntN(300)) * time.Millisecond)
		if rng.IntN(3) == 0 {
			if err := fill(rng.IntN(2) == 0); err != nil {
				return sight{}, err
			}
		}
		_, _ = tty.WriteString(keys[rng.IntN(len(keys))])
	}
	time.Sleep(time.Duration(rng.IntN(300)) * time.Millisecond)
	var s sight
	last := text()
	if m := decided.FindStringSubmatch(last); m != nil {
		s.decision = number(m[1]) + 1
		s.reset = strings.Contains(last, m[0]+"reset")
	}
	if m := stepped.FindStringSubmatch(last); m != nil {
		s.step = number(m[1])
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		return s, fmt.Errorf("it ended by itself: %w: %q", err, last)
	}
	_ = cmd.Wait()
	tty.Close()
	<-done
	return s, nil
}

// latest reads the one log there is.
func latest(dir string) (string, *journal.Record, error) {
	logs, err := filepath.Glob(filepath.Join(dir, "descent", "sessions", "*.jsonl"))
	if err != nil || len(logs) != 1 {
		return "", nil, fmt.Errorf("there are %d logs, want 1 (%v)", len(logs), err)
	}
	content, err := os.ReadFile(logs[0])
	if err != nil {
		return "", nil, err
	}
	rec, err := journal.Parse(logs[0], bytes.NewReader(content))
	return logs[0], rec, err
}

// A run that is killed comes back where it was, though nobody decided anything.
func TestARunThatIsKilledIsResumedWhereItWas(t *testing.T) {
	dir := t.TempDir()
	program, err := program()
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command(program, "run", "spiral", "--steps", "1000000000", "--quiet", "--log", "l.jsonl")
	run.Dir = dir
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	noted := false
	for range 3000 {
		if content, err := os.ReadFile(filepath.Join(dir, "l.jsonl.reached")); err == nil && bytes.HasSuffix(content, []byte("\n")) && !bytes.Contains(content, []byte(`"step":0,`)) {
			noted = true
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	_ = run.Process.Kill()
	_ = run.Wait()
	if !noted {
		t.Fatal("nothing is noted of how far the run has come")
	}
	resume := exec.Command(program, "resume", "--dry-run", "l.jsonl")
	resume.Dir = dir
	out, err := resume.Output()
	if found := stands.FindSubmatch(out); err != nil || found == nil || number(string(found[1])) == 0 {
		t.Errorf("resume says %q (%v)", out, err)
	}
	again := exec.Command(program, "run", "spiral", "--steps", "500", "--quiet", "--log", "l.jsonl")
	again.Dir = dir
	if out, err := again.CombinedOutput(); err != nil {
		t.Errorf("a run into the same log says %q (%v)", out, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.reached")); len(left) > 0 {
		t.Errorf("a run that ended leaves %v", left)
	}
}
