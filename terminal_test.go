//go:build unix

package main_test

import (
	"fmt"
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

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// desk is descent in a terminal that answers no question.
type desk struct {
	*testing.T
	cmd    *exec.Cmd
	tty    *os.File // the terminal's side
	line   *os.File // the program's side
	mu     sync.Mutex
	screen *vt.Emulator
	bytes  strings.Builder // all that was written
	dir    string
	began  time.Time
}

func newDesk(t *testing.T, args ...string) *desk {
	t.Helper()
	return newDeskOn(t, pty.Winsize{Rows: 36, Cols: 120}, 0, args...)
}

// newDeskOn is a desk on a terminal of that size, at the end of a line that delivers so
// many bytes a second, 0 for all at once.
func newDeskOn(t *testing.T, size pty.Winsize, speed int, args ...string) *desk {
	t.Helper()
	tty, line, err := pty.Open()
	if err != nil {
		t.Skip("there are no terminals here: ", err)
	}
	if err := pty.Setsize(tty, &size); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	d := &desk{T: t, tty: tty, line: line, screen: vt.NewEmulator(120, 36), dir: dir}
	d.cmd = command(t, dir, args...)
	d.cmd.Stdin, d.cmd.Stdout, d.cmd.Stderr = line, line, line
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	d.began = time.Now()
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		b := make([]byte, 1<<16)
		if speed > 0 {
			b = b[:max(speed/100, 1)]
		}
		for {
			if speed > 0 {
				time.Sleep(time.Second / 100)
			}
			n, err := tty.Read(b)
			if err != nil {
				return
			}
			d.mu.Lock()
			d.bytes.Write(b[:n])
			_, _ = d.screen.Write(b[:n])
			d.mu.Unlock()
		}
	}()
	go func() { // the emulator's answers are for nobody
		b := make([]byte, 256)
		for {
			if _, err := d.screen.Read(b); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		if d.cmd.ProcessState == nil {
			_ = d.cmd.Process.Kill()
			_ = d.cmd.Wait()
		}
		tty.Close()
		line.Close()
	})
	return d
}

func (d *desk) text() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.screen.String()
}

func (d *desk) written() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.bytes.String()
}

// until waits for something, and tells how long after the start it came.
func (d *desk) until(what string, is func() bool) time.Duration {
	d.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			d.Fatalf("never %s:\n%s", what, d.text())
		}
	}
	return time.Since(d.began)
}

func (d *desk) shows(words string) time.Duration {
	d.Helper()
	return d.until("shown: "+words, func() bool { return strings.Contains(d.text(), words) })
}

// settings are those of the line: "icanon" where it is whole.
func (d *desk) settings() string {
	out, err := exec.Command("stty", "-F", d.line.Name(), "-a").Output()
	if err != nil {
		d.Skip("stty: ", err)
	}
	return " " + strings.Join(strings.Fields(string(out)), " ")
}

func (d *desk) raw() bool { return strings.Contains(d.settings(), " -icanon") }

// ends waits for the program to end, with that status and a whole terminal.
func (d *desk) ends(status int) {
	d.Helper()
	done := make(chan error, 1)
	go func() { done <- d.cmd.Wait() }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		d.Fatalf("it does not end:\n%s", d.text())
	}
	if got := d.cmd.ProcessState.ExitCode(); got != status {
		d.Errorf("it ends with %d, want %d:\n%s", got, status, d.text())
	}
}

func (d *desk) whole() {
	d.Helper()
	for _, want := range []string{" icanon", " echo ", " isig"} {
		if s := d.settings(); !strings.Contains(s, want) {
			d.Errorf("the terminal is left without%s: %s", want, s)
		}
	}
	for name, codes := range map[string][2]string{"alternate screen": {"\x1b[?1049h", "\x1b[?1049l"}, "mouse": {"\x1b[?1002h", "\x1b[?1002l"}, "cursor": {"\x1b[?25l", "\x1b[?25h"}} {
		if w := d.written(); strings.LastIndex(w, codes[0]) > strings.LastIndex(w, codes[1]) {
			d.Errorf("the %s is left as it was", name)
		}
	}
}

// step is the number of the step on the screen, 0 if there is none.
func (d *desk) step() int {
	n := 0
	if m := regexp.MustCompile(`step (\d+)`).FindStringSubmatch(d.text()); m != nil {
		n, _ = strconv.Atoi(m[1])
	}
	return n
}

// logged checks that the log is complete.
func (d *desk) logged() {
	d.Helper()
	logs, _ := filepath.Glob(filepath.Join(d.dir, "state", "descent", "sessions", "*.jsonl"))
	if len(logs) != 1 {
		d.Fatalf("there are %d logs", len(logs))
	}
	content, err := os.ReadFile(logs[0])
	if err != nil || !strings.Contains(string(content[strings.LastIndexByte(strings.TrimSpace(string(content)), '\n')+1:]), `"end":`) {
		d.Errorf("%v: the log has no end: %.300s", err, content)
	}
}

func TestTheFirstFrameWaitsForNoAnswer(t *testing.T) {
	const most = 200 * time.Millisecond
	least := time.Hour
	for try := 0; try < 5 && least > most; try++ { // others may keep the machine busy
		d := newDesk(t, "seed")
		least = min(least, d.shows("Knobs"))
		_ = d.cmd.Process.Kill()
	}
	t.Logf("the first frame after %v", least)
	if least > 3*most { // a twentieth of a second on an idle machine
		t.Errorf("the first frame took %v", least)
	}
	for _, c := range []string{"run", "list"} {
		d := newDesk(t, c, map[string]string{"run": "seed", "list": "losses"}[c])
		d.ends(0)
		if took := time.Since(d.began); took > 3*time.Second {
			t.Errorf("%s took %v", c, took)
		}
		if strings.Contains(d.written(), "\x1b]") {
			t.Errorf("%s asks the terminal: %q", c, d.written())
		}
	}
}

func TestTheFirstFrameComesOverASlowLine(t *testing.T) {
	d := newDeskOn(t, pty.Winsize{Rows: 24, Cols: 80}, 11520, "seed")
	took := d.shows("? help")
	t.Logf("the whole first frame after %v, %d bytes", took, len(d.written()))
	if took > 3*time.Second { // half a second on an idle machine
		t.Errorf("the first frame took %v", took)
	}
	d.until("asked", func() bool { return strings.Contains(d.written(), "\x1b]11;?\x1b\\") })
	dark := len(d.written())
	for _, b := range []byte("\x1b]11;rgb:ffff/ffff/ffff\x1b\\") {
		_, _ = d.tty.Write([]byte{b})
		time.Sleep(time.Second / 960)
	}
	d.until("drawn for a light background", func() bool { return strings.Contains(d.written()[dark:], "38;5;236m") })
}

func TestATerminalThatDoesNotKnowItsSizeShowsTheUsualOne(t *testing.T) {
	d := newDeskOn(t, pty.Winsize{}, 0, "seed")
	d.shows("Knobs")
}

func TestTheBackgroundIsHeardLateAndNeverTakenForKeys(t *testing.T) {
	d := newDesk(t, "seed")
	d.shows("Knobs")
	d.until("asked", func() bool { return strings.Contains(d.written(), "\x1b]11;?\x1b\\") })
	dark := len(d.written())
	_, _ = d.tty.WriteString(":") // takes text
	d.shows("an action, a knob")
	// r would reset, b begin a branch, g ask for a step.
	for _, part := range []string{"\x1b", "]", "11;", "rgb:ffff/ff", "ff/ffff\x1b", "\\"} {
		_, _ = d.tty.WriteString(part)
		time.Sleep(10 * time.Millisecond)
	}
	d.until("drawn for a light background", func() bool { return strings.Contains(d.written()[dark:], "38;5;236m") })
	if text := d.text(); !strings.Contains(text, "an action, a knob") {
		t.Errorf("the answer was typed, or has closed what was open:\n%s", text)
	}
	_, _ = d.tty.WriteString("\x1b")
	d.until("closed", func() bool { return !strings.Contains(d.text(), "an action, a knob") })
	_, _ = d.tty.WriteString(".")
	d.shows("paused")
	if text := d.text(); strings.Contains(text, "reset") && strings.Contains(text, "decided") || strings.Contains(text, "go to step") || strings.Contains(text, "a branch begins here") {
		t.Errorf("the answer was taken for keys:\n%s", text)
	}
}

func TestSignalsEndTheWorkbenchInOrder(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGINT} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, "seed")
			d.shows("Knobs")
			d.until("the terminal raw", d.raw)
			_, _ = d.tty.WriteString("..p")
			d.shows("decided at ")
			_ = d.cmd.Process.Signal(s)
			d.ends(128 + int(s))
			d.whole()
			d.logged()
		})
	}
}

func TestAHangupEndsTheWorkbenchInOrder(t *testing.T) {
	d := newDesk(t, "seed")
	d.shows("Knobs")
	d.shows("▶ 20 s a run") // what is drawn wakes whoever reads here, who holds the terminal open until then
	d.line.Close()
	d.tty.Close()
	d.ends(128 + int(syscall.SIGHUP))
	d.logged()
}

func TestACommandEndsWithTheStatusOfItsSignal(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, "run", "digits", "--steps", "100000000", "--log", "log")
			d.shows("step ")
			_ = d.cmd.Process.Signal(s)
			d.ends(128 + int(s))
			d.until("said", func() bool { return strings.Contains(d.text(), "everything up to here is written") })
			if log := read(t, d.dir, "log"); !strings.Contains(log, `"end":`) {
				t.Error("the log has no end")
			}
		})
	}
}

// A stop from outside leaves the terminal to the shell, which sets it as it needs.
func TestWhatWasStoppedFromOutsideComesBackWhole(t *testing.T) {
	d := newDesk(t, "seed")
	d.shows("Knobs")
	d.until("the terminal raw", d.raw)
	_, _ = d.tty.WriteString(".")
	d.shows("paused")
	for range 2 {
		if err := d.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		d.until("stopped", func() bool {
			stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", d.cmd.Process.Pid))
			return err != nil || strings.Contains(string(stat), ") T ")
		})
		if out, err := exec.Command("stty", "-F", d.line.Name(), "sane").CombinedOutput(); err != nil {
			t.Skipf("stty: %v %s", err, out)
		}
		d.mu.Lock()
		_, _ = d.screen.WriteString("\x1b[?1049l\x1b[2J\x1b[H$ fg")
		d.bytes.Reset()
		d.mu.Unlock()
		_ = d.cmd.Process.Signal(syscall.SIGCONT)
		d.until("raw again", d.raw)
		d.shows("Knobs")
		d.until("the mouse again", func() bool { return strings.Contains(d.written(), "\x1b[?1002h") })
		before := d.step()
		_, _ = d.tty.WriteString(".")
		d.until("the next step", func() bool { return d.step() == before+1 })
	}
	_, _ = d.tty.WriteString("q")
	d.ends(0)
	d.whole()
}
