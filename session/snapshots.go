package session

import (
	"container/heap"
	"math"
	"slices"
	"sort"
	"unsafe"

	"descent/core"
	"descent/core/optim"
	"descent/session/history"
)

// kept is a snapshot and the number of its branch's decisions that it includes.
type kept struct {
	applied int
	state   *core.Snapshot
	plateau optim.PlateauMemory

	stopping optim.StoppingMemory
	tip      history.Tip
}

// bytes returns the approximate memory that only this snapshot holds.
func (k *kept) bytes() int { return k.state.Bytes() + int(unsafe.Sizeof(*k)) }

// snapshotEvery is the number of steps between snapshots of the recent past.
const snapshotEvery = 256

// snapshotLimit bounds the number of those of one branch.
const snapshotLimit = 4096

// snapshots holds those of one branch, oldest first, denser when recent. Gaps grow
// as the square root of their age, so that with n of them no gap is longer than
// about 4/n of the run.
type snapshots struct {
	list  []kept
	bytes int
}

// takes reports whether a snapshot at a step would be new, rather than a replay of
// an existing one.
func (s *snapshots) takes(step, applied int) bool {
	n := len(s.list)
	if n == 0 {
		return true
	}
	last := s.list[n-1]
	return last.state.Step < step || last.state.Step == step && last.applied < applied
}

func (s *snapshots) add(k kept) {
	if s.takes(k.state.Step, k.applied) {
		s.list = append(s.list, k)
		s.bytes += k.bytes()
	}
}

// thin drops snapshots until their bytes and number are within limits, in the order
// of the gap that each would leave relative to its age. The first and the last are
// dropped last, or kept if they are needed.
func (s *snapshots) thin(bytes, most int, needed bool) {
	n := len(s.list)
	over := func() bool { return s.bytes > bytes || n > most }
	if !over() {
		return
	}
	d := newDroppable(s.list)
	drop := func(i int) {
		s.bytes -= s.list[i].bytes()
		s.list[i].state = nil
		n--
	}
	for over() && len(d.heap) > 0 {
		drop(d.next())
	}
	for i := 0; i < len(s.list) && over() && !needed; i++ {
		if s.list[i].state != nil {
			drop(i)
		}
	}
	s.list = slices.DeleteFunc(s.list, func(k kept) bool { return k.state == nil })
}

// droppable is a heap of the snapshots between the first and the last, by the cost
// of dropping them.
type droppable struct {
	list        []kept
	before, aft []int // the remaining neighbours of each
	cost        []float64
	heap, place []int
}

func newDroppable(list []kept) *droppable {
	n := len(list)
	d := &droppable{list: list, before: make([]int, n), aft: make([]int, n), cost: make([]float64, n), place: make([]int, n)}
	for i := 1; i < n-1; i++ {
		d.before[i], d.aft[i] = i-1, i+1
		d.weigh(i)
		d.place[i] = len(d.heap)
		d.heap = append(d.heap, i)
	}
	heap.Init(d)
	return d
}

// weigh computes the cost of dropping a snapshot: the resulting gap relative to its
// age.
func (d *droppable) weigh(i int) {
	gap := float64(d.list[d.aft[i]].state.Step - d.list[d.before[i]].state.Step)
	age := float64(d.list[len(d.list)-1].state.Step - d.list[i].state.Step + snapshotEvery)
	d.cost[i] = gap / math.Sqrt(age)
}

// next removes the one with the lowest cost.
func (d *droppable) next() int {
	i := heap.Pop(d).(int)
	b, a := d.before[i], d.aft[i]
	if b > 0 {
		d.aft[b] = a
		d.weigh(b)
		heap.Fix(d, d.place[b])
	}
	if a < len(d.list)-1 {
		d.before[a] = b
		d.weigh(a)
		heap.Fix(d, d.place[a])
	}
	return i
}

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (d *droppable) Len() int { return len(d.heap) }

func (d *droppable) Less(i, j int) bool { return d.cost[d.heap[i]] < d.cost[d.heap[j]] }

func (d *droppable) Swap(i, j int) {
	d.heap[i], d.heap[j] = d.heap[j], d.heap[i]
	d.place[d.heap[i]], d.place[d.heap[j]] = i, j
}

func (d *droppable) Push(x any) { d.heap = append(d.heap, x.(int)) }

func (d *droppable) Pop() any {
	last := d.heap[len(d.heap)-1]
	d.heap = d.heap[:len(d.heap)-1]
	return last
}

// before returns the latest snapshot at or before a step with at most the given
// number of decisions.
func (s *snapshots) before(step, applied int) (kept, bool) {
	n := sort.Search(len(s.list), func(i int) bool { return s.list[i].state.Step > step || s.list[i].applied > applied })
	if n == 0 {
		return kept{}, false
	}
	return s.list[n-1], true
}
