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

// kept is a snapshot and how many of its branch's decisions it holds.
type kept struct {
	applied int
	state   *core.Snapshot
	plateau optim.PlateauMemory
	tip     history.Tip
}

// bytes is about how much memory it holds alone.
func (k *kept) bytes() int { return k.state.Bytes() + int(unsafe.Sizeof(*k)) }

// snapshotEvery is the number of steps between snapshots of the recent past.
const snapshotEvery = 256

// snapshotLimit bounds those of one branch, however small they are.
const snapshotLimit = 4096

// snapshots are those of one branch, oldest first: dense when recent, thin
// when old. Gaps grow as the square root of their age, so that n of them leave
// none longer than about 4/n of the whole.
type snapshots struct {
	list  []kept
	bytes int
}

// takes tells whether a snapshot so far along would be a new one, and not that of
// a replay of what is kept already.
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

// thin drops snapshots until they take so many bytes and are so many at the most,
// one after the other the one whose gap, once it is gone, is smallest for its age.
// The first and the last go at the end, or stay if they are needed.
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

// droppable are the snapshots between the first and the last, as a heap by what
// it costs to be without them.
type droppable struct {
	list        []kept
	before, aft []int // the neighbours of each that are still there
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

// weigh sets what it costs to be without a snapshot: the gap for its age.
func (d *droppable) weigh(i int) {
	gap := float64(d.list[d.aft[i]].state.Step - d.list[d.before[i]].state.Step)
	age := float64(d.list[len(d.list)-1].state.Step - d.list[i].state.Step + snapshotEvery)
	d.cost[i] = gap / math.Sqrt(age)
}

// next takes out the one that costs least.
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

// Len, Less, Swap, Push and Pop are for the heap.
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

// before is the latest snapshot of at most that step and so many decisions.
func (s *snapshots) before(step, applied int) (kept, bool) {
	n := sort.Search(len(s.list), func(i int) bool { return s.list[i].state.Step > step || s.list[i].applied > applied })
	if n == 0 {
		return kept{}, false
	}
	return s.list[n-1], true
}
