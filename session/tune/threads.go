package tune

import (
	"runtime"
	"sync"
)

// threads are how many of the process run Go code at once.
var threads struct {
	mu   sync.Mutex
	own  int // without those that were asked for
	more int
}

// Threads lets so many more threads run Go code at once, until the function that is
// returned is called. Searches of which one ends after another has begun leave as many as
// there were.
func Threads(more int) (less func()) {
	change := func(by int) {
		threads.mu.Lock()
		defer threads.mu.Unlock()
		if threads.more == 0 {
			threads.own = runtime.GOMAXPROCS(0)
		}
		threads.more += by
		runtime.GOMAXPROCS(threads.own + threads.more)
	}
	change(more)
	return sync.OnceFunc(func() { change(-more) })
}
