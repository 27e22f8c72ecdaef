package core

import (
	"sync"
	"sync/atomic"
)

// breaker lets what takes long be broken off in the midst of it: between the
// batches of a step, the blocks of an evaluation, the layers and the rows of a
// large pass.
type breaker struct {
	poll  func() bool // asks whether to; nil for never
	armed bool        // what is being computed may be broken off
	off   atomic.Bool // it was
	asks  sync.Mutex  // so that one goroutine asks at a time
}

// stop tells whether to give up. It is called by all goroutines of a pass.
func (b *breaker) stop() bool {
	if !b.off.Load() && b.armed && b.asks.TryLock() {
		if b.poll() {
			b.off.Store(true)
		}
		b.asks.Unlock()
	}
	return b.off.Load()
}

// broken tells whether what was computed last was broken off.
func (b *breaker) broken() bool { return b.off.Load() }

// abandon arms it for good.
func (b *breaker) abandon(poll func() bool) {
	b.poll, b.armed = poll, poll != nil
	b.off.Store(false)
}
