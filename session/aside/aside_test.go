package aside

import (
	"strings"
	"testing"
	"time"

	"descent/core/parallel"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAJobIsDoneBesideOrByTheCaller(t *testing.T) {
	var a Aside
	for i := range 300 {
		at := 0
		a.Begin(func() { at = i + 1 })
		if i%3 == 0 {
			time.Sleep(10 * time.Microsecond)
		}
		a.Wait()
		if at != i+1 {
			t.Fatalf("job %d was not done", i)
		}
	}
}

// Who was kept waiting does the next jobs at once.
func TestABusyMachineIsLeftAlone(t *testing.T) {
	a := Aside{least: time.Microsecond}
	began := make(chan bool)
	a.Begin(func() {
		close(began)
		time.Sleep(5 * time.Millisecond)
	})
	<-began
	a.Wait()
	for i := range leastBackoff {
		did := false
		a.Begin(func() { did = true })
		if !did || a.now != nil {
			t.Fatalf("job %d was not done at once", i)
		}
		a.Wait()
	}
	a.Begin(func() {})
	if a.now == nil {
		t.Error("it never tries again")
	}
	a.Wait()
}

func TestAPanicComesToWhoWaits(t *testing.T) {
	var a Aside
	for range 3 {
		a.Begin(func() { panic("boom") })
		func() {
			defer func() {
				if p, ok := recover().(*parallel.Panic); !ok || p.Error() != "boom" || !strings.Contains(string(p.Stack), "aside_test.go") {
					t.Errorf("it panics with %v", p)
				}
			}()
			a.Wait()
		}()
		a.Wait() // there is no job any more
	}
}
