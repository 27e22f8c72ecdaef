package kernel

import (
	"runtime"
	"sync/atomic"

	"descent/core/team"
)

// threads are how many goroutines compute at once; 0 for one for each processor.
var threads atomic.Int32

// SetThreads says how many goroutines are to compute at once; 0 is one for each
// processor.
func SetThreads(n int) { threads.Store(int32(n)) }

// ThreadsSet reports whether SetThreads has said it.
func ThreadsSet() bool { return threads.Load() > 0 }

// Threads is how many goroutines are to compute at once.
func Threads() int {
	if n := int(threads.Load()); n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// Task is work that can be divided into independent parts.
type Task = team.Task

// Team shares tasks, and matrix products, among goroutines, its own and its caller's. A
// nil team is the caller alone. It is not safe for two callers at once.
type Team struct {
	members *team.Team
	kept    [2]Task // products of either precision, so that none allocates
}

// NewTeam starts the goroutines; Close ends them. With one member there are
// none, and the team is nil.
func NewTeam(members int) *Team {
	if members < 2 {
		return nil
	}
	return &Team{members: team.New(members)}
}

// Members is the number of goroutines that share a task.
func (t *Team) Members() int {
	if t == nil {
		return 1
	}
	return t.members.Members()
}

// Close ends the team's goroutines. The caller does later tasks alone.
func (t *Team) Close() {
	if t != nil {
		t.members.Close()
	}
}

// Do runs a task of about work multiply-adds, divided into about parts parts for each
// member, and returns when it is done. It panics with what a part panics with.
func (t *Team) Do(task Task, parts, work int) {
	if t == nil {
		task.Part(0, 1, 0)
		return
	}
	t.run(task, parts, uint64(work)<<8|uint64(parts))
}

// run is Do of a task that takes as long as others of its shape.
func (t *Team) run(task Task, parts int, shape uint64) {
	t.members.Do(task, parts*t.Members(), shape)
}

// Worth is the number of multiply-adds from which a team looks whether it is faster than
// its caller alone: some ten microseconds, ten times what handing over a part takes.
const Worth = 1 << 18
