package session

import (
	"cmp"
	"container/heap"
	"fmt"
	"math"
	"slices"
	"sort"
	"unsafe"

	"descent/core"
	"descent/core/optim"
	"descent/session/history"
	"descent/session/spill"
)

// kept is a snapshot and the number of its branch's decisions that it includes.
type kept struct {
	applied int
	state   *core.Snapshot
	plateau optim.PlateauMemory

	stopping optim.StoppingMemory
	tip      history.Tip

	stored *spill.Stored // in the file, or on the way there; nil if it is not
	room   int64         // that it takes there
}

// away reports whether the vectors are in the file alone. Then state has the rest.
func (k *kept) away() bool { return k.stored != nil && k.state.Params == nil }

// whole returns the state with its vectors.
func (k *kept) whole() (*core.Snapshot, error) {
	if !k.away() {
		return k.state, nil
	}
	vectors, err := k.stored.Load()
	if err != nil {
		return nil, err
	}
	return k.state.With(vectors), nil
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
	disk  int64 // bytes in the file
	dense int   // so many of the last are dropped after all others
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

// place returns where a snapshot belongs, and whether there is one of it.
func (s *snapshots) place(step, applied int) (int, bool) {
	i := s.upTo(step, applied)
	return i, i > 0 && s.list[i-1].state.Step == step && s.list[i-1].applied == applied
}

// since returns the number of steps from the last snapshot before a position.
func (s *snapshots) since(step, applied int) int {
	i := s.upTo(step, applied)
	if i == 0 {
		return math.MaxInt
	}
	return step - s.list[i-1].state.Step
}

// put adds a snapshot where it belongs.
func (s *snapshots) put(k kept) {
	if i, there := s.place(k.state.Step, k.applied); !there {
		s.list = slices.Insert(s.list, i, k)
		s.bytes += k.bytes()
	}
}

// thin drops snapshots until their bytes and number are within limits, in the order
// of the gap that each would leave relative to its age. The first and the last are
// dropped last, or kept if they are needed.
func (s *snapshots) thin(bytes, most int, needed bool) {
	n := len(s.list)
	many := n > most
	s.reduce(func() bool { return s.bytes > bytes || n > most }, func(k *kept) bool { return many || !k.away() }, func() { n-- }, needed)
}

// reduce is thin with another limit, and with those that count for it alone.
func (s *snapshots) reduce(over func() bool, counts func(*kept) bool, dropped func(), needed bool) {
	if !over() {
		return
	}
	d := newDroppable(s.list, s.dense, counts)
	drop := func(i int) {
		k := &s.list[i]
		s.bytes -= k.bytes()
		s.disk -= k.room
		if k.stored != nil {
			k.stored.Drop()
		}
		k.state = nil
		dropped()
	}
	for over() && len(d.heap) > 0 {
		drop(d.next())
	}
	for i := 0; i < len(s.list) && over() && !needed; i++ {
		if s.list[i].state != nil && counts(&s.list[i]) {
			drop(i)
		}
	}
	s.list = slices.DeleteFunc(s.list, func(k kept) bool { return k.state == nil })
}

// droppable is a heap of the snapshots between the first and the last, by the cost
// of dropping them.
type droppable struct {
	list        []kept
	from, end   int   // ages are counted to this one, at this step; those after it are recent
	before, aft []int // the remaining neighbours of each
	cost        []float64
	heap, place []int
}

func newDroppable(list []kept, dense int, counts func(*kept) bool) *droppable {
	n := len(list)
	from := max(n-1-dense, 0)
	d := &droppable{list: list, from: from, end: list[from].state.Step, before: make([]int, n), aft: make([]int, n), cost: make([]float64, n), place: make([]int, n)}
	for i := 1; i < n-1; i++ {
		d.before[i], d.aft[i], d.place[i] = i-1, i+1, -1
		if d.weigh(i); counts(&list[i]) {
			d.place[i] = len(d.heap)
			d.heap = append(d.heap, i)
		}
	}
	heap.Init(d)
	return d
}

// weigh computes the cost of dropping a snapshot: the resulting gap relative to its
// age.
func (d *droppable) weigh(i int) {
	gap := float64(d.list[d.aft[i]].state.Step - d.list[d.before[i]].state.Step)
	age := max(d.end-d.list[i].state.Step, 0)
	d.cost[i] = gap / math.Sqrt(float64(age+snapshotEvery))
	if i > d.from {
		d.cost[i] += recent
	}
}

// recent is what makes one of the last snapshots dearer than every older one.
const recent = 1e9

// next removes the one with the lowest cost.
func (d *droppable) next() int {
	i := heap.Pop(d).(int)
	b, a := d.before[i], d.aft[i]
	if b > 0 {
		d.aft[b] = a
		d.fix(b)
	}
	if a < len(d.list)-1 {
		d.before[a] = b
		d.fix(a)
	}
	return i
}

// fix weighs a snapshot anew.
func (d *droppable) fix(i int) {
	if d.weigh(i); d.place[i] >= 0 {
		heap.Fix(d, d.place[i])
	}
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
	n := s.upTo(step, applied)
	if n == 0 {
		return kept{}, false
	}
	return s.list[n-1], true
}

// upTo returns the number of snapshots at or before a step, with at most the given
// number of decisions.
func (s *snapshots) upTo(step, applied int) int {
	return sort.Search(len(s.list), func(i int) bool { return s.list[i].state.Step > step || s.list[i].applied > applied })
}

// shelf is where the snapshots of all branches are: in memory, and those of a large
// network in a file.
type shelf struct {
	budget  int          // memory in bytes
	held    int          // bytes that are in use
	holders []*snapshots // that are not empty
	writing bool         // some may have been written that are still in memory
	file    *spill.Store // nil without one
	between int          // the most multiply-adds from one to the next
	large   bool         // the last snapshot was large
	said    bool         // that the file has failed
}

const (
	// largeBytes is from how many bytes on a snapshot is worth a place in the file.
	largeBytes = 1 << 20
	// betweenWork is how many multiply-adds lie between two snapshots at the most: half a
	// second on one processor.
	betweenWork = 3 << 30
	// leastApart is the least number of steps between two.
	leastApart = 4
)

// closeTogether returns how many steps lie between two snapshots in a file: a power of two.
func closeTogether(work, between int) int {
	n := snapshotEvery
	for n > leastApart && n*work > between {
		n /= 2
	}
	return n
}

// takes reports whether a snapshot would be new. Without a file the recent past alone is
// of interest.
func (s *shelf) takes(of *snapshots, step, applied int) bool {
	if !s.uses() {
		return of.takes(step, applied)
	}
	_, there := of.place(step, applied)
	return !there
}

// uses reports whether snapshots go to the file.
func (s *shelf) uses() bool { return s.file != nil && s.large && s.file.Err() == nil }

// written lets what has been written since go from memory.
func (s *shelf) written(needs func(*snapshots) bool) {
	if s.writing && s.file.Waiting() == 0 {
		s.tidy(needs)
	}
}

// ready reports whether the file takes another of so many snapshots at a time.
func (s *shelf) ready(atOnce int) bool { return s.file != nil && s.file.Waiting() < atOnce }

// hold adds a snapshot and, if there are too many or they exceed the budget, drops a
// sixteenth of them at a time, so that the amortized cost of a snapshot does not grow
// with their number. needs reports whether the first and the last are needed.
func (s *shelf) hold(of *snapshots, k kept, needs func(*snapshots) bool) {
	if len(of.list) == 0 {
		s.holders = append(s.holders, of)
	}
	s.large = k.bytes() >= largeBytes
	before := of.bytes
	if s.uses() {
		of.put(k)
	} else {
		of.add(k)
	}
	if len(of.list) > snapshotLimit {
		of.thin(math.MaxInt, snapshotLimit-snapshotLimit/16, true)
	}
	s.held += of.bytes - before
	if s.large {
		s.tidy(needs)
	}
	if s.held > s.budget {
		s.thin(needs)
	}
}

// thin drops snapshots of the branches that hold the most, until all are within the
// budget.
func (s *shelf) thin(needs func(*snapshots) bool) {
	left, count := s.budget, 0
	for _, h := range s.holders {
		count += len(h.list)
	}
	if count >= 64 { // else each counts
		left -= s.budget / 16
	}
	slices.SortStableFunc(s.holders, func(a, b *snapshots) int { return cmp.Compare(a.bytes, b.bytes) })
	s.held = 0
	for i, h := range s.holders {
		h.thin(max(left, 0)/(len(s.holders)-i), snapshotLimit, needs(h))
		left -= h.bytes
		s.held += h.bytes
	}
	s.holders = slices.DeleteFunc(s.holders, func(h *snapshots) bool { return len(h.list) == 0 })
}

// tidy lets large snapshots be written to the file, and those that are there go from
// memory: the oldest first, until half of the budget is free.
func (s *shelf) tidy(needs func(*snapshots) bool) {
	if s.file == nil || s.held <= s.budget/2 {
		return
	}
	s.makeRoom(needs)
	s.writing = false
	for _, h := range s.holders {
		for i := range h.list {
			k := &h.list[i]
			if s.held <= s.budget/2 {
				return
			}
			if k.away() || k.bytes() < largeBytes {
				continue
			}
			if k.stored == nil {
				if k.stored = s.file.Put(k.state.Vectors()); k.stored == nil {
					continue
				}
				h.occupies(k)
			}
			yes, failed := k.stored.Written()
			s.writing = s.writing || !yes && !failed
			if failed {
				h.disk -= k.room
				k.stored, k.room = nil, 0
			}
			if yes {
				h.occupies(k)
				before := k.bytes()
				k.state = k.state.Bare()
				h.bytes += k.bytes() - before
				s.held += k.bytes() - before
			}
		}
	}
}

// occupies notes the room that a snapshot takes in the file.
func (s *snapshots) occupies(k *kept) {
	now := k.stored.Bytes()
	s.disk += now - k.room
	k.room = now
}

// makeRoom drops snapshots from the file if there is no room for another: those of the
// branches that have the most. In each branch the last ones stay, half of what there is
// room for.
func (s *shelf) makeRoom(needs func(*snapshots) bool) {
	used, size := int64(0), int64(0)
	for _, h := range s.holders {
		used += h.disk
		for i := range h.list {
			size = max(size, h.list[i].room, int64(h.list[i].bytes())) // the vectors are most of it
		}
	}
	left := s.file.Most() - used
	if left >= 2*size || size == 0 {
		return
	}
	left = s.file.Most() - max(s.file.Most()/16, 2*size)
	slices.SortStableFunc(s.holders, func(a, b *snapshots) int { return cmp.Compare(a.disk, b.disk) })
	s.held = 0
	for i, h := range s.holders {
		share := max(left, 0) / int64(len(s.holders)-i)
		h.dense = int(share / size / 2)
		h.reduce(func() bool { return h.disk > share }, func(k *kept) bool { return k.stored != nil }, func() {}, needs(h))
		left -= h.disk
		s.held += h.bytes
	}
}

// forget removes a snapshot that cannot be read from those of a branch, if it is there.
func (s *shelf) forget(of *snapshots, stored *spill.Stored) {
	for i := range of.list {
		if k := &of.list[i]; k.stored == stored && stored != nil {
			of.disk -= k.room
			of.bytes -= k.bytes()
			s.held -= k.bytes()
			stored.Drop()
			of.list = slices.Delete(of.list, i, i+1)
			return
		}
	}
}

// failure returns why the file takes no more, once.
func (s *shelf) failure() error {
	if s.file == nil || s.said || s.file.Err() == nil {
		return nil
	}
	s.said = true
	return s.file.Err()
}

// lacks says what it means that there is no file, or that it takes no more.
func (s *shelf) lacks(why error) string {
	return fmt.Sprintf("snapshots stay in %d MB of memory, so going back computes more steps again: there is no file for them in the cache: %v", s.budget>>20, why)
}
