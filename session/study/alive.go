package study

import (
	"os"
	"runtime/debug"
	"sync"
	"time"

	"descent/session/disk"
)

// lease is how long a worker may be silent before others take over its jobs, by the
// clock of whoever looks: clocks of machines are never compared.
const lease = 45 * time.Second

// beatEvery is how often a worker shows that it lives.
const beatEvery = 5 * time.Second

var host, _ = os.Hostname()

// dead reports whether a worker will not go on with its jobs: it has ended, its process
// is gone, its slot was given to another one, or it was silent for too long.
func (s *Study) dead(id string) bool {
	w := s.workers[id]
	switch {
	case w == nil:
		return !s.listed.IsZero() && time.Since(s.listed) < lease && id == "" // one that was not read yet
	case w.own:
		return w.closed
	case w.closed, w.Host == host && !disk.Alive(w.PID):
		return true
	case w.Host == host && w.PID == os.Getpid(): // of an earlier process with the same number
		return true
	case time.Since(w.seen) > lease:
		return true
	}
	if w.Slot != "" {
		for _, other := range s.workers {
			if other.Slot == w.Slot && other.Started > w.Started {
				return true
			}
		}
	}
	return false
}

// Release names the build: the version, and the commit where it is known.
var Release = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	name := info.Main.Version
	if name == "" {
		name = "(devel)"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && name == "(devel)" {
			name += " " + s.Value[:min(len(s.Value), 12)]
		}
	}
	return name
})
