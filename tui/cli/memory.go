package cli

import (
	"os"
	"runtime"
	"runtime/debug"
	gc "runtime/metrics"
	"sync/atomic"

	"descent/presets"
	"descent/session"
	"descent/session/spill"
)

// roomFor lets snapshots have so many megabytes of memory, and a file in the cache.
func roomFor(s *session.Session, megabytes int) {
	s.Memory(megabytes << 20)
	s.Spill(spill.Open(presets.CacheDir(), session.DefaultDisk))
	tidy.least.Store(tight)
}

// Garbage is mostly vectors of a network's size, which cost nothing to look through. It
// is collected once there is slack of it, so that a command that is soon over hardly
// collects any; and under the screen, where much is in use, once there is less. Go's
// default is as much as is in use.
const (
	slack = 32 << 20
	much  = 200 << 20
	less  = 20 << 20

	most  = 400 // of GOGC
	usual = 100
	tight = 5
)

// tidy adapts the limit of the heap to what is in use.
var tidy struct{ least atomic.Int64 }

// collect begins to, unless the environment says how large the heap is to be (GOGC).
func collect() {
	if os.Getenv("GOGC") != "" {
		return
	}
	tidy.least.Store(usual)
	debug.SetGCPercent(most)
	runtime.SetFinalizer(&cycle{percent: most}, (*cycle).ended)
}

// cycle is collected, and made again, with every collection of garbage.
type cycle struct {
	percent int
	_       [16]byte // finalizers of smaller ones may never run
}

func (c *cycle) ended() {
	live := []gc.Sample{{Name: "/gc/heap/live:bytes"}}
	gc.Read(live)
	if v := live[0].Value; v.Kind() == gc.KindUint64 {
		if percent := percentOf(v.Uint64(), int(tidy.least.Load())); percent != c.percent {
			c.percent = percent
			debug.SetGCPercent(percent)
		}
	}
	runtime.SetFinalizer(c, (*cycle).ended)
}

// percentOf is GOGC for so many bytes in use, at least so much.
func percentOf(live uint64, least int) int {
	room := uint64(slack)
	if live > much {
		room = less
	}
	return max(least, int(min(100*room/max(live, 1), most)))
}
