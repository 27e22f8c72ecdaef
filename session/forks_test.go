package session

import (
	"bytes"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"descent/core/knob"
	"descent/session/disk"
	"descent/session/disk/disktest"
	"descent/session/journal"

	"pgregory.net/rapid"
)

// What branches share is kept once: ten thousand of them, each begun on the one
// before, with decisions on the way, are some tens of megabytes, live and
// read from a log.
func TestTenThousandBranchesAreSmall(t *testing.T) {
	const n = 10_000
	r := few(t)
	heap := func() int {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	path := filepath.Join(t.TempDir(), "s.jsonl")
	out := disktest.New(-1, false)
	before := heap()
	l, err := journal.CreateOn(unsynced{out}, path, journal.NewHeader(r, nil), false)
	if err != nil {
		t.Fatal(err)
	}
	s := New(trainer(t, r), l)
	grow := func(n int) time.Duration {
		start := time.Now()
		for i := range n {
			s.Fork("")
			if i%4 == 0 {
				set(t, s, "optimizer.lr", knob.Num(0.001+float64(i%7)*1e-4))
				steps(t, s, 1)
			}
		}
		return time.Since(start)
	}
	first := grow(n / 4)
	grow(n / 2)
	if last := grow(n / 4); last > 8*first+time.Second {
		t.Errorf("the first quarter took %v, the last %v", first, last)
	}
	start := time.Now()
	if lines, marks := s.Branches(), s.Marks(); len(lines) != n+1 || len(marks) != n/4 {
		t.Errorf("the screen is told of %d branches and %d decisions", len(lines), len(marks))
	}
	t.Logf("to tell of them takes %v", time.Since(start))
	if got := heap() - before - len(out.Written[path]); got > 200e6 {
		t.Errorf("they hold %d MB", got/1e6)
	} else {
		t.Logf("they hold %d MB", got/1e6)
	}
	hash := s.trainer.Hash()
	rec, err := journal.Parse(path, bytes.NewReader(out.Written[path]))
	if err != nil {
		t.Fatal(err)
	}
	s = nil
	before = heap()
	back := New(trainer(t, r), nil)
	read := rec.Read(back.trainer, false)
	if err := read.Err(); err != nil {
		t.Fatal(err)
	}
	if err := back.travel(back.cursor, back.rebuild(read).position, nil); err != nil {
		t.Fatal(err)
	}
	if got := heap() - before; got > 200e6 || back.trainer.Hash() != hash || len(back.branches) != n+1 {
		t.Errorf("read from the log they hold %d MB", got/1e6)
	}
}

// unsynced spares a test ten thousand copies of its log.
type unsynced struct{ *disktest.Disk }

func (u unsynced) Create(path string, flags int, mode fs.FileMode) (disk.File, error) {
	f, err := u.Disk.Create(path, flags, mode)
	return unsyncedFile{f}, err
}

type unsyncedFile struct{ disk.File }

func (unsyncedFile) Sync() error { return nil }

// Shared decisions are those of a list that is copied for each branch.
func TestSharedDecisionsAreThoseOfACopy(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tree, copies := []*decisions{{}}, [][]*Decision{nil}
		for range rapid.IntRange(1, 30).Draw(rt, "acts") {
			i := rapid.IntRange(0, len(tree)-1).Draw(rt, "branch")
			if rapid.Bool().Draw(rt, "fork") {
				n := rapid.IntRange(0, len(copies[i])).Draw(rt, "inherited")
				begun := tree[i].first(n)
				tree, copies = append(tree, &begun), append(copies, slices.Clone(copies[i][:n]))
				continue
			}
			step := 1
			if n := len(copies[i]); n > 0 {
				step = copies[i][n-1].Step
			}
			e := &Decision{journal.Entry{Step: step + rapid.IntRange(0, 3).Draw(rt, "later")}, fmt.Sprint(i)}
			tree[i].own, copies[i] = append(tree[i].own, e), append(copies[i], e)
		}
		for i, d := range tree {
			want := copies[i]
			if !slices.Equal(d.all(), want) || d.count() != len(want) {
				rt.Fatalf("branch %d has %d decisions, want %d", i, d.count(), len(want))
			}
			if last := d.last(); len(want) == 0 && last != nil || len(want) > 0 && last != want[len(want)-1] {
				rt.Fatalf("the last decision of branch %d is %v", i, last)
			}
			for step := range 12 {
				n := 0
				for n < len(want) && want[n].Step <= step {
					n++
				}
				if got := d.upTo(step); got != n {
					rt.Fatalf("branch %d holds %d decisions in step %d, want %d", i, got, step, n)
				}
			}
		}
	})
}
