package recipe

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"descent/core/knob"
	"descent/core/nn"
	"descent/core/surface"
)

// Check says what a recipe lacks before anything is loaded.
func (r *Recipe) Check() error {
	if name := r.Surface.Name; name != "" {
		if r.Data.Set != "" || r.Data.File != "" || len(r.Model.Layers) > 0 || len(r.Model.Hidden) > 0 || len(r.Model.Stack) > 0 {
			return r.Locate("surface.name", errors.New("[surface] stands instead of [data] and [model], not beside them"))
		}
		var names []string
		for _, o := range surface.Options() {
			names = append(names, o.Name)
		}
		if !slices.Contains(names, name) {
			hint := "; there are " + strings.Join(names, ", ")
			if near := knob.Nearest(name, names); near != "" {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
			return r.Locate("surface.name", fmt.Errorf("there is no surface %q%s", name, hint))
		}
		return nil
	}
	switch {
	case r.Teacher.Preset != "" && r.Teacher.Weights != "":
		return r.Locate("teacher.preset", errors.New("[teacher] takes preset or weights, not both"))
	case r.Data.Set == "" && r.Data.File == "":
		return r.Locate("data", errors.New(`[data] is missing: give it set = "NAME" or file = "PATH"`))
	case r.Data.Set != "" && r.Data.File != "":
		return r.Locate("data.file", errors.New("[data] takes set or file, not both"))
	case r.Data.Labels != "" && r.Data.File == "":
		return r.Locate("data.labels", errors.New("data.labels goes with data.file; a set brings its own labels"))
	case r.Data.ValidationFile != "" && r.Data.File == "":
		return r.Locate("data.validation_file", errors.New("data.validation_file goes with data.file; of a set, data.validation holds out a share"))
	case r.Data.ValidationFile != "" && r.Data.Validation != 0:
		return r.Locate("data.validation_file", errors.New("[data] takes validation or validation_file, not both"))
	case r.Data.TestFile != "" && r.Data.File == "":
		return r.Locate("data.test_file", errors.New("data.test_file goes with data.file; of a set, data.test holds out a share"))
	case r.Data.TestFile != "" && r.Data.Test != 0:
		return r.Locate("data.test_file", errors.New("[data] takes test or test_file, not both"))
	case r.Data.TestLabels != "" && r.Data.TestFile == "":
		return r.Locate("data.test_labels", errors.New("data.test_labels goes with data.test_file"))
	case r.Data.ValidationLabels != "" && r.Data.ValidationFile == "":
		return r.Locate("data.validation_labels", errors.New("data.validation_labels goes with data.validation_file"))
	case r.Data.X+r.Data.Y != "" && r.Data.File == "":
		return r.Locate("data.x", errors.New("data.x and data.y go with data.file"))
	}
	if err := r.Data.CheckSplit(); err != nil {
		return r.Blame(err)
	}
	if err := r.Model.Check(); err != nil {
		return r.LocateKey("model", err)
	}
	return r.checkLessons()
}

// checkLessons refuses, before they are trained, a teacher and a network to start
// from whose models do not fit. Models that wait for the data to be known are
// looked at later.
func (r *Recipe) checkLessons() error {
	own, err := nn.New(r.Model)
	if err != nil {
		return nil // said with its place when it is built
	}
	if of := r.Teacher.Recipe; of != nil {
		if t, err := nn.New(of.Model); err == nil && (t.In() != own.In() || t.Out() != own.Out()) {
			return r.Locate("teacher.preset", fmt.Errorf("the teacher goes from %s to %s, the student from %d to %d; they have to be the same",
				several(t.In(), "input"), several(t.Out(), "output"), own.In(), own.Out()))
		}
	}
	if of := r.Pretrain.Recipe; of != nil {
		same := func(a, b knob.Segment) bool { return a.Name == b.Name && slices.Equal(a.Shape, b.Shape) }
		if t, err := nn.New(of.Model); err == nil && !slices.EqualFunc(t.Layout(), own.Layout(), same) {
			return r.Locate("pretrain.preset", fmt.Errorf("%s has another model: %s where this one is %s", r.Pretrain.Preset, of.Model.Shape(), r.Model.Shape()))
		}
	}
	return nil
}

// several is so many of a thing: "1 output", "2 outputs".
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
