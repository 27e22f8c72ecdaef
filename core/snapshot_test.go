package core_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"descent/core"
	"descent/core/optim"

	"pgregory.net/rapid"
)

// A move is one thing done to a trainer: so many steps, then a knob turned.
type move struct {
	steps, knob, stops int
}

func moves(t *rapid.T, label string) []move {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) move {
		return move{
			steps: rapid.IntRange(0, 6).Draw(t, "steps"),
			knob:  rapid.IntRange(0, 99).Draw(t, "knob"),
			stops: rapid.IntRange(-4, 4).Draw(t, "stops"),
		}
	}), 1, 12).Draw(t, label)
}

// do plays the moves; the panel decides what each knob is, refusals included.
func do(tr *core.Trainer, script []move) (log string) {
	for _, m := range script {
		for range m.steps {
			log += string(tr.Step().AppendJSON(nil))
		}
		panel := tr.Settings().Panel()
		s := panel[m.knob%len(panel)]
		v := s.Knob.Turn(s.Value, m.stops)
		log += fmt.Sprintln(s.Knob.Path, v, tr.Set(s.Knob.Path, v))
	}
	settings, err := json.Marshal(tr.Settings())
	return log + fmt.Sprint(string(settings), err, tr.Hash())
}

// What follows a snapshot is the same, down to every report and bit, in the
// straight run, in the same trainer after a detour, and in a fresh one.
func TestARestoredRunIsTheStraightRun(t *testing.T) {
	for name, toml := range map[string]string{"classes": classesTOML, "numbers": numbersTOML, "images": imagesTOML} {
		r := recipeFrom(t, toml)
		t.Run(name, rapid.MakeCheck(func(rt *rapid.T) {
			tr := build(t, r)
			do(tr, moves(rt, "before"))
			saved, hash := tr.Snapshot(), tr.Hash()
			after := moves(rt, "after")
			straight := do(tr, after)

			do(tr, moves(rt, "detour"))
			tr.Restore(saved)
			if tr.Hash() != hash || fmt.Sprint(tr.Last()) != fmt.Sprint(saved.Report) {
				rt.Fatal("the state itself is not restored")
			}
			if again := do(tr, after); again != straight {
				rt.Fatalf("straight:\n%s\nrestored:\n%s", straight, again)
			}
			fresh := build(t, r)
			fresh.Restore(saved)
			if again := do(fresh, after); again != straight {
				rt.Fatalf("straight:\n%s\nin a fresh trainer:\n%s", straight, again)
			}
		}))
	}
}

func TestRestoringWorksUnderEveryOptimizer(t *testing.T) {
	for _, o := range optim.Catalogue {
		tr := trainer(t, classesTOML, "optimizer.name="+o.Name, "schedule.name=cosine", "prune.sparsity=0.4", "quant.bits=6")
		for _, at := range []int{0, 1, 20} { // before the first step, after it, later
			steps(tr, at)
			saved := tr.Snapshot()
			steps(tr, 13)
			want := tr.Hash()
			tr.Restore(saved)
			steps(tr, 13)
			if got := tr.Hash(); got != want {
				t.Errorf("%s, step %d: %s, straight %s", o.Name, saved.Step, got, want)
			}
			tr.Restore(saved)
		}
	}
}

func TestASnapshotIsNeverModified(t *testing.T) {
	for _, o := range optim.Catalogue {
		tr := trainer(t, classesTOML, "optimizer.name="+o.Name, "prune.sparsity=0.4")
		steps(tr, 3)
		saved := tr.Snapshot()
		before := fmt.Sprint(*saved)
		do(tr, []move{{5, 0, 1}, {5, 1, -1}, {5, 2, 1}})
		tr.Restore(saved)
		do(tr, []move{{5, 0, 1}, {5, 1, -1}, {5, 2, 1}})
		if after := fmt.Sprint(*saved); after != before {
			t.Errorf("%s: %s, then %s", o.Name, before, after)
		}
	}
}

func TestTheMatchedRateSurvivesASnapshot(t *testing.T) {
	a := trainer(t, numbersTOML, "optimizer.swap_lr=match")
	steps(a, 10)
	b := build(t, recipeFrom(t, numbersTOML))
	b.Restore(a.Snapshot())
	turn(t, a, "optimizer.name=adam")
	turn(t, b, "optimizer.name=adam")
	if at(t, a, "optimizer.lr") != at(t, b, "optimizer.lr") {
		t.Errorf("%s, restored %s", at(t, a, "optimizer.lr"), at(t, b, "optimizer.lr"))
	}
}

func TestASnapshotOfAnotherModelPanics(t *testing.T) {
	defer func() {
		if got := recover(); got != "core: a snapshot of another model" {
			t.Errorf("panic %v", got)
		}
	}()
	trainer(t, classesTOML).Restore(trainer(t, numbersTOML).Snapshot())
}

func TestBytesCountsTheNumbers(t *testing.T) {
	sgd, adam := trainer(t, classesTOML).Snapshot(), trainer(t, classesTOML, "optimizer.name=adam").Snapshot()
	if n := len(sgd.Params); sgd.Bytes() < 8*n || adam.Bytes()-sgd.Bytes() != 3*8*n {
		t.Errorf("%d parameters: %d and %d bytes", n, sgd.Bytes(), adam.Bytes())
	}
}
