package cli

import (
	"os"
	"runtime"
	"runtime/debug"
	gc "runtime/metrics"
	"sync"

	"descent/presets"
	"descent/session"
	"descent/session/spill"
)

// roomFor lets snapshots have so many megabytes of memory, and a file in the cache.
func roomFor(s *session.Session, megabytes int) {
	s.Memory(megabytes << 20)
	s.Spill(spill.Open(presets.CacheDir(), session.DefaultDisk))
	garbage()
}

// Garbage under the screen is mostly vectors of a network's size, which cost nothing to
// look through, so that it is collected early: once there is slack of it and, where much is
// in use, less. Go's default is as much as is in use.
const (
	slack = 32 << 20
	much  = 200 << 20
	less  = 20 << 20
)

// garbage keeps the heap small, unless the environment says how it is to be (GOGC).
var garbage = sync.OnceFunc(func() {
	if os.Getenv("GOGC") == "" {
		runtime.SetFinalizer(&cycle{}, (*cycle).ended)
	}
})

// cycle is collected, and made again, with every collection of garbage.
type cycle struct {
	percent int
	_       [16]byte // finalizers of smaller ones may never run
}

func (c *cycle) ended() {
	live := []gc.Sample{{Name: "/gc/heap/live:bytes"}}
	gc.Read(live)
	if v := live[0].Value; v.Kind() == gc.KindUint64 {
		if percent := percentOf(v.Uint64()); percent != c.percent {
			c.percent = percent
			debug.SetGCPercent(percent)
		}
	}
	runtime.SetFinalizer(c, (*cycle).ended)
}

// percentOf is GOGC for so many bytes in use.
func percentOf(live uint64) int {
	switch {
	case live <= slack:
		return 100
	case live <= much:
		return int(100 * slack / live)
	}
	return int(max(100*less/live, 5))
}
