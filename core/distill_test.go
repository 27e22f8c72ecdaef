package core_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/nn"
	"descent/presets"
)

// taught is a shelf that holds a teacher's weights beside the built-in data.
type taught struct {
	presets.Files
	weights []byte
}

func (f taught) File(string) ([]byte, error) { return f.weights, nil }

func student(t *testing.T, extra string) (*core.Trainer, *core.Trainer) {
	t.Helper()
	teacher := trainer(t, strings.Replace(classesTOML, "[2, 7, 5, 2]", "[2, 16, 2]", 1))
	steps(teacher, 300)
	r := recipeFrom(t, classesTOML+extra+"[teacher]\nweights = \"t.safetensors\"\nlayers = [2, 16, 2]\nactivation = \"tanh\"\n")
	out, err := core.New(r, taught{weights: nn.EncodeWeights(teacher.Layout(), teacher.Params())})
	if err != nil {
		t.Fatal(err)
	}
	return out, teacher
}

func TestAStudentTaughtAloneComesToItsTeachersAnswers(t *testing.T) {
	s, teacher := student(t, "[optimizer]\nname = \"adam\"\nlr = 0.01\n[distill]\nalpha = 1\n")
	apart := func() float64 {
		x := s.Data().Val.X
		a := slices.Clone(s.Outputs(x).Data[:2*x.Rows])
		b := teacher.Outputs(x).Data
		sum := 0.0
		for i := 0; i < len(a); i += 2 {
			sum += math.Abs((a[i] - a[i+1]) - (b[i] - b[i+1]))
		}
		return sum
	}
	before := apart()
	steps(s, 1500)
	if after := apart(); !(after < before/5) {
		t.Errorf("the student was %v away and is %v", before, after)
	}
}

func TestTheTeacherChangesNothingWhileAlphaIsOff(t *testing.T) {
	s, _ := student(t, "")
	alone := trainer(t, classesTOML)
	steps(s, 20)
	steps(alone, 20)
	if s.Hash() != alone.Hash() {
		t.Error("it does")
	}
	turn(t, s, "distill.alpha=0.5", "distill.temperature=3")
	copied := s.Copy()
	steps(s, 10)
	steps(copied, 10)
	if s.Hash() != copied.Hash() || s.Hash() == alone.Hash() {
		t.Error("a copied is taught otherwise, or not at all")
	}
	if n := testing.AllocsPerRun(20, func() { s.Advance() }); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
}

func TestATeacherThatDoesNotFitIsRefused(t *testing.T) {
	r := recipeFrom(t, classesTOML+"[teacher]\nweights = \"t.safetensors\"\nlayers = [3, 2]\n")
	if _, err := core.New(r, taught{}); err == nil || !strings.Contains(err.Error(), "has to begin with the data's 2 inputs") {
		t.Errorf("error %v", err)
	}
}

// A network that teaches itself has nothing to learn: whatever the loss takes
// outputs for, their logarithms, log-odds or numbers, it stays where it is.
func TestANetworkTaughtByItselfStaysWhereItIs(t *testing.T) {
	for name, text := range map[string]string{
		"cross-entropy": classesTOML,
		"mse":           strings.Replace(classesTOML, "cross-entropy", "mse", 1),
		"kl":            strings.Replace(classesTOML, "cross-entropy", "kl", 1),
		"bce":           strings.NewReplacer("cross-entropy", "bce", "[2, 7, 5, 2]", "[2, 7, 5, 1]").Replace(classesTOML),
		"numbers":       numbersTOML,
		"distributions": "[data]\nfile = \"d.csv\"\ntarget = [\"p\", \"q\"]\n[model]\nlayers = [2, 8, 2]\n[loss]\nname = \"kl\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			files := shelf{"d.csv": "a,b,p,q\n" + strings.Repeat("0,1,0.2,0.8\n1,0,0.9,0.1\n1,1,0.5,0.5\n0,0,0.3,0.7\n", 5)}
			s, err := core.New(recipeFrom(t, text), files)
			if err != nil {
				t.Fatal(err)
			}
			turn(t, s, "optimizer.lr=0.1")
			steps(s, 200)
			before := slices.Clone(outputs(s))
			if err := s.SetTeacher(s.Snapshot()); err != nil {
				t.Fatal(err)
			}
			turn(t, s, "distill.alpha=1")
			steps(s, 100)
			for i, v := range outputs(s) {
				if !(math.Abs(v-before[i]) < 1e-6) {
					t.Fatalf("output %d was %v and is %v", i, before[i], v)
				}
			}
		})
	}
}
