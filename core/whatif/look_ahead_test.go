package whatif_test

import (
	"testing"

	"descent/core/knob"
	"descent/core/whatif"
	"descent/presets/presettest"
)

func TestLookingAheadSeesWhatThenComes(t *testing.T) {
	tr := presettest.Trained(t, presettest.ThreeClasses, 30)
	before := tr.Hash()
	ghosts := presettest.Find[[]whatif.Ghost](whatif.LookAhead{Path: "optimizer.lr", Values: whatif.JoinValues([]string{"0.01", "0.3", "-1"}), Steps: 40}, tr.Copy())
	if tr.Hash() != before {
		t.Fatal("looking ahead moved the run")
	}
	if len(ghosts) != 3 || ghosts[2].Err == nil || len(ghosts[0].Losses) != 40 {
		t.Fatalf("%d ghosts, %+v", len(ghosts), ghosts[len(ghosts)-1])
	}
	if err := tr.Set("optimizer.lr", knob.Num(0.3)); err != nil {
		t.Fatal(err)
	}
	for i, want := range ghosts[1].Losses {
		if got := tr.Step().Loss; got != want {
			t.Fatalf("step %d ahead: %v came, %v was seen", i+1, got, want)
		}
	}
}
