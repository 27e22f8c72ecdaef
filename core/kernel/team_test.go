package kernel

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"gonum.org/v1/gonum/blas"
)

func filled(rng *rand.Rand, rows, cols, spare int) Matrix[float64] {
	m := Matrix[float64]{Rows: rows, Cols: cols, Stride: cols + spare, Data: make([]float64, rows*(cols+spare))}
	for i := range m.Data {
		m.Data[i] = rng.NormFloat64()
	}
	return m
}

func TestATeamGivesTheSameBitsWhateverItsSize(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, size := range [][3]int{{128, 256, 784}, {331, 7, 1200}, {3, 3000, 301}, {137, 141, 143}, {1, 30, 90000}, {90000, 1, 30}} {
		m, n, k := size[0], size[1], size[2]
		for _, tA := range []blas.Transpose{blas.NoTrans, blas.Trans} {
			for _, tB := range []blas.Transpose{blas.NoTrans, blas.Trans} {
				a, b, c := filled(rng, m, k, 3), filled(rng, k, n, 1), filled(rng, m, n, 2)
				if tA == blas.Trans {
					a = filled(rng, k, m, 3)
				}
				if tB == blas.Trans {
					b = filled(rng, n, k, 1)
				}
				want := c
				want.Data = append([]float64(nil), c.Data...)
				Gemm(tA, tB, 0.7, a, b, 1, want)
				for _, members := range []int{2, 3, 8} {
					team := NewTeam(members)
					got := c
					got.Data = append([]float64(nil), c.Data...)
					GemmBy(team, tA, tB, 0.7, a, b, 1, got)
					team.Close()
					for i, v := range got.Data {
						if v != want.Data[i] {
							t.Fatalf("%v %c%c with %d: element %d is %v, not %v", size, tA, tB, members, i, v, want.Data[i])
						}
					}
				}
			}
		}
		x, w, want := filled(rng, m, k, 0), filled(rng, n, k, 0), filled(rng, m, n, 5)
		bias := filled(rng, 1, n, 0).Data
		got := want
		got.Data = append([]float64(nil), want.Data...)
		Affine(want, x, w, bias)
		team := NewTeam(2)
		AffineBy(team, got, x, w, bias)
		team.Close()
		for i, v := range got.Data {
			if v != want.Data[i] {
				t.Fatalf("%v affine: element %d is %v, not %v", size, i, v, want.Data[i])
			}
		}
	}
}

func TestATeamAllocatesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	x, w, y := filled(rng, 128, 600, 0), filled(rng, 64, 600, 0), filled(rng, 128, 64, 0)
	bias := make([]float64, 64)
	team := NewTeam(2)
	defer team.Close()
	if n := testing.AllocsPerRun(20, func() {
		AffineBy(team, y, x, w, bias)
		GemmBy(team, blas.Trans, blas.NoTrans, 1, y, x, 0, w)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

type faulty struct{}

func (faulty) Part(i, _, _ int) {
	if i == 1 {
		panic("no")
	}
}

func TestAFaultInAPartReachesTheCaller(t *testing.T) {
	team := NewTeam(2)
	defer team.Close()
	defer func() {
		if got := recover(); got != "no" {
			t.Errorf("recovered %v", got)
		}
	}()
	team.Do(faulty{}, 1, 0)
}

// held is a task of which a member, in the first part that it takes, waits until
// all the others are done.
type held struct {
	t    *testing.T
	done atomic.Int32
	all  chan struct{}
}

func (h *held) Part(_, n, who int) {
	if who > 0 {
		select {
		case <-h.all:
		case <-time.After(10 * time.Second):
			h.t.Error("the caller did not do what nobody had begun")
		}
	} else {
		time.Sleep(time.Millisecond) // let the member take one
	}
	if h.done.Add(1) == int32(n-1) {
		close(h.all)
	}
}

func TestAMemberThatIsHeldUpKeepsOnePartOnly(t *testing.T) {
	team := NewTeam(2)
	defer team.Close()
	h := &held{t: t, all: make(chan struct{})}
	team.Do(h, 4, 0)
	if got := h.done.Load(); got != 8 {
		t.Errorf("%d parts of 8 done", got)
	}
}

// counted tells how many parts members did.
type counted struct{ members atomic.Int32 }

func (c *counted) Part(_, _, who int) {
	if who > 0 {
		c.members.Add(1)
	}
}

func TestACallerThatIsKeptWaitingGoesOnAloneForAWhile(t *testing.T) {
	team := NewTeam(2)
	defer team.Close()
	team.Do(&held{t: t, all: make(chan struct{})}, 4, 0) // the wait for the last part is short
	team.serial, team.backoff = 0, 0
	slow := &stalled{}
	for slow.stalls.Load() == 0 {
		team.Do(slow, 4, 0)
	}
	if team.serial == 0 {
		t.Fatal("it waits for the members again at once")
	}
	c := &counted{}
	alone := 0
	for ; team.serial > 0; alone++ {
		team.Do(c, 4, 0)
	}
	if n := c.members.Load(); n != 0 {
		t.Errorf("members did %d parts in between", n)
	}
	if alone < 10 {
		t.Errorf("it went alone for %d tasks only", alone)
	}
}

// stalled is a task whose parts take members long.
type stalled struct{ stalls atomic.Int32 }

func (s *stalled) Part(_, _, who int) {
	if who > 0 {
		s.stalls.Add(1)
		time.Sleep(20 * time.Millisecond)
	}
}
