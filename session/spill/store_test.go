package spill

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// some are vectors of their own for each number.
func some(n int) [][]float64 {
	a, b := make([]float64, 5000), make([]float64, 100)
	for i := range a {
		a[i] = math.Sin(float64(n + i))
	}
	b[n%100] = float64(n)
	return [][]float64{a, b, nil}
}

func wait(t *testing.T, k *Stored) (failed bool) {
	t.Helper()
	for range 10_000 {
		if yes, failed := k.Written(); yes || failed {
			return failed
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("it is not written")
	return true
}

func holds(t *testing.T, k *Stored, n int) {
	t.Helper()
	got, err := k.Load()
	if err != nil {
		t.Fatalf("%d: %v", n, err)
	}
	for i, v := range some(n) {
		if len(v) != len(got[i]) {
			t.Fatalf("%d: vector %d has %d values", n, i, len(got[i]))
		}
		for j := range v {
			if math.Float64bits(v[j]) != math.Float64bits(got[i][j]) {
				t.Fatalf("%d: value %d of vector %d is %v", n, j, i, got[i][j])
			}
		}
	}
}

func TestRoomOfWhatWasDroppedIsTakenAgain(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(filepath.Join(dir, "cache"), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	s.most = 1 << 20 // 24 of them
	kept := map[int]*Stored{}
	for n := range 200 {
		k := s.Put(some(n))
		if k == nil {
			t.Fatalf("%d: no room, %d bytes are used", n, s.Used())
		}
		if wait(t, k) {
			t.Fatal(s.Err())
		}
		kept[n] = k
		if n >= 20 {
			old := n - 20 + n%7 // in no order
			if k := kept[old]; k != nil {
				k.Drop()
				k.Drop()
				if _, err := k.Load(); err == nil {
					t.Error("what was dropped is there")
				}
				delete(kept, old)
			}
			if k := kept[n-20]; k != nil {
				k.Drop()
				delete(kept, n-20)
			}
		}
	}
	used := int64(0)
	for n, k := range kept {
		holds(t, k, n)
		used += k.Bytes()
	}
	if s.Used() != used || s.end > s.most {
		t.Errorf("%d bytes are used, %d are kept, up to %d", s.Used(), used, s.end)
	}
	for _, k := range kept {
		k.Drop()
	}
	if s.Used() != 0 || s.end != 0 || len(s.free) != 0 {
		t.Errorf("%d bytes are used up to %d, with holes %v", s.Used(), s.end, s.free)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "cache", "*")); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
	if s.Put(some(1)) != nil {
		t.Error("a store that is closed takes more")
	}
}

func TestAFullStoreTakesNoMore(t *testing.T) {
	s, err := Open(t.TempDir(), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.most = 100_000
	a, b := s.Put(some(1)), s.Put(some(2))
	if a == nil || b == nil || s.Put(some(3)) != nil {
		t.Fatal("two have room, a third has not")
	}
	wait(t, a)
	wait(t, b)
	a.Drop()
	c := s.Put(some(3))
	if c == nil {
		t.Fatal("there is room again")
	}
	wait(t, c)
	holds(t, b, 2)
	holds(t, c, 3)
}

// fails is a file of which every write from one on, or every read, fails or is damaged.
type fails struct {
	*os.File
	writes   int
	unread   bool
	tampered bool
}

func (f *fails) WriteAt(p []byte, at int64) (int, error) {
	if f.writes--; f.writes < 0 {
		return 0, errors.New("no space left on device")
	}
	return f.File.WriteAt(p, at)
}

func (f *fails) ReadAt(p []byte, at int64) (int, error) {
	if f.unread {
		return 0, errors.New("input/output error")
	}
	n, err := f.File.ReadAt(p, at)
	if f.tampered && n > 0 {
		p[n/2] ^= 1
	}
	return n, err
}

func TestADiskThatFailsIsSaidToHave(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "x"))
	if err != nil {
		t.Fatal(err)
	}
	disk := &fails{File: f, writes: 1}
	s := on(disk, 1<<30)
	defer s.Close()
	a := s.Put(some(1))
	if wait(t, a) {
		t.Fatal(s.Err())
	}
	b := s.Put(some(2))
	if !wait(t, b) || s.Err() == nil || s.Put(some(3)) != nil || s.Used() != a.Bytes() {
		t.Errorf("a full disk: %v, %d bytes are used", s.Err(), s.Used())
	}
	holds(t, a, 1)
	disk.unread = true
	if _, err := a.Load(); err == nil {
		t.Error("a disk that cannot be read is read")
	}
	disk.unread, disk.tampered = false, true
	if _, err := a.Load(); err == nil {
		t.Error("what is damaged is taken for sound")
	}
}

func TestThereIsNoFolderOrNoRoom(t *testing.T) {
	if _, err := Open("", 1<<30); err == nil {
		t.Error("no folder")
	}
	if _, err := Open(t.TempDir(), least-1); err == nil {
		t.Error("no room")
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(filepath.Join(file, "cache"), 1<<30); err == nil {
		t.Error("a folder in a file")
	}
}

func TestWhatAKilledProcessHasLeftIsRemoved(t *testing.T) {
	dir := t.TempDir()
	left, other := filepath.Join(dir, "scratch-99999999-1"), filepath.Join(dir, "scratch-x")
	for _, path := range []string{left, other} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(dir, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := os.Stat(left); err == nil {
		t.Error("it is there")
	}
	if _, err := os.Stat(other); err != nil {
		t.Error("a file of another program is gone")
	}
}
