package session

import (
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"descent/core/knob"
	"descent/session/spill"
)

// wide is a session on a network whose snapshots are large, with a file for them in a
// folder of its own, and memory for three.
func wide(t *testing.T, most int64) *Session {
	t.Helper()
	r := moons(t)
	r.Model.Layers = []int{2, 600, 300, 2}
	s := New(trainer(t, r), nil)
	s.Memory(4 << 20)
	file, err := spill.Open(t.TempDir(), most)
	if err != nil {
		t.Fatal(err)
	}
	s.Spill(file, nil)
	s.shelf.between = 8 * s.trainer.StepWork()
	t.Cleanup(func() { _ = s.Release() })
	if s.apart(s.trainer) != 8 {
		t.Fatalf("%d steps lie between two snapshots", s.apart(s.trainer))
	}
	return s
}

// settled waits until the file has what it was given.
func settled(t *testing.T, s *Session) {
	t.Helper()
	for range 10_000 {
		if s.shelf.file.Waiting() == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("it is not written")
}

func TestAnyStepOfALargeNetworkIsCloseToASnapshotAndExact(t *testing.T) {
	s := wide(t, 1<<30)
	want := map[int]string{0: s.trainer.Hash()}
	for n := range 80 {
		if n == 30 {
			set(t, s, "optimizer.lr", knob.Num(0.02))
		}
		if n == 45 {
			set(t, s, "prune.sparsity", knob.Num(0.5))
		}
		steps(t, s, 1)
		want[n+1] = s.trainer.Hash()
		settled(t, s)
	}
	away := 0
	for i := range s.at.kept.list {
		if s.at.kept.list[i].away() {
			away++
		}
	}
	if gap := s.LongestGap(); gap > 8 || away < 8 || s.shelf.held > 5<<20 {
		t.Errorf("the longest gap is %d; %d of %d are in the file, %d bytes in memory", gap, away, len(s.at.kept.list), s.shelf.held)
	}
	first := s.at.id
	if err := s.Seek(first, 46, nil); err != nil {
		t.Fatal(err)
	}
	set(t, s, "optimizer.lr", knob.Num(0.5)) // another branch
	steps(t, s, 20)
	other := s.at.id
	end := s.trainer.Hash()
	all := []int{0, 1, 8, 23, 29, 30, 31, 44, 45, 46, 79}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3 {
		rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		for _, step := range all {
			if err := s.Seek(first, step, nil); err != nil {
				t.Fatal(err)
			}
			if got := s.trainer.Hash(); got != want[step] {
				t.Fatalf("step %d is another after a seek", step)
			}
		}
	}
	if err := s.Seek(other, 66, nil); err != nil || s.trainer.Hash() != end {
		t.Errorf("the other branch: %v", err)
	}
	if got := s.Start(); got == nil || got.Step != 0 || got.Params == nil {
		t.Error("the initial state is not read")
	}
}

func TestOldSnapshotsAreFartherApartWhereTheFileIsFull(t *testing.T) {
	s := wide(t, 32<<20) // about 22 snapshots
	for range 300 {
		steps(t, s, 1)
		settled(t, s)
	}
	list := s.at.kept.list
	if used, most := s.shelf.file.Used(), s.shelf.file.Most(); used > most || used < most/2 {
		t.Errorf("%d bytes of %d are used", used, most)
	}
	recent := 0
	for i := len(list) - 1; i > 0 && list[i].state.Step-list[i-1].state.Step <= 8; i-- {
		recent++
	}
	if early := list[1].state.Step - list[0].state.Step; early <= 8 || recent < 8 {
		t.Errorf("the first gap is %d steps; %d of the last %d snapshots are 8 steps apart", early, recent, len(list))
	}
	if s.shelf.held > 5<<20 {
		t.Errorf("%d bytes are in memory", s.shelf.held)
	}
}

// A file that cannot be read or is gone costs time.
func TestSnapshotsThatCannotBeReadAreComputedAgain(t *testing.T) {
	s := wide(t, 1<<30)
	want := ""
	for n := range 40 {
		steps(t, s, 1)
		settled(t, s)
		if n+1 == 20 {
			want = s.trainer.Hash()
		}
	}
	for i := 1; i < len(s.at.kept.list); i++ {
		if k := &s.at.kept.list[i]; k.away() {
			k.stored.Drop()
		}
	}
	if err := s.Seek(s.at.id, 20, nil); err != nil || s.trainer.Hash() != want {
		t.Errorf("it is another: %v", err)
	}
	if last := s.events[len(s.events)-1]; last.Kind != Noted || !strings.Contains(last.Words, "cannot be used") {
		t.Errorf("nothing is said: %v", s.events)
	}
	steps(t, s, 10)
	if err := s.Release(); err != nil {
		t.Fatal(err)
	}
	steps(t, s, 30)
	if err := s.Seek(s.at.id, 0, nil); err != nil && !errors.Is(err, errUnreachable) {
		t.Error(err)
	}
}

func TestWithoutAFileSnapshotsStayInMemory(t *testing.T) {
	r := moons(t)
	r.Model.Layers = []int{2, 600, 300, 2}
	s := New(trainer(t, r), nil)
	s.Memory(4 << 20)
	s.Spill(spill.Open("", 1<<30))
	if n := len(s.events); n != 1 || !strings.Contains(s.events[0].Words, "snapshots stay in 4 MB of memory") {
		t.Errorf("it says %v", s.events)
	}
	steps(t, s, 20)
	if err := s.Seek(0, 7, nil); err != nil {
		t.Fatal(err)
	}
	small := New(trainer(t, moons(t)), nil)
	small.Spill(nil, os.ErrNotExist)
	if len(small.events) > 0 {
		t.Errorf("of a small network it says %v", small.events)
	}
	if err := errors.Join(small.Release(), s.Release()); err != nil {
		t.Error(err)
	}
}
