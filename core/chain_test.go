package core_test

import (
	"strings"
	"testing"
)

// A momentum that a schedule has cycled is the optimizer's own again under another
// schedule, and depends on nothing but the step.
func TestCycledMomentumIsAFunctionOfTheStep(t *testing.T) {
	cycle := []string{"optimizer.name=momentum", "schedule.name=one-cycle", "schedule.max_lr=0.05", "schedule.cycle_momentum=on"}
	a := trainer(t, classesTOML, cycle...)
	steps(a, 5)
	middle := a.Snapshot()
	steps(a, 5)
	turn(t, a, "schedule.name=constant")
	steps(a, 5)
	b := trainer(t, classesTOML, cycle...)
	b.Restore(middle)
	steps(b, 5)
	b = b.Copy()
	turn(t, b, "schedule.name=constant")
	steps(b, 5)
	if a.Hash() != b.Hash() {
		t.Error("a restored trainer goes on with another momentum")
	}
	plain := trainer(t, classesTOML, cycle[:3]...)
	steps(plain, 5)
	if same := trainer(t, classesTOML, cycle...); true {
		steps(same, 5)
		if same.Hash() == plain.Hash() {
			t.Error("the momentum does not cycle")
		}
	}
}

func TestPhasesAreRefusedInASentence(t *testing.T) {
	tr := trainer(t, classesTOML, "schedule.name=chain")
	for text, want := range map[string]string{
		"cosin 5":            `no phase is called "cosin"; did you mean "cosine"?`,
		"plateau 5":          `no phase is called "plateau"`,
		"cosine,constant":    `"cosine" has no number of steps, and is not the last phase`,
		"cosine 5 gamma=0.5": `"gamma=0.5" is neither a number of steps nor a setting of cosine`,
		"cosine -5":          `"-5" is neither a number of steps nor a setting`,
		"step 5 gamma=x":     `"step 5 gamma=x"`,
	} {
		path, v := parse(t, tr.Settings(), "schedule.phases="+text)
		if err := tr.Set(path, v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, not %q", text, err, want)
		}
	}
	turn(t, tr, "schedule.phases=linear 2 start_factor=0.5 total_iters=0,cosine")
	steps(tr, 3)
}
