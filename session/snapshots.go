package session

import (
	"math"
	"unsafe"

	"descent/core"
	"descent/core/optim"
)

// kept is a snapshot and how many of its branch's decisions it holds.
type kept struct {
	applied int
	state   *core.Snapshot
	plateau optim.PlateauMemory
	tip     tip
}

// bytes is about how much memory it holds alone.
func (k *kept) bytes() int { return k.state.Bytes() + int(unsafe.Sizeof(*k)) }

// snapshotEvery is the number of steps between snapshots of the recent past.
const snapshotEvery = 256

// snapshots are those of one branch, oldest first: dense when recent, thin
// when old. Gaps grow as the square root of their age, so that n of them leave
// none longer than about 4/n of the whole.
type snapshots struct {
	list  []kept
	bytes int
}

func (s *snapshots) add(k kept) {
	if n := len(s.list); n > 0 {
		switch last := s.list[n-1]; {
		case last.state.Step == k.state.Step && last.applied == k.applied:
			return
		case last.state.Step > k.state.Step:
			return // a replay of what is kept already
		}
	}
	s.list = append(s.list, k)
	s.bytes += k.bytes()
}

// thin drops the snapshot whose gap, once it is gone, is smallest for its age.
// The first and the last stay if they are needed. It tells whether one went.
func (s *snapshots) thin(needed bool) bool {
	n := len(s.list)
	if n == 0 || needed && n <= 2 {
		return false
	}
	worst := n - 1
	if n > 2 {
		now, least := s.list[n-1].state.Step, math.Inf(1)
		for i := 1; i < n-1; i++ {
			gap := float64(s.list[i+1].state.Step - s.list[i-1].state.Step)
			age := float64(now - s.list[i].state.Step + snapshotEvery)
			if cost := gap / math.Sqrt(age); cost < least {
				worst, least = i, cost
			}
		}
	}
	s.bytes -= s.list[worst].bytes()
	s.list = append(s.list[:worst], s.list[worst+1:]...)
	return true
}

// before is the latest snapshot of at most that step and so many decisions.
func (s *snapshots) before(step, applied int) (kept, bool) {
	for i := len(s.list) - 1; i >= 0; i-- {
		if k := s.list[i]; k.state.Step <= step && k.applied <= applied {
			return k, true
		}
	}
	return kept{}, false
}

// LongestGap is the most steps between two snapshots of the branch, which is
// the most that going anywhere on it has to compute again.
func (s *Session) LongestGap() int {
	gap, at := 0, 0
	for _, k := range s.at.kept.list {
		gap, at = max(gap, k.state.Step-at), k.state.Step
	}
	return max(gap, s.at.head-at)
}
