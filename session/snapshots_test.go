package session

import (
	"math"
	"testing"

	"descent/core"
	"descent/core/knob"
)

func TestSnapshotsThinWithAgeButTheFirstAndLastStay(t *testing.T) {
	var s snapshots
	for step := 0; step <= 100*snapshotEvery; step += snapshotEvery {
		s.add(kept{state: &core.Snapshot{Step: step}})
		s.thin(math.MaxInt, 20, true)
	}
	first, last := s.list[0].state.Step, s.list[len(s.list)-1].state.Step
	if first != 0 || last != 100*snapshotEvery {
		t.Errorf("from %d to %d", first, last)
	}
	early := s.list[1].state.Step - s.list[0].state.Step
	late := last - s.list[len(s.list)-2].state.Step
	if early < late {
		t.Errorf("gap of %d when old, %d when recent", early, late)
	}
}

// Of the spiral's size, under the default budget: what going anywhere costs.
func TestSnapshotsOfTenMillionStepsLeaveNoLongGap(t *testing.T) {
	one := &core.Snapshot{Params: make([]float64, 1218), State: []knob.Buffer{{Data: make([]float64, 3*1218)}}}
	var s snapshots
	for step := 0; step <= 10_000_000; step += snapshotEvery {
		state := *one
		state.Step = step
		s.add(kept{state: &state})
		if s.bytes > DefaultMemory {
			s.thin(DefaultMemory-DefaultMemory/16, snapshotLimit, true)
		}
		if step/snapshotEvery == 1_000_000/snapshotEvery || step+snapshotEvery > 10_000_000 {
			gap := 0
			for i := 1; i < len(s.list); i++ {
				gap = max(gap, s.list[i].state.Step-s.list[i-1].state.Step)
			}
			if most := 4000 + 36*(step/9_000_000)*1000; gap > most {
				t.Errorf("after %d steps a gap of %d, want %d at the most", step, gap, most)
			}
			t.Logf("after %d steps: %d snapshots, the longest gap %d", step, len(s.list), gap)
		}
	}
}
