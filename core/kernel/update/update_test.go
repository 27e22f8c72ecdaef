package update

import (
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"descent/core/kernel"
)

var moments = kernel.AdamFactors{Beta1: 0.9, Beta2: 0.999, Unbias: 1 / (1 - 0.9*0.9*0.9), Root: math.Sqrt(1 - 0.999*0.999*0.999), Eps: 1e-8}

// applied is a rule with settings; s are its state, of which the signed ones may be
// negative.
type applied[T kernel.Float] struct {
	name   string
	signed [3]bool
	apply  func(p *Pass[T], s [3][]T) bool
}

func all[T kernel.Float]() []applied[T] {
	one, two := [3]bool{true}, [3]bool{true, true}
	return []applied[T]{
		{"sgd", one, func(p *Pass[T], _ [3][]T) bool { return p.SGD() }},
		{"begin", one, func(p *Pass[T], s [3][]T) bool { return p.Begin(s[0]) }},
		{"momentum", one, func(p *Pass[T], s [3][]T) bool { return p.Momentum(s[0], 0.9, 0.8) }},
		{"nesterov", one, func(p *Pass[T], s [3][]T) bool { return p.Nesterov(s[0], 0.9, 0.9) }},
		{"adagrad", [3]bool{}, func(p *Pass[T], s [3][]T) bool { return p.Adagrad(s[0], 1e-10, 1.3) }},
		{"rmsprop", [3]bool{}, func(p *Pass[T], s [3][]T) bool { return p.RMSprop(s[0], nil, nil, 0.99, 1e-8, 0) }},
		{"rmsprop momentum", [3]bool{2: true}, func(p *Pass[T], s [3][]T) bool { return p.RMSprop(s[0], nil, s[2], 0.99, 1e-8, 0.9) }},
		{"rmsprop centered", [3]bool{1: true}, func(p *Pass[T], s [3][]T) bool { return p.RMSprop(s[0], s[1], nil, 0.99, 1e-8, 0) }},
		{"rmsprop centered momentum", [3]bool{1: true, 2: true}, func(p *Pass[T], s [3][]T) bool { return p.RMSprop(s[0], s[1], s[2], 0.99, 1e-8, 0.9) }},
		{"adadelta", [3]bool{}, func(p *Pass[T], s [3][]T) bool { return p.Adadelta(s[0], s[1], 0.9, 1e-6) }},
		{"adam", one, func(p *Pass[T], s [3][]T) bool { return p.Adam(s[0], s[1], moments) }},
		{"amsgrad", one, func(p *Pass[T], s [3][]T) bool { return p.AMSGrad(s[0], s[1], s[2], moments) }},
		{"adamax", one, func(p *Pass[T], s [3][]T) bool { return p.Adamax(s[0], s[1], moments) }},
		{"nadam", one, func(p *Pass[T], s [3][]T) bool { return p.NAdam(s[0], s[1], 0.9, 0.999, 0.3, 0.7, 0.01, 1e-8) }},
		{"radam", one, func(p *Pass[T], s [3][]T) bool { return p.RAdam(s[0], s[1], 0.9, 0.999, 0.3, 0.7, 0.1, 1e-8) }},
		{"radam early", one, func(p *Pass[T], s [3][]T) bool { return p.RAdam(s[0], s[1], 0.9, 0.999, 0.3, 0, 0.1, 1e-8) }},
		{"lion", two, func(p *Pass[T], s [3][]T) bool { return p.Lion(s[0], 0.9, 0.99) }},
	}
}

func size[T kernel.Float]() int { return int(unsafe.Sizeof(T(0))) }

// sets are the instruction sets that this processor has.
func sets() []string {
	have := []string{"go"}
	if kernel.Name() != "go" {
		have = append(have, "avx2")
	}
	if kernel.Widest() == "avx512" {
		have = append(have, "avx512")
	}
	return have
}

// with runs f with an instruction set.
func with(set string, f func()) {
	was := name
	defer func() { name = was }()
	name = func() string { return set }
	f()
}

// hostile draws numbers of all sizes, some that are no plain numbers.
func hostile[T kernel.Float](rng *rand.Rand, wild bool) T {
	odd := []T{0, T(math.Copysign(0, -1)), T(math.Inf(1)), T(math.Inf(-1)), T(math.NaN()), T(math.SmallestNonzeroFloat64), T(math.SmallestNonzeroFloat32), 1e-30, -1e-30, 1e19, -1e19, 1e30}
	if wild && rng.IntN(4) == 0 {
		return odd[rng.IntN(len(odd))]
	}
	return T(rng.NormFloat64() * math.Exp(rng.NormFloat64()*3))
}

const guard = 32

// guarded is a run of n numbers with others around them, which nothing may touch.
func guarded[T kernel.Float](rng *rand.Rand, n int, wild, signed bool) (whole, run []T) {
	whole = make([]T, n+2*guard)
	for i := range whole {
		whole[i] = hostile[T](rng, wild)
		if !signed {
			whole[i] = T(math.Abs(float64(whole[i])))
		}
	}
	return whole, whole[guard : guard+n : guard+n]
}

// bits tells numbers apart; any NaN is as good as another.
func bits[T kernel.Float](x T) uint64 {
	if x != x {
		return 1
	}
	return math.Float64bits(float64(x))
}

func testBits[T kernel.Float](t *testing.T) {
	for _, rule := range all[T]() {
		for _, decay := range []string{"", "penalty", "decoupled"} {
			for n := 0; n < 72; n += 1 + n/8 {
				for _, wild := range []bool{false, true} {
					var want [][]T
					var finite bool
					for _, set := range sets() {
						rng := rand.New(rand.NewPCG(uint64(n), 7))
						var got [][]T
						p := Pass[T]{Rate: 0.01}
						for _, to := range []*[]T{&p.Params, &p.Grad, &p.Update} {
							whole, run := guarded[T](rng, n, wild, true)
							got, *to = append(got, whole), run
						}
						var state [3][]T
						for k := range state {
							whole, run := guarded[T](rng, n, wild, rule.signed[k])
							got, state[k] = append(got, whole), run
						}
						switch decay {
						case "penalty":
							p.Penalty = 0.1
						case "decoupled":
							p.Decay = 0.1
						}
						var ok bool
						with(set, func() { ok = rule.apply(&p, state) })
						if want == nil {
							want, finite = got, ok
							sound := true
							for _, x := range p.Params {
								sound = sound && x-x == 0
							}
							if ok != sound {
								t.Fatalf("%s %s, %d numbers: finite %v, it is %v", rule.name, decay, n, ok, sound)
							}
							continue
						}
						if ok != finite {
							t.Fatalf("%s %s, %d numbers, %s: finite %v, in Go %v", rule.name, decay, n, set, ok, finite)
						}
						for k := range want {
							for i := range want[k] {
								if bits(want[k][i]) != bits(got[k][i]) {
									t.Fatalf("%s %s, %d numbers, %s: array %d, number %d: %v, in Go %v", rule.name, decay, n, set, k, i-guard, got[k][i], want[k][i])
								}
							}
						}
					}
				}
			}
		}
	}
}

func TestTheAssemblyGivesTheBitsOfItsTwins(t *testing.T) {
	t.Run("float64", testBits[float64])
	t.Run("float32", testBits[float32])
}

// The quotient by a number that is known in advance is worked out without a division.
func TestTheQuotientByTheRootIsThatOfADivision(t *testing.T) {
	t.Run("float64", testQuotient[float64])
	t.Run("float32", testQuotient[float32])
}

func testQuotient[T kernel.Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const n = 1024
	one := make([]T, n)
	m, v, largest, p := make([]T, n), make([]T, n), make([]T, n), Pass[T]{Rate: 1}
	p.Params, p.Grad, p.Update = make([]T, n), make([]T, n), make([]T, n)
	for i := range one {
		one[i] = 1
	}
	for _, set := range sets()[1:] {
		for age := 1; age < 60_000; age = age*21/20 + 1 {
			for _, beta := range []float64{0.5, 0.9, 0.99, 0.999, 0.999999999, 1 - rng.Float64()} {
				root := T(math.Sqrt(1 - kernel.Power(beta, age)))
				for i := range v {
					if largest[i] = T(math.Float64frombits(rng.Uint64N(0x7ff << 52))); size[T]() == 4 {
						largest[i] = T(math.Float32frombits(rng.Uint32N(0xff << 23)))
					}
					if i%4 == 0 { // near a square of the divisor, times a power of two
						largest[i] = T(math.Ldexp(float64(root*root), rng.IntN(200)-100) * (1 + float64(rng.IntN(9)-4)*0x1p-23))
					}
				}
				copy(m, one)
				clear(v)
				with(set, func() {
					p.AMSGrad(m, v, largest, kernel.AdamFactors{Beta1: 1, Unbias: 1, Root: float64(root)})
				})
				for i, u := range p.Update {
					if want := 1 / (T(math.Sqrt(float64(largest[i]))) / root); bits(u) != bits(want) {
						t.Fatalf("%s: √%v / %v: %v, want %v", set, largest[i], root, u, want)
					}
				}
			}
		}
	}
}

func BenchmarkPass(b *testing.B) {
	b.Run("float64", benchmarkPass[float64])
	b.Run("float32", benchmarkPass[float32])
}

func benchmarkPass[T kernel.Float](b *testing.B) {
	const n = 17_226 // of digits
	for _, set := range sets() {
		for _, rule := range all[T]() {
			if rule.name != "sgd" && rule.name != "momentum" && rule.name != "adam" {
				continue
			}
			b.Run(rule.name+"/"+set, func(b *testing.B) {
				rng := rand.New(rand.NewPCG(1, 2))
				p := Pass[T]{Rate: 1e-6}
				for _, to := range []*[]T{&p.Params, &p.Grad, &p.Update} {
					_, *to = guarded[T](rng, n, false, true)
				}
				var state [3][]T
				for k := range state {
					_, state[k] = guarded[T](rng, n, false, rule.signed[k])
				}
				b.ReportAllocs()
				with(set, func() {
					for b.Loop() {
						rule.apply(&p, state)
					}
				})
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/parameter")
			})
		}
	}
}
