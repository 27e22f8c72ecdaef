package live

import (
	"context"
	"testing"

	"descent/core"
	"descent/core/knob"
)

// stepOf finds the step of the copy that it is handed, and spoils the copy.
type stepOf struct{ spoil int }

func (p stepOf) Measure(_ context.Context, t *core.Trainer) any {
	step := t.StepCount()
	for range p.spoil {
		t.Step()
	}
	return step
}

// beginning finds the hash of a copy that stands where training began.
type beginning struct{}

func (beginning) Measure(_ context.Context, t *core.Trainer) any { return t.Hash() }
func (beginning) FromStart() bool                                { return true }

func TestAProbeMayBeginWhereTrainingBegan(t *testing.T) {
	s, _ := logged(t, moons(t))
	r := Run(s, false)
	defer r.Close()
	for range 5 {
		r.Step()
	}
	if err := r.Set("optimizer.lr", knob.Num(0.03)).Wait(); err != nil {
		t.Fatal(err)
	}
	r.Step()
	r.Watch([]Probe{beginning{}})
	f := await(t, r, "a finding", func(f *Frame) bool { return f.Findings[beginning{}].Value != nil })
	if f.Step != 6 || f.Findings[beginning{}].Step != 0 {
		t.Errorf("the run stands at %d, the copy at %d", f.Step, f.Findings[beginning{}].Step)
	}
	if err := r.Reset().Wait(); err != nil {
		t.Fatal(err)
	}
	if got := f.Findings[beginning{}].Value; got != s.Trainer().Hash() {
		t.Error("the copy is not what a reset gives")
	}
}

type failing struct{}

func (failing) Measure(context.Context, *core.Trainer) any { panic("no") }

func TestProbesMeasureACopyAndNeverTouchTheRun(t *testing.T) {
	s, _ := logged(t, moons(t))
	r := Run(s, false)
	defer r.Close()
	wanted := []Probe{stepOf{3}, stepOf{5}, failing{}}
	if err := r.Watch(wanted).Wait(); err != nil {
		t.Fatal(err)
	}
	for step := range 4 {
		f := await(t, r, "findings of this step", func(f *Frame) bool {
			return !f.Probing && f.Findings[stepOf{3}].Value == step && f.Findings[stepOf{5}].Value == step
		})
		if f.Findings[failing{}].Err == nil {
			t.Fatal("a probe that fails says nothing")
		}
		if f.Step != step {
			t.Fatalf("the run stands at step %d, not %d", f.Step, step)
		}
		if err := r.Step().Wait(); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := s.Trainer().Hash(), straight(t, moons(t), 4); got != want {
		t.Error("the run is not what it is without probes")
	}
	if err := r.Watch(nil).Wait(); err != nil {
		t.Fatal(err)
	}
	await(t, r, "no more findings", func(f *Frame) bool { return len(f.Findings) == 0 })
}

func TestProbesAreMeasuredWhileTrainingGoesOn(t *testing.T) {
	s, _ := logged(t, moons(t))
	r := Run(s, true)
	defer r.Close()
	r.Watch([]Probe{stepOf{1}})
	first := await(t, r, "a finding", func(f *Frame) bool { return f.Findings[stepOf{1}].Step > 0 })
	await(t, r, "a later one", func(f *Frame) bool { return f.Findings[stepOf{1}].Step > first.Findings[stepOf{1}].Step })
}

// slow is a patient probe that tells of its beginning and then waits for its
// end: of the channel, or of ctx.
type slow struct {
	name string
	goOn chan struct{}
	over chan string
}

func (p slow) Measure(ctx context.Context, t *core.Trainer) any {
	return p.Follow(ctx, t, func(any) {})
}

func (p slow) Follow(ctx context.Context, t *core.Trainer, tell func(any)) any {
	t.Step()
	tell("beginning")
	select {
	case <-p.goOn:
		return "done"
	case <-ctx.Done():
		p.over <- p.name
		return "broken off"
	}
}

func TestAPatientProbeTellsWhatItHasAndHoldsNobodyUp(t *testing.T) {
	s, _ := logged(t, moons(t))
	r := Run(s, false)
	defer r.Close()
	p := slow{"a", make(chan struct{}, 1), make(chan string, 4)}
	r.Watch([]Probe{p, stepOf{1}, stepOf{1}, p})
	await(t, r, "its beginning", func(f *Frame) bool {
		return f.Findings[p] == Finding{Value: "beginning", Partial: true} && f.Findings[stepOf{1}].Value == 0
	})
	if err := r.Step().Wait(); err != nil {
		t.Fatal(err)
	}
	await(t, r, "the quick one at the next step", func(f *Frame) bool { return f.Findings[stepOf{1}].Value == 1 && f.Findings[p].Partial })
	p.goOn <- struct{}{}
	await(t, r, "its end", func(f *Frame) bool { return f.Findings[p] == Finding{Value: "done"} })
	if got, want := s.Trainer().Hash(), straight(t, moons(t), 1); got != want {
		t.Error("the run is not what it is without probes")
	}
}

func TestAPatientProbeThatNobodyWatchesIsBrokenOff(t *testing.T) {
	s, _ := logged(t, moons(t))
	r := Run(s, false)
	defer r.Close()
	p := slow{"a", make(chan struct{}, 1), make(chan string, 4)}
	r.Watch([]Probe{p})
	await(t, r, "its beginning", func(f *Frame) bool { return f.Findings[p].Partial })
	r.Watch(nil)
	r.Watch([]Probe{p}) // looked at again before it has ended: what was broken off does not count
	if got := <-p.over; got != "a" {
		t.Fatal(got)
	}
	await(t, r, "its second beginning", func(f *Frame) bool { return f.Findings[p].Value == "beginning" })
	p.goOn <- struct{}{}
	await(t, r, "its end", func(f *Frame) bool { return f.Findings[p] == Finding{Value: "done"} })
}

// While training rests, the evaluation on the screen is that of the network as
// it stands: between two evaluations of the run, after a decision, after going
// back in time.
func TestWhatIsShownAtRestIsWhatStands(t *testing.T) {
	s, _ := logged(t, moons(t))
	r := Run(s, false)
	defer r.Close()
	check := func(when string) {
		t.Helper()
		var want core.Report
		if err := r.post(func() error { want = s.Trainer().Copy().Present(); return nil }).Wait(); err != nil {
			t.Fatal(err)
		}
		await(t, r, when, func(f *Frame) bool {
			return f.Eval.Evaluated && f.Eval.Step == f.Step && f.Eval.ValLoss == want.ValLoss && f.Eval.ValAccuracy == want.ValAccuracy
		})
	}
	check("at the start")
	for range 5 {
		if err := r.Step().Wait(); err != nil {
			t.Fatal(err)
		}
	}
	check("between evaluations")
	for _, p := range []Pending{r.Set("prune.sparsity", knob.Num(0.8)), r.Set("quant.bits", knob.Num(2))} {
		if err := p.Wait(); err != nil {
			t.Fatal(err)
		}
		check("after a decision")
	}
	if err := r.Seek(0, 2).Wait(); err != nil {
		t.Fatal(err)
	}
	check("after going back")
	if got, want := s.Trainer().Hash(), straight(t, moons(t), 2); got != want {
		t.Error("the run is not what it is without being watched")
	}
}

// While it trains, no evaluation is missed, however seldom a frame is published.
func TestTheLastEvaluationIsShownWhileTraining(t *testing.T) {
	s, _ := logged(t, moons(t))
	for range 50 {
		if report, err := s.Step(); err != nil {
			t.Fatal(err)
		} else if f := frame(s, nil); report.Evaluated && !f.Eval.Equal(report) || f.Step-f.Eval.Step >= 50 || f.Eval.Step > 0 && !f.Eval.Evaluated {
			t.Fatalf("step %d shows %+v", report.Step, f.Eval)
		}
	}
	if err := s.Seek(0, 20, nil); err != nil {
		t.Fatal(err)
	}
	if f := frame(s, nil); f.Eval.Step > 20 {
		t.Errorf("at step 20 the evaluation of step %d is shown", f.Eval.Step)
	}
}
