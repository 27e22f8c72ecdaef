package spill

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"sync"

	"descent/session/disk"
)

// Store keeps vectors in a file that nobody else sees, and that is gone with the process.
// They are written in the background, one after the other. It is safe for concurrent use.
type Store struct {
	file disk.Scratch
	most int64 // bytes that the file may have
	jobs chan *Stored
	done chan struct{}

	mu      sync.Mutex
	free    []extent // holes before end, by place
	end     int64
	used    int64
	waiting int   // that are not written yet
	asked   int64 // the most that these take
	failed  error // why nothing is written any more
	closed  bool
}

// extent is a part of the file.
type extent struct{ at, size int64 }

// Stored is what Put was given.
type Stored struct {
	of      *Store
	lengths []int
	most    int64 // bytes that they may take

	// Under the store's mutex:
	vectors [][]float64 // until they are written
	place   extent      // once they are
	sum     uint32
	state   state
	dropped bool
}

type state int

const (
	queued state = iota
	written
	broken
)

// queueLen bounds what waits to be written.
const queueLen = 64

// least is the room below which no file is made.
const least = 32 << 20

// errRoom is why a file is not made.
var errRoom = errors.New("there is too little room")

// Open makes a file in a folder, of at most so many bytes and a quarter of what is free.
func Open(dir string, most int64) (*Store, error) {
	if room, ok := disk.Room(dir); ok {
		most = min(most, room/4)
	}
	if most < least {
		return nil, errRoom
	}
	f, err := disk.NewScratch(dir)
	if err != nil {
		return nil, disk.Reason(err)
	}
	return on(f, most), nil
}

func on(f disk.Scratch, most int64) *Store {
	s := &Store{file: f, most: most, jobs: make(chan *Stored, queueLen), done: make(chan struct{})}
	go s.work()
	return s
}

// Most is the number of bytes that the store may hold.
func (s *Store) Most() int64 { return s.most }

// Used is the number of bytes that it holds.
func (s *Store) Used() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// Waiting is how many are not written yet.
func (s *Store) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting
}

// Err is why nothing is written any more, nil if all is well.
func (s *Store) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// Put begins to write vectors, which must not be modified until they are; nil if there is
// no room for them.
func (s *Store) Put(vectors [][]float64) *Stored {
	k := &Stored{of: s, vectors: vectors}
	for _, v := range vectors {
		k.lengths = append(k.lengths, len(v))
		k.most += 8*int64(len(v)) + int64(len(v))/blockLen + 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil || s.closed || s.used+s.asked+k.most > s.most || s.waiting >= queueLen {
		return nil
	}
	s.waiting++
	s.asked += k.most
	s.jobs <- k // there is room: see waiting
	return k
}

// take finds a place; a mutex is held.
func (s *Store) take(size int64) extent {
	s.used += size
	for i, e := range s.free {
		if e.size < size {
			continue
		}
		if s.free[i] = (extent{e.at + size, e.size - size}); s.free[i].size == 0 {
			s.free = slices.Delete(s.free, i, i+1)
		}
		return extent{e.at, size}
	}
	e := extent{s.end, size}
	s.end += size
	return e
}

// release gives a place back; a mutex is held.
func (s *Store) release(e extent) {
	s.used -= e.size
	i, _ := slices.BinarySearchFunc(s.free, e, func(a, b extent) int { return int(min(max(a.at-b.at, -1), 1)) })
	s.free = slices.Insert(s.free, i, e)
	if i+1 < len(s.free) && s.free[i].at+s.free[i].size == s.free[i+1].at {
		s.free[i].size += s.free[i+1].size
		s.free = slices.Delete(s.free, i+1, i+2)
	}
	if i > 0 && s.free[i-1].at+s.free[i-1].size == s.free[i].at {
		s.free[i-1].size += s.free[i].size
		s.free = slices.Delete(s.free, i, i+1)
	}
	if n := len(s.free); n > 0 && s.free[n-1].at+s.free[n-1].size == s.end {
		s.end = s.free[n-1].at
		s.free = s.free[:n-1]
		if !s.closed {
			_ = s.file.Truncate(s.end) // else the room is only taken again
		}
	}
}

// work is the goroutine that writes.
func (s *Store) work() {
	defer close(s.done)
	for k := range s.jobs {
		size := int64(0)
		for _, v := range k.vectors {
			size += sizeOf(v)
		}
		s.mu.Lock()
		skip := k.dropped || s.failed != nil || s.closed
		if !skip {
			k.place = s.take(size)
		}
		s.mu.Unlock()
		sum, err := uint32(0), error(nil)
		if !skip {
			sum, err = s.write(k.place, k.vectors)
		}
		s.mu.Lock()
		s.waiting--
		s.asked -= k.most
		k.vectors, k.sum, k.state = nil, sum, written
		switch {
		case skip:
			k.state = broken
		case err != nil:
			k.state, s.failed = broken, disk.Reason(err)
			s.release(k.place)
		case k.dropped:
			s.release(k.place)
		}
		s.mu.Unlock()
	}
}

var table = crc32.MakeTable(crc32.Castagnoli)

func (s *Store) write(to extent, vectors [][]float64) (sum uint32, err error) {
	out, h := bufio.NewWriterSize(io.NewOffsetWriter(s.file, to.at), 1<<18), crc32.New(table)
	w := io.MultiWriter(out, h)
	for _, v := range vectors {
		if err := Write(w, v); err != nil {
			return 0, err
		}
	}
	return h.Sum32(), out.Flush()
}

// Written reports whether the vectors are in the file; failed, that they never will be.
func (k *Stored) Written() (yes, failed bool) {
	k.of.mu.Lock()
	defer k.of.mu.Unlock()
	return k.state == written, k.state == broken
}

// Bytes is the room that the vectors take in the file; before they are written, the most
// that they may take.
func (k *Stored) Bytes() int64 {
	k.of.mu.Lock()
	defer k.of.mu.Unlock()
	if k.state == written {
		return k.place.size
	}
	return k.most
}

// Load returns the vectors; those that it returns nobody else has.
func (k *Stored) Load() ([][]float64, error) {
	s := k.of
	s.mu.Lock()
	place, sum, ok := k.place, k.sum, k.state == written && !k.dropped && !s.closed
	s.mu.Unlock()
	if !ok {
		return nil, errors.New("it is not in the file")
	}
	h := crc32.New(table)
	from := bufio.NewReaderSize(io.TeeReader(io.NewSectionReader(s.file, place.at, place.size), h), 1<<18)
	out := make([][]float64, len(k.lengths))
	for i, n := range k.lengths {
		out[i] = make([]float64, n)
		if err := Read(from, out[i]); err != nil {
			return nil, fmt.Errorf("it cannot be read: %w", disk.Reason(err))
		}
	}
	if h.Sum32() != sum {
		return nil, errOther
	}
	return out, nil
}

// Drop gives the room back. Load fails from then on.
func (k *Stored) Drop() {
	k.of.mu.Lock()
	defer k.of.mu.Unlock()
	if k.dropped {
		return
	}
	k.dropped = true
	if k.state == written {
		k.of.release(k.place)
	}
}

// Close ends the writing and removes the file.
func (s *Store) Close() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.jobs)
	s.mu.Unlock()
	<-s.done
	return s.file.Close()
}
