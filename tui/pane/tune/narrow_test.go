package tune

import (
	"testing"

	"descent/core/knob"
	"descent/core/search"
	"descent/session/live"
	"descent/tui/intent"
	"descent/tui/internal/frames"
)

func TestAnAxisIsNarrowedToWhereTheBestTrialsLie(t *testing.T) {
	f := frames.Tuned(t)
	_, _, p := New(frames.Plain())
	g := p.digest(f)
	for _, a := range g.axes {
		now, why := narrowed(g, a)
		if why != "" {
			continue
		}
		if err := now.Check(); err != nil {
			t.Errorf("%s: %v", a.Path, err)
		}
		if a.Kind == search.Choice {
			if len(now.Choices) == 0 || len(now.Choices) >= len(a.Choices) {
				t.Errorf("%s: %v of %v", a.Path, now.Choices, a.Choices)
			}
		} else if now.Low < a.Low || now.High > a.High || now.High-now.Low >= a.High-a.Low {
			t.Errorf("%s: %g to %g of %g to %g", a.Path, now.Low, now.High, a.Low, a.High)
		}
		for _, i := range g.ranked[:bestLeast] {
			v, ok := g.Trials[i].Point[a.Path]
			if ok && a.Contains(v) && !now.Contains(v) {
				t.Errorf("%s leaves out %s, of trial %d", a.Path, v, g.Trials[i].Number)
			}
		}
	}
	if _, why := narrowed(g, g.axes[0]); why != "" {
		t.Errorf("the rate: %s", why)
	}
}

func TestAnAxisIsWidenedAsFarAsTheKnobGoes(t *testing.T) {
	r := frames.Still(t).Recipe
	for _, c := range []struct {
		of, want search.Axis
		refused  bool
	}{
		{of: search.Axis{Path: "optimizer.lr", Kind: search.Float, Low: 1e-3, High: 0.1, Log: true}, want: search.Axis{Low: 1e-4, High: 1}},
		{of: search.Axis{Path: "prune.sparsity", Kind: search.Float, Low: 0.2, High: 0.8}, want: search.Axis{Low: 0, High: 1}},
		{of: search.Axis{Path: "train.batch", Kind: search.Int, Low: 16, High: 48, Step: 8}, want: search.Axis{Low: 8, High: 64}},
		{of: search.Axis{Path: "optimizer.beta2", Kind: search.Float, Low: 0.9, High: 0.99, Complement: true}, want: search.Axis{Low: 0.68, High: 0.9969}},
		{of: search.Axis{Path: "prune.sparsity", Kind: search.Float, Low: 0, High: 1}, refused: true},
	} {
		now, why := widened(axis{Axis: c.of, hull: c.of}, r)
		if (why != "") != c.refused {
			t.Errorf("%s: %q", c.of.Path, why)
		}
		if c.refused {
			continue
		}
		if err := now.Check(); err != nil {
			t.Errorf("%s: %v", c.of.Path, err)
		}
		if set, err := r.Find(c.of.Path); err == nil && (now.Low < set.Knob.Min || now.High > set.Knob.Max) {
			t.Errorf("%s: %g to %g, which the knob does not take", c.of.Path, now.Low, now.High)
		}
		if c.of.Kind == search.Int {
			if now.Low != c.want.Low || now.High != c.want.High {
				t.Errorf("%s: %g to %g", c.of.Path, now.Low, now.High)
			}
			continue
		}
		near := func(a, b float64) bool { return a-b < 0.02*b+1e-9 && b-a < 0.02*b+1e-9 }
		if !near(now.Low, c.want.Low) || !near(now.High, c.want.High) {
			t.Errorf("%s: %g to %g, want %g to %g", c.of.Path, now.Low, now.High, c.want.Low, c.want.High)
		}
	}
}

func TestTheKeysOfTheSpaceAskForDecisions(t *testing.T) {
	f := frames.Tuned(t)
	_, _, p := New(frames.Plain())
	if got, _ := press(t, p, f, ")").(intent.SetAxis); got.Axis.Path != "optimizer.lr" || got.Axis.High >= 0.1 && got.Axis.Low <= 1e-4 {
		t.Errorf(") asks for %+v", got)
	}
	if got, _ := press(t, p, f, "down", "d").(intent.DropAxis); got.Path != "optimizer.name" {
		t.Errorf("d drops %q", got.Path)
	}
	if got, _ := press(t, p, f, "enter").(intent.EditAxis); got.Path != "optimizer.name" {
		t.Errorf("enter edits %q", got.Path)
	}
	p.at = samplerRow
	if got, _ := press(t, p, f, "right").(intent.Decide); got.Decision.Sampler == nil || got.Decision.Sampler.Name == "random" || got.Decision.Sampler.Greed != 0.3 {
		t.Errorf("→ on the sampler asks for %+v", got.Decision)
	}
	for _, c := range [][3]string{{"grid", "right", "auto"}, {"auto", "left", "grid"}} { // without a list of points
		other := *f.Tuning.Study
		other.Plan.Sampler = c[0]
		g := *f
		g.Tuning = &live.Tuning{Recipe: f.Tuning.Recipe, Study: &other}
		if got, _ := press(t, p, &g, c[1]).(intent.Decide); got.Decision.Sampler == nil || got.Decision.Sampler.Name != c[2] {
			t.Errorf("%s on the sampler %s asks for %+v", c[1], c[0], got.Decision.Sampler)
		}
	}
	p.at = budgetRow
	if got, _ := press(t, p, f, "right").(intent.Decide); got.Decision.Trials == nil || *got.Decision.Trials != 90 {
		t.Errorf("→ on the trials asks for %+v", got.Decision)
	}
	p.at = aroundRow
	if got, _ := press(t, p, f, "left").(intent.Decide); got.Decision.Around == nil || got.Decision.Around.Width != 0.12 {
		t.Errorf("← on the prior asks for %+v", got.Decision)
	}
	if f.Tuning.Study.Plan.Space.Around.Width != 0.15 {
		t.Error("the reading was modified")
	}
}

func TestAnAxisReachesOverAllThatItEverWas(t *testing.T) {
	f := frames.Tuned(t)
	_, _, p := New(frames.Plain())
	g := p.digest(f)
	lr := g.axes[0]
	if lr.Low != 1e-4 || lr.hull.Low != 1e-5 || lr.hull.High != 1 {
		t.Errorf("%g to %g of %g to %g", lr.Low, lr.High, lr.hull.Low, lr.hull.High)
	}
	if u, ok := lr.place(knob.Num(1e-5)); !ok || u != 0 {
		t.Errorf("what lay outside of the range is at %g", u)
	}
	f.Tuning.Study.Plan.Space.Axes = f.Tuning.Study.Plan.Space.Axes[1:]
	other := newDigest(f.Tuning.Study, nil)
	if last := other.axes[len(other.axes)-1]; last.Path != "optimizer.lr" || !last.gone {
		t.Errorf("the axis that was dropped is %+v", last)
	}
}
