package optim_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"descent/core/knob"
	"descent/core/optim"
)

// two is a layout of one 3×4 kernel and its bias.
var two = knob.Layout{
	{Name: "0.weight", Layer: "0", Role: knob.Kernel, Shape: []int{3, 4}},
	{Name: "0.bias", Layer: "0", Role: knob.Bias, Shape: []int{3}, Offset: 12},
}

// run trains the bowl ½‖p − c‖² of a random start and returns the weights and
// gradients that every step saw, the weights after the last behind them.
func run(t *testing.T, name string, set map[string]float64, steps int, lr float64) (m optim.Method, seen, grads [][]float64) {
	t.Helper()
	row, ok := optim.Find(name)
	if !ok {
		t.Fatalf("there is no optimizer %q", name)
	}
	m = row.New(&optim.Clip{}, &optim.UpdateMask{}, &optim.Average{})
	for _, k := range m.Knobs() {
		if v, ok := set[k.Path]; ok {
			if err := k.Set(knob.Num(v)); err != nil {
				t.Fatal(err)
			}
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	params, centre := make([]float64, two.Size()), make([]float64, two.Size())
	for i := range params {
		params[i], centre[i] = rng.NormFloat64(), rng.NormFloat64()
	}
	m.Init(two)
	copied := func(v []float64) []float64 { return append([]float64(nil), v...) }
	for step := 1; step <= steps; step++ {
		seen = append(seen, copied(params))
		m.Step(params, func(p, g []float64) float64 {
			loss := 0.0
			for i := range p {
				g[i] = p[i] - centre[i]
				loss += g[i] * g[i] / 2
			}
			grads = append(grads, copied(g))
			return loss
		}, optim.At{Step: step, Age: step, LR: lr})
	}
	return m, append(seen, copied(params)), grads
}

func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i := range want {
		if math.Abs(got[i]-want[i]) > 1e-12*(1+math.Abs(want[i])) {
			t.Fatalf("%s: element %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

func TestMuonsUpdateIsNearlyOrthogonal(t *testing.T) {
	_, seen, _ := run(t, "muon", nil, 1, 1)
	u := make([][]float64, 3)
	for i := range u {
		for j := range 4 {
			u[i] = append(u[i], seen[0][4*i+j]-seen[1][4*i+j])
		}
	}
	for i := range u {
		for k := range u {
			dot := 0.0
			for j := range 4 {
				dot += u[i][j] * u[k][j]
			}
			want, off := 0.0, 0.35 // five steps bring singular values to within 0.7 and 1.2
			if i == k {
				want, off = 1, 0.55
			}
			if math.Abs(dot-want) > off {
				t.Errorf("rows %d and %d have the product %v", i, k, dot)
			}
		}
	}
	// The bias goes by Adam at its share of the rate: the first step is its sign.
	for i := 12; i < 15; i++ {
		if d := math.Abs(seen[0][i] - seen[1][i]); math.Abs(d-0.015) > 1e-6 {
			t.Errorf("the bias moved by %v, want 0.015", d)
		}
	}
}

// The paper's algorithm in its own three sequences.
func TestScheduleFreeFollowsThePaper(t *testing.T) {
	const beta1, beta2, eps, lr, decay = 0.9, 0.999, 1e-8, 0.05, 0.01
	m, seen, grads := run(t, "schedule-free", map[string]float64{"optimizer.weight_decay": decay}, 30, lr)
	n := two.Size()
	x, z, v := append([]float64(nil), seen[0]...), append([]float64(nil), seen[0]...), make([]float64, n)
	y := append([]float64(nil), seen[0]...)
	for k, g := range grads {
		near(t, "y", seen[k], y)
		c := 1 / float64(k+1) // the rates are all alike
		for i := range x {
			v[i] = beta2*v[i] + (1-beta2)*g[i]*g[i]
			d := g[i]/(math.Sqrt(v[i]/(1-math.Pow(beta2, float64(k+1))))+eps) + decay*y[i]
			z[i] -= lr * d
			x[i] = (1-c)*x[i] + c*z[i]
			y[i] = (1-beta1)*z[i] + beta1*x[i]
		}
	}
	near(t, "x", m.(optim.Averager).EvalParams(seen[len(seen)-1]), x)
}

func TestAdafactorsFirstStepOnAVectorIsTheSignTimesItsSize(t *testing.T) {
	_, seen, grads := run(t, "adafactor", nil, 1, 1)
	p, size := seen[0][12:], 0.0
	for _, v := range p {
		size += v * v / 3
	}
	for i := range p {
		want := p[i] - math.Copysign(max(1e-3, math.Sqrt(size)), grads[0][12+i])
		if got := seen[1][12+i]; math.Abs(got-want) > 1e-12 {
			t.Errorf("bias %d moved to %v, want %v", i, got, want)
		}
	}
}

func TestAdafactorFactorsTheSquaresOfAKernel(t *testing.T) {
	_, seen, grads := run(t, "adafactor", map[string]float64{"optimizer.clip_threshold": 100}, 1, 1)
	g, p := grads[0][:12], seen[0][:12]
	rows, cols, all, size := make([]float64, 3), make([]float64, 4), 0.0, 0.0
	for i := range 3 {
		for j := range 4 {
			s := g[4*i+j] * g[4*i+j]
			rows[i] += s / 4
			cols[j] += s / 3
			all += s / 12
			size += p[4*i+j] * p[4*i+j] / 12
		}
	}
	want := make([]float64, 12)
	for i := range 3 {
		for j := range 4 {
			want[4*i+j] = p[4*i+j] - g[4*i+j]/math.Sqrt(rows[i]*cols[j]/all)*math.Sqrt(size)
		}
	}
	near(t, "kernel", seen[1][:12], want)
}

func TestTheAverageFollowsTheWeightsAndCanBeSwitchedOff(t *testing.T) {
	m, seen, _ := run(t, "sgd", map[string]float64{"train.ema": 0.9}, 20, 0.1)
	mean := append([]float64(nil), seen[1]...)
	for _, p := range seen[2:] {
		for i := range mean {
			mean[i] = 0.9*mean[i] + 0.1*p[i]
		}
	}
	near(t, "average", m.(optim.Averager).EvalParams(seen[20]), mean)
	for _, k := range m.Knobs() {
		if k.Path == "train.ema" {
			if err := k.Set(knob.Num(0)); err != nil {
				t.Fatal(err)
			}
		}
	}
	near(t, "without", m.(optim.Averager).EvalParams(seen[20]), seen[20])
}

func TestClippingByValueComesBeforeClippingByNorm(t *testing.T) {
	c := optim.Clip{Value: 1, Norm: 1}
	u := []float64{30, -0.5, math.NaN()}
	c.Apply(u[:2], nil, optim.At{})
	long := math.Hypot(1, 0.5) + 1e-6
	near(t, "clipped", u[:2], []float64{1 / long, -0.5 / long})
	(&optim.Clip{Value: 1}).Apply(u, nil, optim.At{})
	if !math.IsNaN(u[2]) {
		t.Error("NaN was clipped away")
	}
}
