package session

import (
	"math"
	"os"
	"slices"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/objective"
	"descent/core/recipe"
	"descent/session/disk"
	"descent/session/journal"
)

func TestAVisitHoldsTheLastAndTheBestAtASize(t *testing.T) {
	s := New(trainer(t, moons(t)), nil) // evaluates every 5 steps
	best := math.Inf(1)
	var last core.Report
	for range 40 {
		r, err := s.Step()
		if err != nil {
			t.Fatal(err)
		}
		if r.Evaluated {
			last, best = r, min(best, r.ValLoss)
		}
	}
	v := s.Visits()
	if len(v) != 1 || v[0].Step != 40 || v[0].Loss != last.ValLoss || v[0].Accuracy != last.ValAccuracy || v[0].BestLoss != best {
		t.Fatalf("%+v, last %+v, best %v", v, last, best)
	}
	if size := s.trainer.Size(); v[0].Bytes != size.Bytes || v[0].Kept != 1 || v[0].Bits != 0 {
		t.Errorf("%+v of %+v", v[0], size)
	}
	set(t, s, "prune.sparsity", knob.Num(0.5))
	set(t, s, "quant.bits", knob.Num(4))
	steps(t, s, 5)
	set(t, s, "prune.sparsity", knob.Num(0))
	set(t, s, "quant.bits", knob.Num(0))
	steps(t, s, 5)
	v = s.Visits()
	if len(v) != 2 || v[0].Bits != 4 || v[0].Kept >= 1 || v[0].Step != 45 || v[1].Step != 50 || v[1].Bytes != v[1].Dense {
		t.Errorf("back at the first size: %+v", v)
	}
	s.Fork("")
	steps(t, s, 5)
	if v = s.Visits(); len(v) != 3 || v[2].Branch != 1 {
		t.Errorf("on another branch: %+v", v)
	}
	if err := s.Seek(0, 20, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(1); err != nil {
		t.Fatal(err)
	}
	if v = s.Visits(); len(v) != 2 {
		t.Errorf("with the branch deleted: %+v", v)
	}
}

func TestVisitsAreBoundedAndTheBestStay(t *testing.T) {
	s := New(trainer(t, moons(t)), nil)
	steps(t, s, 5)
	least := s.visits[0]
	least.Branch, least.Bytes, least.BestLoss = 0, 1, -1 // beats everything
	s.visits = []Visit{least}
	for i := range 2 * visitLimit {
		s.visits = slices.DeleteFunc(s.visits, func(v Visit) bool { return v.Bytes == -1 })
		report := core.Report{Step: i + 1, Evaluated: true, Measures: objective.Measures{HasVal: true, ValLoss: 1}}
		if v, ok := s.cursor.visit(s.at, report, s.size(report)); ok {
			s.visited(v)
		}
		s.visits[len(s.visits)-1].Bytes = 1000 + i // as if it were of another size
		if len(s.visits) > visitLimit {
			t.Fatalf("%d visits", len(s.visits))
		}
	}
	if len(s.visits) != visitLimit || s.visits[0] != least {
		t.Errorf("%d visits, the first is %+v", len(s.visits), s.visits[0])
	}
}

func TestTheFrontIsWhatNoOtherBeats(t *testing.T) {
	v := func(bytes int, loss float64) Visit { return Visit{Bytes: bytes, BestLoss: loss} }
	visits := []Visit{v(100, 1), v(10, 5), v(50, 2), v(50, 1.5), v(70, 1.5), v(20, 5), v(200, 0.5)}
	loss := func(v Visit) float64 { return v.BestLoss }
	if got := ParetoFront(visits, loss); !slices.Equal(got, []int{1, 3, 0, 6}) {
		t.Errorf("the front is %v", got)
	}
	if ParetoFront(nil, loss) != nil {
		t.Error("nothing has a front")
	}
}

func TestVisitsAreResumed(t *testing.T) {
	s, path := logged(t, moons(t))
	steps(t, s, 10)
	set(t, s, "quant.bits", knob.Num(4))
	steps(t, s, 10)
	if err := s.State(StateBytes).save(disk.Machine{}, path); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	again, err := Resume(path, noFiles{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := again.Session.Visits(), s.Visits(); len(want) != 2 || !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if err := again.Session.Finish(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(journal.StatePath(path)); err != nil {
		t.Fatal(err)
	}
	bare, err := Resume(path, noFiles{}, nil)
	if err != nil || !slices.Equal(bare.Session.Visits(), s.Visits()) {
		t.Errorf("without a state: %v, %v", bare, err)
	}
}

func TestDecisionsTakenTogetherAreTakenBackTogether(t *testing.T) {
	s, path := logged(t, moons(t))
	steps(t, s, 7)
	set(t, s, "prune.sparsity", knob.Num(0.2)) // the same knob at the same step, and yet apart
	hash := s.trainer.Hash()
	together := []recipe.Change{
		{Path: "prune.sparsity", Value: knob.Num(0.6)}, {Path: "quant.bits", Value: knob.Num(4)}, {Path: "quant.granularity", Value: knob.Word("channel")},
	}
	if err := s.SetTogether(together); err != nil {
		t.Fatal(err)
	}
	if got := s.LastUndoable().Words; got != "prune 0.6, quantize 4 bits, quant granularity channel" {
		t.Errorf("it reads %q", got)
	}
	set(t, s, "quant.granularity", knob.Word("tensor")) // a decision of its own
	steps(t, s, 3)
	for range 2 {
		if err := s.Undo(); err != nil {
			t.Fatal(err)
		}
	}
	if s.trainer.Hash() != hash || s.LastUndoable().Words != "prune 0.2" || s.trainer.Size().Bytes >= s.trainer.Size().Dense {
		t.Errorf("two undos lead to %+v", s.LastUndoable())
	}
	if err := s.Redo(); err != nil {
		t.Fatal(err)
	}
	if got := s.trainer.WeightBits(); got != 4 {
		t.Errorf("done again it has %d bits", got)
	}
	if err := s.SetTogether([]recipe.Change{{Path: "quant.bits", Value: knob.Num(3)}, {Path: "prune.sparsity", Value: knob.Num(7)}}); err == nil {
		t.Error("a sparsity of 7 is taken")
	}
	if got := s.trainer.WeightBits(); got != 4 {
		t.Errorf("what was refused has left %d bits", got)
	}
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	if n := len(readLog(t, path).Entries); n < 5 {
		t.Errorf("%d entries in the log", n)
	}
}
