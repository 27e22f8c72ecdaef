package tune

import (
	"slices"
	"sync"

	"descent/core"
)

// librarySets bounds how many tables and data sets are kept: those of a few seeds.
const librarySets = 24

// library keeps what trials have in common: data that was read, and what is learnt
// before. Several goroutines may use it.
type library struct {
	core.Files

	mu      sync.Mutex
	sets    map[string]*kept
	order   []string // of their keys, the oldest first
	lessons map[string][]byte
}

// kept is one value; whoever comes while it is made waits for it.
type kept struct {
	once  sync.Once
	value any
	err   error
}

func newLibrary(files core.Files) *library {
	return &library{Files: files, sets: map[string]*kept{}, lessons: map[string][]byte{}}
}

// Shared returns what is kept under a key.
func (l *library) Shared(key string, make func() (any, error)) (any, error) {
	l.mu.Lock()
	k := l.sets[key]
	if k == nil {
		k = &kept{}
		l.sets[key] = k
		l.order = append(l.order, key)
		if len(l.order) > librarySets {
			delete(l.sets, l.order[0])
			l.order = slices.Delete(l.order, 0, 1)
		}
	}
	l.mu.Unlock()
	k.once.Do(func() { k.value, k.err = make() })
	if k.err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.sets[key] == k { // it may succeed the next time
			delete(l.sets, key)
			l.order = slices.DeleteFunc(l.order, func(o string) bool { return o == key })
		}
	}
	return k.value, k.err
}

// Kept returns weights that were learnt before, from memory or from the cache.
func (l *library) Kept(key string) []byte {
	l.mu.Lock()
	b := l.lessons[key]
	l.mu.Unlock()
	if s, ok := l.Files.(core.Shelf); ok && b == nil {
		b = s.Kept(key)
	}
	return b
}

// Keep keeps weights that were learnt.
func (l *library) Keep(key string, content []byte) {
	l.mu.Lock()
	l.lessons[key] = content
	l.mu.Unlock()
	if s, ok := l.Files.(core.Shelf); ok {
		s.Keep(key, content)
	}
}

// Reading passes on how far the reading of a file is.
func (l *library) Reading(file string, done, total int64) error {
	if w, ok := l.Files.(core.Watcher); ok {
		return w.Reading(file, done, total)
	}
	return nil
}

// Learning passes on the progress of the training of a preset.
func (l *library) Learning(preset string, done, total int) error {
	if s, ok := l.Files.(core.Shelf); ok {
		return s.Learning(preset, done, total)
	}
	return nil
}
