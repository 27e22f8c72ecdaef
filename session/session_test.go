package session

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/disk"
	"descent/session/disk/disktest"
	"descent/session/export"
	"descent/session/journal"

	"pgregory.net/rapid"
)

func TestUndoGoesBackToBeforeTheDecisionTrainingIncluded(t *testing.T) {
	s, _ := logged(t, moons(t))
	steps(t, s, 10)
	before := s.trainer.Hash()
	set(t, s, "optimizer.name", knob.Word("adam"))
	steps(t, s, 300)
	if err := s.Undo(); err != nil {
		t.Fatal(err)
	}
	if got := s.trainer.Hash(); got != before || s.trainer.StepCount() != 10 {
		t.Errorf("step %d, state %s; want step 10, state %s", s.trainer.StepCount(), got, before)
	}
	if v, _ := s.trainer.Settings().Find("optimizer.name"); v.Value.Word() != "sgd" {
		t.Errorf("the optimizer is %s, want sgd", v.Value)
	}
	if err := s.Undo(); err == nil {
		t.Error("there was only one decision to take back")
	}
}

func TestUndoKeepsTheOldFutureAsABranch(t *testing.T) {
	s, _ := logged(t, moons(t))
	steps(t, s, 5)
	set(t, s, "optimizer.lr", knob.Num(0.5))
	steps(t, s, 20)
	future := s.trainer.Hash()
	if err := s.Undo(); err != nil {
		t.Fatal(err)
	}
	steps(t, s, 3)
	if err := s.Seek(0, 25, nil); err != nil {
		t.Fatal(err)
	}
	if got := s.trainer.Hash(); got != future {
		t.Errorf("the old future has changed: %s, want %s", got, future)
	}
}

func TestTurningAKnobTwiceAtOneStepIsOneDecision(t *testing.T) {
	s, _ := logged(t, moons(t))
	steps(t, s, 5)
	set(t, s, "optimizer.lr", knob.Num(0.02))
	set(t, s, "optimizer.lr", knob.Num(0.05))
	if err := s.Undo(); err != nil {
		t.Fatal(err)
	}
	if v, _ := s.trainer.Settings().Find("optimizer.lr"); v.Value.Num() != 0.01 {
		t.Errorf("the rate is %v, want 0.01 as before both", v.Value)
	}
}

func TestResetBeginsAgainWithTheKnobsAsTheyStandAndCanBeTakenBack(t *testing.T) {
	s, _ := logged(t, moons(t))
	steps(t, s, 12)
	set(t, s, "optimizer.name", knob.Word("rmsprop"))
	set(t, s, "optimizer.alpha", knob.Num(0.9))
	steps(t, s, 12)
	was := s.trainer.Hash()
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	name, _ := s.trainer.Settings().Find("optimizer.name")
	alpha, _ := s.trainer.Settings().Find("optimizer.alpha")
	if s.trainer.StepCount() != 0 || name.Value.Word() != "rmsprop" || alpha.Value.Num() != 0.9 {
		t.Errorf("step %d with %v, alpha %v; want step 0 with rmsprop, alpha 0.9", s.trainer.StepCount(), name.Value, alpha.Value)
	}
	steps(t, s, 4)
	if err := s.Undo(); err != nil {
		t.Fatal(err)
	}
	if s.trainer.Hash() != was || s.trainer.StepCount() != 24 {
		t.Error("taking the reset back did not bring the old run back")
	}
}

func TestARefusedDecisionChangesNothing(t *testing.T) {
	s, path := logged(t, moons(t))
	steps(t, s, 3)
	before := s.trainer.Hash()
	for _, c := range []journal.Command{
		journal.SetKnob("optimizer.lr", knob.Num(-1)), journal.SetKnob("optimizer.nmae", knob.Word("adam")),
		journal.SetKnob("optimizer.beta1", knob.Num(0.5)), journal.SetKnob("model.layers", knob.Word("2,2")),
		{},
	} {
		if err := s.Do("user", c); err == nil {
			t.Errorf("%v was accepted", c.Set)
		}
	}
	if s.trainer.Hash() != before || s.Undo() == nil {
		t.Error("a refused decision left a trace")
	}
	if n := len(readLog(t, path).Entries); n != 0 {
		t.Errorf("the log has %d entries, want none", n)
	}
}

func TestNaNStopsAtTheLastFiniteStepAndNamesTheLayer(t *testing.T) {
	s, _ := logged(t, moons(t))
	set(t, s, "loss.name", knob.Word("mse"))
	steps(t, s, 3)
	set(t, s, "optimizer.lr", knob.Num(1e6))
	set(t, s, "optimizer.weight_decay", knob.Num(1e3))
	for range 1000 {
		_, err := s.Step()
		if err == nil {
			continue
		}
		var d *Diverged
		if !errors.As(err, &d) || !strings.Contains(err.Error(), "layer") {
			t.Fatalf("error %v does not name a layer", err)
		}
		if s.trainer.StepCount() != d.Step-1 || !s.trainer.Finite() {
			t.Errorf("training stands at %d, want the finite step %d", s.trainer.StepCount(), d.Step-1)
		}
		for _, p := range s.trainer.Params() {
			if math.IsNaN(p) || math.IsInf(p, 0) {
				t.Fatal("a parameter is not finite")
			}
		}
		return
	}
	t.Fatal("it never diverged")
}

// Whatever is done, every branch holds at its head what a straight run of its
// decisions gives, and the log computes again to where the session stands.
func TestRandomScripts(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		r := moons(t)
		n++
		path := filepath.Join(dir, strings.Repeat("s", 1+n%7)+".jsonl")
		l, err := journal.Create(path, journal.NewHeader(r, nil), true)
		if err != nil {
			rt.Fatal(err)
		}
		defer l.Close()
		s := New(trainer(t, r), l)
		rt.Repeat(map[string]func(*rapid.T){
			"step": func(rt *rapid.T) {
				for range rapid.IntRange(1, 40).Draw(rt, "steps") {
					if _, err := s.Step(); err != nil {
						var d *Diverged
						if !errors.As(err, &d) {
							rt.Fatal(err)
						}
						return
					}
				}
			},
			"turn": func(rt *rapid.T) {
				panel := s.trainer.Settings().Panel()
				k := panel[rapid.IntRange(0, len(panel)-1).Draw(rt, "knob")]
				v := k.Knob.Turn(k.Value, rapid.IntRange(-3, 3).Draw(rt, "stops"))
				if err := s.Set(k.Knob.Path, v); err != nil && k.Knob.Path != "loss.name" {
					rt.Fatal(err)
				}
			},
			"do":   func(rt *rapid.T) { _ = s.Do("user", someAct(rt, s)) },
			"undo": func(*rapid.T) { _ = s.Undo() },
			"redo": func(*rapid.T) { _ = s.Redo() },
			"fork": func(*rapid.T) { s.Fork("") },
			"race": func(rt *rapid.T) {
				if err := s.Race(Over("optimizer.lr", []knob.Value{knob.Num(0.01), knob.Num(0.3), knob.Num(rapid.SampledFrom([]float64{0.02, 1, 1e5}).Draw(rt, "rate"))})); err == nil {
					for range rapid.IntRange(0, 20).Draw(rt, "raced") {
						_, _ = s.Step()
					}
				}
			},
			"end race": func(*rapid.T) { s.EndRace() },
			"delete": func(rt *rapid.T) {
				_ = s.Delete(journal.BranchID(rapid.IntRange(0, len(s.branches)-1).Draw(rt, "deleted")))
			},
			"reset": func(rt *rapid.T) { check(rt, s.Reset()) },
			"seek": func(rt *rapid.T) {
				b := s.branches[rapid.IntRange(0, len(s.branches)-1).Draw(rt, "branch")]
				if err := s.Seek(b.id, rapid.IntRange(0, b.head).Draw(rt, "to"), nil); err != nil && !b.deleted {
					rt.Fatal(err)
				}
			},
			"": func(*rapid.T) {
				if s.trainer.StepCount() > s.at.head || s.applied > s.at.entries.count() || s.at.deleted {
					rt.Fatal("the session stands outside its branch")
				}
				if s.mismatch != "" {
					rt.Fatal(s.mismatch)
				}
			},
		})
		at, step := s.at.id, s.trainer.StepCount()
		for _, b := range s.branches {
			b.deleted = false
			check(rt, s.Seek(b.id, b.head, nil))
			if got, want := s.trainer.Hash(), straight(t, s, r, b.entries.all(), b.head); got != want {
				rt.Fatalf("branch %d at step %d: %s, a straight run gives %s", b.id, b.head, got, want)
			}
		}
		check(rt, s.Seek(at, step, nil))
		check(rt, s.Finish())
		out, err := Replay(context.Background(), readLog(t, path), noFiles{}, nil, nil)
		if err != nil {
			rt.Fatalf("replay to step %d: %v", step, err)
		}
		reached, decided := 0, 0
		for _, b := range s.branches {
			reached += b.head - b.from
			decided += len(b.entries.own)
		}
		if out.Steps != reached || out.Decisions != decided || out.Branches != len(s.branches) {
			rt.Fatalf("the replay is of %+v, the session has %d steps and %d decisions on %d branches", out, reached, decided, len(s.branches))
		}
	})
}

func check(rt *rapid.T, err error) {
	if err != nil {
		rt.Fatal(err)
	}
}

func TestATornLastLineIsLeftOut(t *testing.T) {
	s, path := logged(t, moons(t))
	steps(t, s, 4)
	set(t, s, "optimizer.lr", knob.Num(0.1))
	steps(t, s, 4)
	set(t, s, "optimizer.lr", knob.Num(0.2))
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b[:len(b)-9], 0o644); err != nil {
		t.Fatal(err)
	}
	rec := readLog(t, path)
	if !rec.Torn || len(rec.Entries) != 1 {
		t.Errorf("torn %v with %d entries, want torn with 1", rec.Torn, len(rec.Entries))
	}
	out, err := Replay(context.Background(), rec, noFiles{}, nil, nil)
	if err != nil || out.Decisions != 1 {
		t.Errorf("%d decisions, %v; want 1 computed again", out.Decisions, err)
	}
}

func TestAChangedLogDoesNotMatch(t *testing.T) {
	s, path := logged(t, moons(t))
	set(t, s, "optimizer.lr", knob.Num(0.1))
	steps(t, s, 4)
	set(t, s, "optimizer.name", knob.Word("adam"))
	steps(t, s, 4)
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	forged := strings.Replace(sums.ReplaceAllString(string(b), "}"), `"optimizer.lr","value":0.1`, `"optimizer.lr","value":0.2`, 1)
	if err := os.WriteFile(path, []byte(forged), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Replay(context.Background(), readLog(t, path), noFiles{}, nil, nil); err == nil || !strings.Contains(err.Error(), "before step 5") {
		t.Errorf("error %v, want the first step whose hash differs", err)
	}
}

// sums are the checksums at the ends of a log's lines.
var sums = regexp.MustCompile(`,"sum":"[0-9a-f]{8}"}`)

func TestAFullDiskIsSaidAndTrainingGoesOn(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	d := disktest.New(-1, true)
	log, err := journal.BeginOn(d, journal.NewHeader(moons(t), nil))
	if err != nil {
		t.Fatal(err)
	}
	s := New(trainer(t, moons(t)), log)
	d.Left = 0 // every write fails from here
	set(t, s, "optimizer.lr", knob.Num(0.1))
	steps(t, s, 5)
	if err := s.LogError(); err == nil || !strings.Contains(err.Error(), "cannot be written") || s.Position().Step != 5 {
		t.Errorf("step %d, log error %v", s.Position().Step, err)
	}
}

func TestSaveWritesAPresetAndItsWeightsOnce(t *testing.T) {
	s, _ := logged(t, moons(t))
	steps(t, s, 3)
	path := filepath.Join(t.TempDir(), "mine")
	encode := func(_ recipe.Recipe, dir string) ([]byte, error) { return []byte(dir), nil }
	if err := export.Save(disk.Machine{}, s.trainer, path, encode); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{".toml", ".safetensors"} {
		if _, err := os.Stat(path + end); err != nil {
			t.Error(err)
		}
	}
	if err := export.Save(disk.Machine{}, s.trainer, path, encode); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("saving over a file gave %v", err)
	}
}

func TestPlateauLowersTheRateByDecisionsThatReplay(t *testing.T) {
	s, path := logged(t, moons(t))
	set(t, s, "schedule.name", knob.Word("plateau"))
	set(t, s, "schedule.patience", knob.Num(1))
	set(t, s, "schedule.threshold", knob.Num(0.5))
	set(t, s, "schedule.factor", knob.Num(0.5))
	steps(t, s, 200)
	lowered := 0
	for _, e := range s.at.entries.all() {
		if e.Actor == "plateau" && e.Set.Path == "optimizer.lr" {
			lowered++
		}
	}
	if v, _ := s.trainer.Settings().Find("optimizer.lr"); lowered < 2 || v.Value.Num() >= 0.01/3 {
		t.Errorf("lowered %d times, to %v", lowered, v.Value)
	}
	want := s.trainer.Hash()
	if err := s.Seek(0, 37, nil); err != nil {
		t.Fatal(err)
	}
	steps(t, s, 163) // the branch again, its decisions with it
	if s.trainer.Hash() != want || len(s.branches) != 1 {
		t.Errorf("going through it again came elsewhere, on %d branches", len(s.branches))
	}
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	out, err := Replay(context.Background(), readLog(t, path), noFiles{}, nil, nil)
	if err != nil || !out.Exact || out.Decisions != lowered+4 {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestAWayThatIsBrokenOffEndsWhereItBegan(t *testing.T) {
	s, _ := logged(t, moons(t))
	steps(t, s, 200)
	set(t, s, "optimizer.lr", knob.Num(0.05))
	steps(t, s, 100)
	if err := s.Seek(0, 150, nil); err != nil {
		t.Fatal(err)
	}
	set(t, s, "optimizer.name", knob.Word("adam"))
	steps(t, s, 30)
	before, at, applied := s.trainer.Hash(), s.at, s.applied
	asked := 0
	err := s.Seek(0, 290, func(_, _ int) bool { asked++; return asked < 20 })
	if !errors.Is(err, ErrCancelled) || s.trainer.Hash() != before || s.at != at || s.applied != applied {
		t.Errorf("error %v; it stands at step %d of branch %d", err, s.trainer.StepCount(), s.at.id)
	}
	if err := s.Seek(0, 300, nil); err != nil || s.trainer.StepCount() != 300 {
		t.Errorf("error %v, step %d", err, s.trainer.StepCount())
	}
}

// What is forged on a branch that nobody looks at any more is found too.
func TestEveryBranchIsReplayed(t *testing.T) {
	s, path := logged(t, moons(t))
	steps(t, s, 10)
	if err := s.Seek(0, 4, nil); err != nil {
		t.Fatal(err)
	}
	set(t, s, "optimizer.lr", knob.Num(0.25))
	steps(t, s, 3)
	set(t, s, "optimizer.name", knob.Word("adam"))
	steps(t, s, 3)
	if err := s.Seek(0, 10, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	out, err := Replay(t.Context(), readLog(t, path), noFiles{}, nil, nil)
	if want := "16 steps and 2 decisions on 2 branches replayed: matched bit for bit (hashes compared: 3)"; err != nil || out.String() != want {
		t.Errorf("%v: %s, want %s", err, out, want)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	forged := strings.Replace(sums.ReplaceAllString(string(b), "}"), `"optimizer.lr","value":0.25`, `"optimizer.lr","value":0.5`, 1)
	if err := os.WriteFile(path, []byte(forged), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Replay(t.Context(), readLog(t, path), noFiles{}, nil, nil); err == nil || !strings.Contains(err.Error(), "before step 8 of") {
		t.Errorf("error %v, want the first step whose hash differs", err)
	}
}
