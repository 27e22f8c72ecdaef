package live

import (
	"context"
	"testing"
	"time"

	"descent/core"
	"descent/core/knob"
)

// along is a patient probe of the path whose findings are kept.
type along struct{}

func (along) Recorded() bool { return true }

func (p along) Measure(ctx context.Context, t *core.Trainer) any {
	return p.Follow(ctx, t, func(any) {})
}

func (p along) Follow(ctx context.Context, t *core.Trainer, tell func(any)) any {
	return p.FollowPath(ctx, t, nil, tell)
}

func (along) FollowPath(_ context.Context, t *core.Trainer, path []*core.Snapshot, _ func(any)) any {
	out := []int{}
	for _, s := range path {
		out = append(out, s.Step)
	}
	return append(out, t.StepCount())
}

// What was found on the way is there again after going back, up to where one stands;
// of another branch only what they share.
func TestEarlierFindingsAreThoseOfTheWayHere(t *testing.T) {
	s, _ := logged(t, moons(t))
	r := Run(s, false)
	defer r.Close()
	r.Watch([]Probe{along{}})
	steps := func(f *Frame) (out []int) {
		for _, v := range f.Past(along{}) {
			out = append(out, v.Step)
		}
		return out
	}
	measured := func(step int) *Frame {
		t.Helper()
		return await(t, r, "a finding", func(f *Frame) bool { return f.Step == step && !f.Probing && f.Findings[along{}].Step == step })
	}
	measured(0)
	for step := 1; step <= 4; step++ {
		if err := r.Step().Wait(); err != nil {
			t.Fatal(err)
		}
		measured(step)
	}
	if got := steps(r.Frame()); len(got) != 5 || got[4] != 4 {
		t.Fatalf("steps %v", got)
	}
	if path := r.Frame().Findings[along{}].Value.([]int); path[0] != 0 || path[len(path)-1] != 4 {
		t.Errorf("path %v", path)
	}
	if err := r.Seek(0, 2).Wait(); err != nil {
		t.Fatal(err)
	}
	measured(2)
	if got := steps(r.Frame()); len(got) != 3 || got[2] != 2 {
		t.Errorf("back at step 2: %v", got)
	}
	if err := r.Set("optimizer.lr", knob.Num(0.01)).Wait(); err != nil {
		t.Fatal(err)
	}
	if err := r.Step().Wait(); err != nil {
		t.Fatal(err)
	}
	f := measured(3)
	if f.Branch == 0 {
		t.Fatal("a change in the past begins no branch")
	}
	if got := steps(f); len(got) != 4 || got[3] != 3 {
		t.Errorf("on another branch: %v", got)
	}
	if err := r.Seek(0, 4).Wait(); err != nil {
		t.Fatal(err)
	}
	if got := steps(measured(4)); len(got) != 5 {
		t.Errorf("back on the first: %v", got)
	}
}

func TestRecordsAreThinnedAndTheLastStays(t *testing.T) {
	p := newProber(shortRest, false)
	defer p.close()
	for step := range 3 * mostRecords {
		p.record(measurement{found: map[Probe]Finding{along{}: {Step: step}}})
		list := p.records[along{}]
		if len(list) > mostRecords || list[len(list)-1].Step != step {
			t.Fatalf("%d records, the last of step %d after step %d", len(list), list[len(list)-1].Step, step)
		}
	}
	if first := p.records[along{}][0].Step; first > 10 {
		t.Errorf("the first is of step %d", first)
	}
}

// While a measurement runs, the last complete one is at hand.
func TestAPartialFindingCarriesTheLastCompleteOne(t *testing.T) {
	s, _ := logged(t, moons(t))
	r := Run(s, false)
	defer r.Close()
	p := slow{"a", make(chan struct{}, 1), make(chan string, 4)}
	r.Watch([]Probe{p})
	p.goOn <- struct{}{}
	await(t, r, "its end", func(f *Frame) bool { return f.Findings[p].Value == "done" })
	if err := r.Step().Wait(); err != nil {
		t.Fatal(err)
	}
	f := await(t, r, "the next", func(f *Frame) bool { return f.Findings[p].Partial })
	if e := f.Findings[p].Earlier; e == nil || e.Value != "done" || e.Step != 0 {
		t.Errorf("earlier %+v", e)
	}
	p.goOn <- struct{}{}
}

// While a probe of the path is watched its path has more than the session's snapshots.
func TestThePathIsAsCloseAsItWasWatched(t *testing.T) {
	s, _ := logged(t, moons(t))
	var tr trail
	now := time.Now()
	for range 30 {
		tr.note(s, now)
		tr.note(s, now.Add(time.Millisecond)) // too soon
		if _, err := s.Step(); err != nil {
			t.Fatal(err)
		}
		now = now.Add(trailEvery)
	}
	path := tr.path(s)
	if len(path) != 30 || path[29].Step != 29 {
		t.Fatalf("%d points, the session has %d", len(path), len(s.Path()))
	}
	for i, p := range path {
		if p.Step != i || !s.Trainer().Takes(p) {
			t.Errorf("point %d is of step %d", i, p.Step)
		}
	}
	if err := s.Seek(0, 10, nil); err != nil {
		t.Fatal(err)
	}
	if path := tr.path(s); path[len(path)-1].Step != 10 {
		t.Errorf("back at step 10 the path ends at %d", path[len(path)-1].Step)
	}
}
