package live

import (
	"testing"
	"time"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session"
	"descent/session/sessiontest"
)

// surface returns a recipe of a test surface.
func onSurface(t *testing.T, name string, x, y, lr float64) recipe.Recipe {
	t.Helper()
	r := recipe.New()
	r.Name, r.Surface.Name, r.Surface.X, r.Surface.Y = name, name, x, y
	for path, v := range map[string]knob.Value{"optimizer.name": knob.Word("gd"), "optimizer.lr": knob.Num(lr)} {
		if err := r.Set(path, v); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestARemedyIsTakenWhileTrainingGoesOn(t *testing.T) {
	s, path := logged(t, onSurface(t, "ravine", 1, 1, 0.02))
	r := Run(s, true)
	f := await(t, r, "a diagnosis", func(f *Frame) bool { return f.Diagnosis != nil })
	if f.Diagnosis.Rule != "rate-high" || len(f.Diagnoses) == 0 {
		t.Fatalf("it is %+v", f.Diagnosis)
	}
	if err := r.TakeRemedy("overfitting").Wait(); err == nil {
		t.Error("a remedy of another diagnosis was taken")
	}
	if err := r.TakeRemedy("rate-high").Wait(); err != nil {
		t.Fatal(err)
	}
	if f := r.Frame(); f.Diagnosis != nil || f.Decision != "lr 0.005" || !f.Diagnoses[len(f.Diagnoses)-1].Past {
		t.Errorf("then it is %+v, %q", f.Diagnosis, f.Decision)
	}
	_ = r.Play(true).Wait() // if it has come to the end of the run
	await(t, r, "the minimum", func(f *Frame) bool { return f.Last.Loss < 1e-3 })
	if err := r.Undo().Wait(); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if rec := readLog(t, path); len(rec.Entries) < 3 {
		t.Errorf("the log has %d entries", len(rec.Entries))
	}
}

func TestTrainingStopsWhereThereIsNoMinimum(t *testing.T) {
	s := session.New(sessiontest.Trainer(t, onSurface(t, "saddle", 1, 1e-6, 0.1)), nil)
	r := Run(s, true)
	defer r.Close()
	f := await(t, r, "a stop", func(f *Frame) bool { return !f.Playing })
	for f.Stopped == "" { // it paused at the end of the run
		_ = r.Play(true).Wait()
		f = await(t, r, "a stop", func(f *Frame) bool { return !f.Playing })
	}
	if v := f.Last.Loss; v > -1e100 || v < -1e102 || f.Diagnosis == nil || f.Diagnosis.Rule != "unbounded" {
		t.Errorf("at step %d it is %v: %q, %+v", f.Step, v, f.Stopped, f.Diagnosis)
	}
	if err := r.TakeRemedy("unbounded").Wait(); err != nil {
		t.Fatal(err)
	}
	if f := r.Frame(); f.Playing || f.Stopped != "" || f.Last.Loss < -2 || f.Diagnosis != nil {
		t.Errorf("the remedy leads to step %d, %v, %q", f.Step, f.Last.Loss, f.Stopped)
	}
}

// A diagnosis leaves a decision its place on the screen for a while.
func TestADecisionStandsAloneForAWhile(t *testing.T) {
	s := session.New(sessiontest.Trainer(t, onSurface(t, "ravine", 1, 1, 0.018)), nil)
	r := Run(s, false)
	defer r.Close()
	_ = r.SetPace(Pace(5 * time.Second)).Wait()
	_ = r.Play(true).Wait()
	if err := r.Set("optimizer.lr", knob.Num(0.02)).Wait(); err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	f := await(t, r, "a diagnosis in the list", func(f *Frame) bool { return len(f.Diagnoses) > 0 })
	if f.Diagnosis != nil && time.Since(at) < decisionAlone {
		t.Error("it takes the place of the decision at once")
	}
	_ = r.Play(false).Wait()
	if r.Frame().Diagnosis == nil {
		t.Error("paused, it is not shown")
	}
}

// Steps per second follow the pace also where every frame is published while training
// waits for the next step.
func TestStepsPerSecondFollowASteadyPace(t *testing.T) {
	s := session.New(sessiontest.Trainer(t, onSurface(t, "ravine", 1, 1, 0.001)), nil)
	r := Run(s, false)
	defer r.Close()
	want := float64(s.Trainer().RunLength()) / 20
	_ = r.SetPace(DefaultPace).Wait()
	_ = r.Play(true).Wait()
	await(t, r, "the pace in steps per second", func(f *Frame) bool { return f.PerSecond > want/2 && f.PerSecond < 2*want })
}
