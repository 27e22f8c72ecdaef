//go:build unix

package session

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/disk"
	"descent/session/disk/disktest"
	"descent/session/export"
	"descent/session/journal"
)

// A log that is deleted, replaced or cut short while it is written is said at
// the next decision, and at the end; nothing claims that it is kept.
func TestALogThatIsGoneIsSaid(t *testing.T) {
	for what, do := range map[string]func(path string) error{
		"it was deleted": os.Remove,
		"it was replaced": func(path string) error {
			content, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(path+"2", content, 0o600), os.Rename(path+"2", path))
		},
		"it was cut short": func(path string) error { return os.Truncate(path, 10) },
	} {
		s, path := logged(t, moons(t))
		steps(t, s, 3)
		set(t, s, "optimizer.lr", knob.Num(0.1))
		if err := do(path); err != nil {
			t.Fatal(err)
		}
		set(t, s, "optimizer.lr", knob.Num(0.2))
		if err := s.LogError(); err == nil || !strings.Contains(err.Error(), what) || !strings.Contains(err.Error(), "this session is no longer saved") {
			t.Errorf("it says %v, want %q", err, what)
		}
		if err := s.Finish(); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: it ends with %v", what, err)
		}
	}
}

// Between two decisions it is noticed too.
func TestALogThatIsGoneIsNoticedWhileNothingIsDecided(t *testing.T) {
	s, path := logged(t, moons(t))
	steps(t, s, 3)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	s.CheckLog()
	if s.logErr == nil {
		t.Error("nothing is said")
	}
}

func TestNothingIsWrittenThroughASymbolicLink(t *testing.T) {
	dir := t.TempDir()
	victim := filepath.Join(dir, "victim")
	write := func() {
		if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	same := func(what string) {
		if b, err := os.ReadFile(victim); err != nil || string(b) != "precious" {
			t.Errorf("%s: the file behind the link holds %q (%v)", what, b, err)
		}
	}
	write()
	path := filepath.Join(dir, "s.jsonl")
	if err := os.Symlink(victim, path+".lock"); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Create(path, journal.NewHeader(moons(t), nil), false); err == nil || !strings.Contains(err.Error(), "s.jsonl.lock was not written by descent") {
		t.Errorf("a lock that is a link: %v", err)
	}
	same("the lock")
	if err := os.Remove(path + ".lock"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, path+".state.new"); err != nil {
		t.Fatal(err)
	}
	s, _ := logged(t, moons(t))
	if err := s.State(StateBytes).save(disk.Machine{}, path); err != nil {
		t.Error(err)
	}
	same("the state")
	out := filepath.Join(dir, "out")
	if err := os.Symlink(victim, disk.TempName(out, os.Getpid())); err != nil {
		t.Fatal(err)
	}
	if err := disk.WriteFile(disk.Machine{}, out, []byte("x")); err != nil {
		t.Error(err)
	}
	same("what a user saves")
}

func TestWhatIsSavedIsOpenAsTheUmaskSays(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o027))
	dir := t.TempDir()
	mode := func(path string) os.FileMode {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	s, log := logged(t, moons(t))
	encode := func(recipe.Recipe, string) ([]byte, error) { return []byte("x"), nil }
	if err := export.Save(disk.Machine{}, s.trainer, filepath.Join(dir, "mine"), encode); err != nil {
		t.Fatal(err)
	}
	if err := disk.WriteFile(disk.Machine{}, filepath.Join(dir, "weights"), []byte("x")); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "mine.toml"), filepath.Join(dir, "mine.safetensors"), filepath.Join(dir, "weights"), log} {
		if got := mode(path); got != 0o640 {
			t.Errorf("%s is open as %o, want 640", filepath.Base(path), got)
		}
	}
	if err := s.State(StateBytes).save(disk.Machine{}, log); err != nil {
		t.Fatal(err)
	}
	if got := mode(journal.StatePath(log)); got != 0o600 {
		t.Errorf("the state is open as %o, want 600", got)
	}
}

// kill renames what this process left unfinished to what one left that is gone.
func kill(d *disktest.Disk) {
	own := fmt.Sprintf(".%d.new", os.Getpid())
	for _, m := range []map[string][]byte{d.Written, d.Synced} {
		for _, path := range slices.Collect(maps.Keys(m)) {
			if stem, ok := strings.CutSuffix(path, own); ok {
				m[stem+".999999999.new"] = m[path]
				delete(m, path)
			}
		}
	}
}

// A save that is interrupted at any write leaves no file half written, and the
// same name can be saved again; then nothing of it is left behind.
func TestAnInterruptedSaveCanBeDoneAgain(t *testing.T) {
	s, _ := logged(t, moons(t))
	steps(t, s, 3)
	if err := s.Do("user", journal.Command{Act: &journal.Act{Name: journal.Teach, Step: 2}}); err != nil {
		t.Fatal(err)
	}
	encode := func(recipe.Recipe, string) ([]byte, error) { return []byte("preset"), nil }
	names := []string{"/d/mine-teacher.safetensors", "/d/mine.safetensors", "/d/mine.toml"}
	whole := disktest.New(-1, false)
	if err := export.Save(whole, s.trainer, "/d/mine", encode); err != nil {
		t.Fatal(err)
	}
	for n := range 30 {
		d := disktest.New(n, true)
		failed := export.Save(d, s.trainer, "/d/mine", encode)
		if failed == nil && n < 10 {
			t.Errorf("operation %d failed, and nothing was said", n)
		}
		for _, name := range names {
			if b := d.Written[name]; b != nil && !bytes.Equal(b, whole.Written[name]) {
				t.Errorf("operation %d: %s is half written", n, name)
			}
		}
		if d.Written[names[2]] != nil && (d.Written[names[0]] == nil || d.Written[names[1]] == nil) {
			t.Errorf("operation %d: there is a preset without its weights", n)
		}
	}
	killed := 0
	for n := range 30 {
		d := &killedDisk{disktest.New(n, true)}
		_ = export.Save(d, s.trainer, "/d/mine", encode)
		finished := d.Written[names[2]] != nil
		kill(d.Disk)
		d.Left = -1
		err := export.Save(d.Disk, s.trainer, "/d/mine", encode)
		if finished {
			if err == nil || !strings.Contains(err.Error(), "exists already") {
				t.Errorf("killed at operation %d, when all was there: saved again gives %v", n, err)
			}
			continue
		}
		killed++
		if err != nil {
			t.Errorf("killed at operation %d: saved again gives %v", n, err)
		}
		if left := slices.Sorted(maps.Keys(d.Written)); !slices.Equal(left, names) {
			t.Errorf("killed at operation %d: %v is there", n, left)
		}
	}
	if killed < 8 {
		t.Errorf("only %d operations of a save were interrupted", killed)
	}
}

// killedDisk does nothing more once it has failed: not even clearing up.
type killedDisk struct{ *disktest.Disk }

func (d *killedDisk) Remove(path string) error {
	if d.Left == 0 {
		return disktest.ErrFull
	}
	return d.Disk.Remove(path)
}

// A file of the user's own is never taken for what an interrupted save left.
func TestAFileOfThatNameIsNotReplaced(t *testing.T) {
	s, _ := logged(t, moons(t))
	dir := t.TempDir()
	encode := func(recipe.Recipe, string) ([]byte, error) { return []byte("preset"), nil }
	for _, name := range []string{"mine.safetensors", "mine.toml"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := export.Save(disk.Machine{}, s.trainer, filepath.Join(dir, "mine"), encode); err == nil || !strings.Contains(err.Error(), name+" exists already") {
			t.Errorf("%s: %v", name, err)
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLongNamesHaveRoom(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	r := moons(t)
	r.Name = strings.Repeat("ö", 120)
	log, err := journal.Begin(journal.NewHeader(r, nil))
	if err != nil {
		t.Fatal(err)
	}
	s := New(trainer(t, r), log)
	if err := s.State(0).save(disk.Machine{}, log.Path); err != nil {
		t.Error(err)
	}
	if err := s.Finish(); err != nil {
		t.Error(err)
	}
	long := filepath.Join(t.TempDir(), strings.Repeat("x", 250))
	if err := disk.WriteFile(disk.Machine{}, long, []byte("x")); err != nil {
		t.Errorf("a name that has just room: %v", err)
	}
}

// A log is on the disk with its name before anything is acknowledged.
func TestANewLogIsThereAfterAPowerCut(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	d := disktest.New(-1, false)
	if _, err := journal.BeginOn(d, journal.NewHeader(moons(t), nil)); err != nil {
		t.Fatal(err)
	}
	if len(d.Named) != 1 {
		t.Errorf("%v would be there", d.Named)
	}
}

func TestALogThatNeverCameToHoldALineIsRemoved(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	d := disktest.New(1, true)
	l, err := journal.BeginOn(d, journal.NewHeader(moons(t), nil))
	if err == nil || len(d.Written) != 1 {
		t.Fatalf("%v; %d files", err, len(d.Written))
	}
	if err := l.Close(); err == nil || len(d.Written) != 0 {
		t.Errorf("%v; %d files are left", err, len(d.Written))
	}
}
