package tune

import (
	"runtime"
	"testing"
)

func TestThreadsAreGivenBackInAnyOrder(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	first := Threads(2)
	second := Threads(3)
	first()
	first()
	if now := runtime.GOMAXPROCS(0); now != before+3 {
		t.Errorf("%d threads, not %d", now, before+3)
	}
	second()
	if now := runtime.GOMAXPROCS(0); now != before {
		t.Errorf("%d threads, not %d", now, before)
	}
}
