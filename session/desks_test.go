package session

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/presets"
	"descent/session/disk"
	"descent/session/export"
	"descent/session/journal"
)

// desksTOML has something for every desk: images, something learned before, and
// a teacher.
const desksTOML = `
[data]
set = "digits"
shape = [8, 8]
validation = 0.3
standardize = true
only = ["5", "6", "7", "8", "9"]
[model]
layers = [64, 12, 8, 10]
activation = "relu"
[pretrain]
preset = "before.toml"
[teacher]
preset = "before.toml"
[loss]
name = "cross-entropy"
[optimizer]
name = "adam"
lr = 0.002
[train]
batch = 16
clip_norm = 1
eval_every = 50
`

// Whatever combination of desks is on, switched while training runs, numbers
// stay finite, nothing panics, and the log computes again to the same bits.
func TestDesksSwitchedAtRandom(t *testing.T) {
	dir := t.TempDir()
	before := strings.NewReplacer(`only = ["5", "6", "7", "8", "9"]`, `only = ["0", "1", "2", "3", "4"]`,
		"[pretrain]\npreset = \"before.toml\"\n[teacher]\npreset = \"before.toml\"\n", "").Replace(desksTOML) + "steps = 60\n"
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(disk.WriteFile(disk.Machine{}, filepath.Join(dir, "before.toml"), []byte(before)))
	r, err := presets.Decode(filepath.Join(dir, "desks.toml"), []byte(desksTOML))
	must(err)
	for seed := range uint64(2) {
		r.Seed = seed + 1
		rng := rand.New(rand.NewPCG(seed, 7))
		path := filepath.Join(dir, "s.jsonl")
		tr, hashes, err := Open(r, presets.Files{})
		must(err)
		log, err := journal.Create(path, journal.NewHeader(r, hashes), true)
		must(err)
		s := New(tr, log)
		switched := 0
		for s.trainer.StepCount() < 1500 {
			if rng.IntN(4) == 0 {
				switched++
				turnADesk(t, s, rng)
			}
			report, err := s.Step()
			if err != nil {
				t.Fatalf("seed %d: %v with %s", seed, err, deskKnobs(s))
			}
			if report.Evaluated && (report.ValLoss != report.ValLoss || report.OldLoss != report.OldLoss) {
				t.Fatalf("seed %d, step %d: the evaluation is NaN with %s", seed, report.Step, deskKnobs(s))
			}
		}
		step, hash := s.trainer.StepCount(), s.trainer.Hash()
		must(s.Finish())
		out, err := Replay(context.Background(), readLog(t, path), presets.Files{}, nil, nil)
		must(err)
		if !out.Exact || out.Steps != step {
			t.Errorf("seed %d: %d steps to %s, the replay says %s", seed, step, hash, out)
		}
		t.Logf("seed %d: %d decisions in %d steps", seed, switched, step)
	}
}

// turnADesk turns a knob of a desk a few stops, sets one back to its default, or
// does what is no knob's.
func turnADesk(t *testing.T, s *Session, rng *rand.Rand) {
	t.Helper()
	if rng.IntN(12) == 0 {
		_ = s.Do("user", journal.Command{Act: &journal.Act{
			Name: []string{journal.Rewind, journal.Merge, journal.Teach}[rng.IntN(3)], Step: rng.IntN(s.trainer.StepCount() + 1), Branch: s.at.id,
		}})
		return
	}
	var desk []knob.Knob
	for _, set := range s.trainer.Settings().Panel() {
		switch table, _, _ := strings.Cut(set.Knob.Path, "."); table {
		case "prune", "quant", "distill", "augment", "finetune":
			desk = append(desk, set.Knob)
		}
	}
	k := desk[rng.IntN(len(desk))]
	v := k.Turn(k.Value(), rng.IntN(7)-3)
	switch k.Path {
	case "finetune.freeze":
		v = knob.Items([][]string{{}, {"0"}, {"2", "4"}}[rng.IntN(3)])
	case "quant.layers":
		v = knob.Items([][]string{{}, {"0:8"}, {"2:0", "4:3"}}[rng.IntN(3)])
	}
	if err := s.Set(k.Path, v); err != nil {
		t.Fatal(err)
	}
}

// standing is every knob of a desk that is not at its default.
func deskKnobs(s *Session) string {
	var out []string
	for _, d := range s.trainer.Settings().Panel() {
		if s.trainer.Absent(d.Knob.Path) {
			continue
		}
		if table, _, _ := strings.Cut(d.Knob.Path, "."); strings.Contains("prune quant distill augment finetune", table) {
			out = append(out, d.Knob.Path+"="+d.Value.String())
		}
	}
	return strings.Join(out, " ")
}

func TestAnActThatIsBrokenOffChangesNothing(t *testing.T) {
	s, _ := logged(t, moons(t))
	s.Memory(1)
	steps(t, s, 40)
	hash := s.trainer.Hash()
	asked := 0
	s.goOn = func(done, total int) bool { asked++; return done < 2 }
	for _, a := range []journal.Act{{Name: journal.Rewind, Step: 33}, {Name: journal.Teach, Step: 34}} {
		if err := s.Do("user", journal.Command{Act: &a}); !errors.Is(err, ErrCancelled) {
			t.Errorf("%s: error %v", a.Name, err)
		}
	}
	if asked != 4 || s.trainer.Hash() != hash || s.at.entries.count() != 0 || s.trainer.StepCount() != 40 {
		t.Errorf("asked %d times; %d decisions at step %d", asked, s.at.entries.count(), s.trainer.StepCount())
	}
	s.goOn = nil
	if err := s.Do("user", journal.Command{Act: &journal.Act{Name: journal.Rewind, Step: 33}}); err != nil {
		t.Error(err)
	}
}

func TestASavedNetworkBringsItsTeacherAlong(t *testing.T) {
	r := moons(t)
	s, _ := logged(t, r)
	set(t, s, "train.batch", knob.Num(0))
	set(t, s, "optimizer.name", knob.Word("sgd"))
	steps(t, s, 30)
	if err := s.Do("user", journal.Command{Act: &journal.Act{Name: journal.Teach, Step: 10}}); err != nil {
		t.Fatal(err)
	}
	set(t, s, "distill.alpha", knob.Num(0.7))
	steps(t, s, 5)
	path := filepath.Join(t.TempDir(), "taught.toml")
	if err := export.Save(disk.Machine{}, s.trainer, path, presets.Encode); err != nil {
		t.Fatal(err)
	}
	saved, err := presets.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := Open(saved, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := again.Step().Loss, s.trainer.Copy().Step().Loss; got != want {
		t.Errorf("the saved network goes on at a loss of %v, the session at %v", got, want)
	}
}
