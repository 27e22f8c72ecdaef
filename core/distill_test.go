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
	r := recipe(t, classesTOML+extra+"[teacher]\nweights = \"t.safetensors\"\nlayers = [2, 16, 2]\nactivation = \"tanh\"\n")
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
	twin := s.Twin()
	steps(s, 10)
	steps(twin, 10)
	if s.Hash() != twin.Hash() || s.Hash() == alone.Hash() {
		t.Error("a twin is taught otherwise, or not at all")
	}
	if n := testing.AllocsPerRun(20, func() { s.Advance() }); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
}

func TestATeacherThatDoesNotFitIsRefused(t *testing.T) {
	r := recipe(t, classesTOML+"[teacher]\nweights = \"t.safetensors\"\nlayers = [3, 2]\n")
	if _, err := core.New(r, taught{}); err == nil || !strings.Contains(err.Error(), "has to begin with the data's 2 inputs") {
		t.Errorf("error %v", err)
	}
}
