package session

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
)

// noisy is a recipe whose evaluations are worth a twin, with all that these depend on.
func noisy(t *testing.T, metrics ...string) recipe.Recipe {
	r := moons(t)
	r.Data.Samples, r.Model.Layers, r.Model.Activation = 700, nil, "identity"
	r.Model.Input, r.Model.Stack = []int{2}, []string{"dense 12", "batch-norm", "tanh", "dense 12", "dropout 0.1", "tanh", "dense 2"}
	for path, v := range map[string]knob.Value{
		"train.eval_every": knob.Num(4), "train.ema": knob.Num(0.9), "train.metrics": knob.Items(metrics),
	} {
		if err := r.Set(path, v); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// wandered is a session in which decisions are taken and taken back, trained by train.
func wandered(t *testing.T, r recipe.Recipe, seed uint64, processors int, train func(s *Session, steps int)) (log, all string) {
	rng := rand.New(rand.NewPCG(seed, 2))
	s, path := logged(t, r)
	s.Share(processors)
	defer s.Share(1)
	pick := func(values ...knob.Value) knob.Value { return values[rng.IntN(len(values))] }
	knobs := []func() recipe.Change{
		func() recipe.Change {
			return recipe.Change{Path: "optimizer.lr", Value: knob.Num(0.02 * rng.Float64())}
		},
		func() recipe.Change {
			return recipe.Change{Path: "optimizer.name", Value: pick(knob.Word("adam"), knob.Word("sgd"))}
		},
		func() recipe.Change {
			return recipe.Change{Path: "prune.when", Value: pick(knob.Word("gradual"), knob.Word("at once"))}
		},
		func() recipe.Change {
			return recipe.Change{Path: "prune.sparsity", Value: pick(knob.Num(0), knob.Num(0.5))}
		},
		func() recipe.Change { return recipe.Change{Path: "quant.bits", Value: pick(knob.Num(0), knob.Num(3))} },
		func() recipe.Change {
			return recipe.Change{Path: "quant.activations", Value: pick(knob.Num(0), knob.Num(0), knob.Num(6))}
		},
		func() recipe.Change {
			return recipe.Change{Path: "train.eval_every", Value: pick(knob.Num(1), knob.Num(3), knob.Num(50))}
		},
		func() recipe.Change {
			return recipe.Change{Path: "loss.name", Value: pick(knob.Word("mse"), knob.Word("cross-entropy"), knob.Word("focal"))}
		},
		func() recipe.Change {
			return recipe.Change{Path: "finetune.lora_rank", Value: pick(knob.Num(0), knob.Num(2))}
		},
		func() recipe.Change {
			return recipe.Change{Path: "schedule.name", Value: pick(knob.Word("constant"), knob.Word("constant"), knob.Word("plateau"))}
		},
		func() recipe.Change {
			return recipe.Change{Path: "train.keep", Value: pick(knob.Word("last"), knob.Word("last"), knob.Word("best"))}
		},
		func() recipe.Change {
			return recipe.Change{Path: "train.metrics", Value: pick(knob.Items(nil), knob.Items([]string{"f1", "train_loss"}))}
		},
	}
	for range 30 {
		train(s, 1+rng.IntN(60))
		switch rng.IntN(8) {
		case 0:
			_ = s.Undo()
		case 1:
			b := s.branches[rng.IntN(len(s.branches))]
			_ = s.Seek(b.id, rng.IntN(b.head+1), nil)
		case 2:
			s.Fork("")
		default:
			c := knobs[rng.IntN(len(knobs))]()
			_ = s.Set(c.Path, c.Value)
		}
	}
	all = everything(t, s)
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, entries, _ := strings.Cut(string(text), "\n") // the header says when it began
	return entries, all
}

// Whatever is decided, evaluations beside training find what they find in its way.
func TestEvaluationsBesideTrainingAreTheSame(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	beside := 0
	for i, r := range []recipe.Recipe{noisy(t), noisy(t, "f1")} {
		log, all := wandered(t, r, uint64(i), 0, func(s *Session, n int) { steps(t, s, n) })
		gotLog, gotAll := wandered(t, r, uint64(i), 2, func(s *Session, n int) {
			for n > 0 {
				before := s.trainer.StepCount()
				did, last, err := s.Train(1+rng.IntN(n), func() bool {
					if len(s.ahead) > 0 {
						beside++
					}
					return rng.IntN(30) > 0
				})
				if err != nil || did != s.trainer.StepCount()-before || len(s.ahead) > 0 || !last.Equal(s.trainer.Last()) {
					t.Fatal(did, last, err)
				}
				n -= did
			}
		})
		if gotLog != log {
			t.Errorf("%d: another log", i)
		}
		if gotAll != all {
			t.Errorf("%d: other curves, states or events", i)
		}
	}
	if beside < 200 {
		t.Errorf("only %d steps were beside an evaluation", beside)
	}
}

// A step that is not finite is found whatever evaluation is under way.
func TestATrainingThatDivergesBesideAnEvaluation(t *testing.T) {
	r := noisy(t)
	r.Model.Stack = []string{"dense 12", "dense 12", "dense 2"}
	for path, v := range map[string]knob.Value{"loss.name": knob.Word("mse"), "optimizer.lr": knob.Num(3)} {
		if err := r.Set(path, v); err != nil {
			t.Fatal(err)
		}
	}
	alone, beside := New(trainer(t, r), nil), New(trainer(t, r), nil)
	beside.Share(2)
	defer beside.Share(1)
	var want error
	for want == nil {
		_, want = alone.Step()
	}
	_, _, err := beside.Train(1<<20, nil)
	if err == nil || err.Error() != want.Error() || everything(t, alone) != everything(t, beside) {
		t.Errorf("%v, want %v", err, want)
	}
}

// What is spared is evaluations that nobody asks: plateau and early stopping have theirs.
func TestEvaluationsAreSparedWhereNoDecisionHangsOnThem(t *testing.T) {
	decisions := func(spare bool) (hash string, evaluated int) {
		s := New(trainer(t, noisy(t)), nil)
		if spare {
			s.Spare()
		}
		s.OnStep(func(r core.Report) {
			if r.Evaluated {
				evaluated++
			}
		})
		steps(t, s, 100)
		set(t, s, "schedule.name", knob.Word("plateau"))
		set(t, s, "schedule.patience", knob.Num(1))
		steps(t, s, 100)
		set(t, s, "schedule.name", knob.Word("constant"))
		steps(t, s, 100)
		return s.trainer.Hash(), evaluated
	}
	want, all := decisions(false)
	if got, some := decisions(true); got != want || all != 75 || some != 25 {
		t.Errorf("%d evaluations of %d; the same state: %v", some, all, got == want)
	}
}
