package input_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"descent/core/input"
)

func TestARegularFileIsReadUpToTheLimit(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := os.WriteFile(path, []byte("12345"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	for _, p := range []string{path, link} {
		if got, err := input.Read(p, 5); err != nil || string(got) != "12345" {
			t.Errorf("%s: %q, %v", p, got, err)
		}
		if got, err := input.Head(p, 2); err != nil || string(got) != "12" {
			t.Errorf("the head of %s: %q, %v", p, got, err)
		}
	}
	for limit, want := range map[int64]string{4: "0 MiB", 2 << 20: "2 MiB", 3 << 30: "3 GiB"} {
		if err := os.Truncate(path, limit+1); err != nil {
			t.Fatal(err)
		}
		_, err := input.Read(path, limit)
		if want := path + " cannot be read: it is larger than " + want + ", the most that is read"; err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := input.Read(filepath.Join(dir, "none"), 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// Some of the kernel call themselves regular and wait for what is to come.
func TestAFileThatWaitsIsGivenUp(t *testing.T) {
	for _, path := range []string{"/proc/kmsg", "/sys/kernel/debug/tracing/trace_pipe"} {
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			continue
		}
		if f, err := os.Open(path); err != nil {
			continue // not for everybody
		} else {
			f.Close()
		}
		if _, err := input.Read(path, 1<<30); err == nil || !strings.Contains(err.Error(), "only regular files are read") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// A file of the kernel says that it is empty, and is not.
func TestTheLimitHoldsWhateverTheSizeSays(t *testing.T) {
	const path = "/proc/self/status"
	if info, err := os.Stat(path); err != nil || info.Size() != 0 {
		t.Skip("there is no such file")
	}
	if _, err := input.Read(path, 10); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("10 bytes: %v", err)
	}
	if got, err := input.Read(path, 1<<20); err != nil || len(got) == 0 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestWhatIsNoRegularFileIsRefusedAtOnce(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such files")
	}
	dir := t.TempDir()
	pipe, socket, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "socket"), filepath.Join(dir, "link")
	if err := mkfifo(pipe); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.Symlink(pipe, link); err != nil {
		t.Fatal(err)
	}
	for path, what := range map[string]string{pipe: "a pipe", link: "a pipe", socket: "a socket", dir: "a directory", "/dev/zero": "a device", "/dev/null": "a device"} {
		want := path + " cannot be read: it is " + what + "; only regular files are read"
		if _, err := input.Read(path, 1<<20); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
		if _, err := input.Head(path, 1); err == nil || err.Error() != want {
			t.Errorf("the head: %v, want %s", err, want)
		}
	}
}
