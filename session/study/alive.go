package study

import (
	"os"
	"runtime/debug"
	"strings"
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

// machine names what process ids belong to: the running system, and the namespace in a
// container of it, or where neither is known the name of the machine.
var machine = sync.OnceValue(func() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "host " + host
	}
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return "host " + host
	}
	return strings.TrimSpace(string(boot)) + " " + space
})

// mine are the workers of this process, in whichever Study.
var mine sync.Map

// dead reports whether a worker will not go on with its jobs: it has ended, its process
// is gone, its slot was given to another one, or it was silent for too long.
func (s *Study) dead(id string) bool {
	w := s.workers[id]
	switch {
	case id == "": // of a claim that cannot be read
		return true
	case w == nil: // its file was not listed yet, or is missing
		since, known := s.unknown[id]
		if !known {
			s.unknown[id] = time.Now()
		}
		return known && time.Since(since) > lease
	case w.own:
		return w.closed
	case w.closed, w.silent > lease:
		return true
	case w.Machine != "" && w.Machine == machine():
		if !disk.Alive(w.PID) {
			return true
		}
		if _, here := mine.Load(id); w.PID == os.Getpid() && !here { // of an earlier process with the same number
			return true
		}
	}
	if w.Slot != "" {
		for _, other := range s.workers {
			if other.Slot == w.Slot && other.Turn > w.Turn {
				return true
			}
		}
	}
	return false
}

// turn is how many workers have had a slot.
func (s *Study) turn(slot string) (n int) {
	for _, w := range s.workers {
		if slot != "" && w.Slot == slot {
			n = max(n, w.Turn+1)
		}
	}
	return n
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
