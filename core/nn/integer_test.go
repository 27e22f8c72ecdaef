package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"descent/core/nn"
)

// y[o] = s_x s_o (Σ (Q − z_o)(q − z) + b): by hand, for two rows and for three.
func TestADenseLayerInWholeNumbersIsTheSumByHand(t *testing.T) {
	m, err := nn.New(nn.Spec{Layers: []int{2, 2}, Activation: "identity"})
	if err != nil {
		t.Fatal(err)
	}
	n, err := nn.NewInteger(m, make([]float64, 6), []nn.IntegerKernel{{
		Q: []int8{3, -4, -128, 127}, Scale: []float64{0.5, 2}, Zero: []int32{0, -1}, Bias: []int32{7, -9},
		Input: nn.Grid{Scale: 0.25, Zero: 8, High: 15}, // −2 to 1.75
	}})
	if err != nil {
		t.Fatal(err)
	}
	rows := []float64{1, -1, 0.375, 9, -9, 0.125}
	// Of the input, q − 8: 4 and −4; round(1.5) = 2 and 7 of 36; −8 and round(0.5) = 0.
	want := []float64{
		0.125 * (3*4 + 4*4 + 7), 0.5 * (-127*4 - 128*4 - 9),
		0.125 * (3*2 - 4*7 + 7), 0.5 * (-127*2 + 128*7 - 9),
		0.125 * (-3*8 + 7), 0.5 * (127*8 - 9),
	}
	for _, count := range []int{3, 2, 1} {
		if got := n.Forward(matrix(count, rows[:2*count])); !slices.Equal(got.Data, want[:2*count]) {
			t.Errorf("%d rows: %v, want %v", count, got.Data, want[:2*count])
		}
	}
}

func TestSumsThatDoNotFitAreRefused(t *testing.T) {
	const in = 70000
	m, err := nn.New(nn.Spec{Layers: []int{in, 1}, Activation: "identity"})
	if err != nil {
		t.Fatal(err)
	}
	k := nn.IntegerKernel{Q: slices.Repeat([]int8{127}, in), Scale: []float64{1}, Zero: []int32{0}, Bias: []int32{0}, Input: nn.Grid{Scale: 1, High: 255}}
	if _, err := nn.NewInteger(m, make([]float64, in+1), []nn.IntegerKernel{k}); err == nil ||
		!strings.HasPrefix(err.Error(), "the sums of layer 0 may reach 2.27e+09, which 32 bits do not hold") {
		t.Errorf("%v", err)
	}
}

// image is one row between two layers: its sums, and what each stands for.
type image struct {
	channels, height, width int
	reals                   []float64 // of what comes in
	sums                    []int32
	scale                   []float64 // of a channel
}

// code is the stop of number i less the zero point.
func (m image) code(g nn.Grid, i int) int32 {
	q := 0.0
	if m.reals != nil {
		if q = g.Quantize(m.reals[i]); q != q {
			q = g.Offset() // what 8 bits hold for it is 0
		}
	} else {
		q = math.RoundToEven(float64(m.sums[i])*(m.scale[i/(m.height*m.width)]/g.Scale)) + g.Zero
		q = min(max(q, g.Low), g.High)
	}
	return int32(q - g.Zero)
}

// convolved is the definition, one product after the other. A dense layer is a
// kernel as large as the image.
func (m image) convolved(k nn.IntegerKernel, kernel, stride, padding [2]int) image {
	fan := m.channels * kernel[0] * kernel[1]
	out := image{channels: len(k.Bias), height: (m.height+2*padding[0]-kernel[0])/stride[0] + 1, width: (m.width+2*padding[1]-kernel[1])/stride[1] + 1}
	for o, bias := range k.Bias {
		out.scale = append(out.scale, k.Input.Scale*k.Scale[o])
		for i := range out.height {
			for j := range out.width {
				sum := bias
				for f := range fan {
					c, u, v := f/(kernel[0]*kernel[1]), f/kernel[1]%kernel[0], f%kernel[1]
					y, x := i*stride[0]-padding[0]+u, j*stride[1]-padding[1]+v
					if y >= 0 && y < m.height && x >= 0 && x < m.width {
						sum += (int32(k.Q[o*fan+f]) - k.Zero[o]) * m.code(k.Input, (c*m.height+y)*m.width+x)
					}
				}
				out.sums = append(out.sums, sum)
			}
		}
	}
	return out
}

func (m image) pooled() image {
	out := image{channels: m.channels, height: m.height / 2, width: m.width / 2, scale: m.scale}
	for c := range m.channels {
		for i := range out.height {
			for j := range out.width {
				at := (c*m.height+2*i)*m.width + 2*j
				out.sums = append(out.sums, max(m.sums[at], m.sums[at+1], m.sums[at+m.width], m.sums[at+m.width+1]))
			}
		}
	}
	return out
}

func randomKernel(rng *rand.Rand, outs, fan int) nn.IntegerKernel {
	k := nn.IntegerKernel{Input: nn.Grid{Scale: 0.01 + rng.Float64(), Low: -127, High: 127}}
	if rng.IntN(2) == 0 {
		k.Input = nn.Grid{Scale: 0.01 + rng.Float64(), Zero: float64(rng.IntN(256)), High: 255}
	}
	for range outs {
		k.Scale, k.Bias, k.Zero = append(k.Scale, rng.Float64()/500), append(k.Bias, int32(rng.IntN(2000)-1000)), append(k.Zero, int32(rng.IntN(256)-128))
	}
	for range outs * fan {
		k.Q = append(k.Q, int8(rng.Uint32()))
	}
	return k
}

func TestAConvolutionInWholeNumbersIsItsDefinitionToTheBit(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 22))
	upTo := func(low, high int) int { return low + rng.IntN(high-low+1) }
	for trial := range 150 {
		channels, height, width, middle, outs := upTo(1, 5), upTo(4, 20), upTo(4, 20), upTo(1, 9), upTo(1, 5)
		kernel, stride, padding := [2]int{upTo(1, 4), upTo(1, 4)}, [2]int{upTo(1, 2), upTo(1, 3)}, [2]int{upTo(0, 2), upTo(0, 2)}
		floor, pool := trial%2 == 0, trial%3 == 0
		first := randomKernel(rng, middle, channels*kernel[0]*kernel[1])
		stack := []string{fmt.Sprintf("conv2d %d kernel=%dx%d stride=%dx%d padding=%dx%d", middle, kernel[0], kernel[1], stride[0], stride[1], padding[0], padding[1])}
		follow := func(m image) image {
			m = m.convolved(first, kernel, stride, padding)
			if floor {
				for i, v := range m.sums {
					m.sums[i] = max(v, 0)
				}
			}
			if pool {
				m = m.pooled()
			}
			return m
		}
		mid := follow(image{channels: channels, height: height, width: width, reals: make([]float64, channels*height*width)})
		if mid.height == 0 || mid.width == 0 {
			continue
		}
		if floor {
			stack = append(stack, "relu")
		}
		if pool {
			stack = append(stack, "max-pool 2")
		}
		second := randomKernel(rng, outs, len(mid.sums))
		stack = append(stack, "flatten", fmt.Sprint("dense ", outs))
		m, err := nn.New(nn.Spec{Input: []int{channels, height, width}, Stack: stack})
		if err != nil {
			t.Fatal(err)
		}
		n, err := nn.NewInteger(m, make([]float64, m.Layout().Size()), []nn.IntegerKernel{first, second})
		if err != nil {
			t.Fatal(err)
		}
		rows := upTo(1, 70)
		x := make([]float64, rows*m.In())
		for i := range x {
			x[i] = rng.NormFloat64() * 40
			if rng.IntN(100) == 0 {
				x[i] = []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300}[rng.IntN(4)]
			}
		}
		got := n.Forward(matrix(rows, x))
		for r := range rows {
			in := image{channels: channels, height: height, width: width, reals: x[r*m.In() : (r+1)*m.In()]}
			want := follow(in)
			want = want.convolved(second, [2]int{want.height, want.width}, [2]int{1, 1}, [2]int{})
			for o, v := range want.sums {
				if y := float64(v) * want.scale[o]; got.Data[r*outs+o] != y {
					t.Fatalf("%v of %d×%d×%d: row %d, output %d is %v, want %v", stack, channels, height, width, r, o, got.Data[r*outs+o], y)
				}
			}
		}
		if allocs := testing.AllocsPerRun(3, func() { n.Forward(matrix(rows, x)) }); allocs != 0 {
			t.Fatalf("%v: %v allocations", stack, allocs)
		}
	}
}

func TestAGridFarFromZeroIsRefused(t *testing.T) {
	m, err := nn.New(nn.Spec{Layers: []int{1, 1}, Activation: "identity"})
	if err != nil {
		t.Fatal(err)
	}
	k := nn.IntegerKernel{Q: []int8{1}, Scale: []float64{1}, Zero: []int32{0}, Bias: []int32{0}, Input: nn.Grid{Scale: 1, Zero: -40000, High: 255}}
	if _, err := nn.NewInteger(m, make([]float64, 2), []nn.IntegerKernel{k}); err == nil || !strings.HasPrefix(err.Error(), "the zero point of layer 0 is out of range") {
		t.Errorf("%v", err)
	}
}
