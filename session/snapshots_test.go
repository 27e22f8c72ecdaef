package session

import (
	"math"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/session/journal"
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

// The cost of a step must not depend on how many there have been: snapshots are looked
// through many at a time, whatever their bytes and however many branches hold them.
func TestThinningCostsTheSameHoweverLongTheRun(t *testing.T) {
	for name, branches := range map[string]int{"one branch": 1, "a race of eight": 8} {
		s := &Session{cursor: &cursor{}, shelf: shelf{budget: DefaultMemory}}
		for id := range branches {
			s.branches = append(s.branches, begun(journal.BranchID(id), nil, 0, 0, ""))
			s.race = append(s.race, &cursor{at: s.branches[id]})
		}
		s.cursor = s.race[0]
		passes, seen, taken := 0, 0, 0
		for step := 0; step <= 16_000_000; step += 4 * snapshotEvery {
			for _, b := range s.branches {
				before := len(b.kept.list)
				s.hold(b, kept{state: &core.Snapshot{Step: step, Params: make([]float64, 2)}})
				if taken++; len(b.kept.list) < before+1 {
					passes, seen = passes+1, seen+before+1
				}
				if n := len(b.kept.list); n > snapshotLimit || s.shelf.held > s.shelf.budget {
					t.Fatalf("%s: %d snapshots, %d bytes", name, n, s.shelf.held)
				}
			}
		}
		if each := float64(seen) / float64(taken); each > 20 {
			t.Errorf("%s: %.0f snapshots are looked through for each that is taken, in %d passes", name, each, passes)
		}
	}
}
