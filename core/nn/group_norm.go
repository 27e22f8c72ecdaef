package nn

import (
	"fmt"
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// groupNorm shifts and scales every run of channels of every row to mean 0 and
// variance 1, then each channel by its own gain γ and shift β:
//
//	y = γ (x − E[x]) / √(Var[x] + ε) + β
//
// with the biased variance, as torch.nn.GroupNorm. Wu, He, "Group Normalization",
// 2018, equation 1 to 3 and 7.
type groupNorm struct {
	channels, places, groups int
	epsilon                  float64
	mean, inverse            []float64 // of each group of each row in the last pass
}

var groupNormKind = kind{
	name: "group-norm", help: "group normalization: groups of channels to mean 0 and variance 1",
	options: []option{{name: "groups", form: integer, min: 1, help: "number of groups, a divisor of the channels"}, withEpsilon},
	doc: knob.Doc{
		Formula: "y = γ (x − E[x]) / √(Var[x] + ε) + β, ε = 1e-5, E and Var (of n, not n − 1) over the channels of a group and their pixels",
		Source:  "Y. Wu, K. He, “Group Normalization”, ECCV 2018, equations 1 to 3 and 7",
		PyTorch: "torch.nn.GroupNorm(num_groups, num_channels, eps=1e-05)",
		When:    "In place of batch-norm where batches are small: it does not depend on the other rows, and is the same in training and evaluation. One group is a layer norm with a gain a channel, as many as channels an instance norm.",
		Range:   "8 to 32 groups",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		n, groups := at.in[0], e.integer("groups")
		if n%groups != 0 {
			return nil, nil, fmt.Errorf("has %d groups, which do not divide %d channels", groups, n)
		}
		return &groupNorm{channels: n, places: size(at.in) / n, groups: groups, epsilon: e.number("eps")}, at.in, nil
	},
}

func (*groupNorm) Kind() string           { return "group-norm" }
func (l *groupNorm) Width() (in, out int) { return l.channels * l.places, l.channels * l.places }
func (l *groupNorm) Params() []Param      { return normParams([]int{l.channels}) }

func (l *groupNorm) Reserve(rows int) {
	if n := rows * l.groups; n > len(l.mean) {
		l.mean, l.inverse = make([]float64, n), make([]float64, n)
	}
}

// group is the part of a row that belongs to group g.
func (l groupNormPasses[T]) group(row []T, g int) []T {
	n := len(row) / l.groups
	return row[g*n : (g+1)*n]
}

// channel is the channel of number i of group g.
func (l *groupNorm) channel(g, i int) int { return g*(l.channels/l.groups) + i/l.places }

func (l *groupNorm) double() passes[float64] { return groupNormPasses[float64]{l} }
func (l *groupNorm) single() passes[float32] { return groupNormPasses[float32]{l} }

// groupNormPasses are the passes of a layer of its kind. What they measure is float64.
type groupNormPasses[T kernel.Float] struct{ *groupNorm }

func (l groupNormPasses[T]) Forward(w []T, x, y kernel.Matrix[T], _ Pass) {
	gain, shift := w[:l.channels], w[l.channels:]
	for r := range x.Rows {
		for g := range l.groups {
			in, out := l.group(rowOf(x, r), g), l.group(rowOf(y, r), g)
			n := float64(len(in))
			mean, square := sum(in)/n, 0.0
			for _, v := range in {
				d := float64(v) - mean
				square += float64(d * d)
			}
			inverse := 1 / math.Sqrt(square/n+l.epsilon)
			for i, v := range in {
				c := l.channel(g, i)
				out[i] = T(T((v-T(mean))*T(inverse))*gain[c]) + shift[c]
			}
			l.mean[r*l.groups+g], l.inverse[r*l.groups+g] = mean, inverse
		}
	}
}

// Backward is, with x̂ the normalized group and d = γ dy, dγ = Σ dy x̂ and
// dβ = Σ dy over rows and pixels, dx = (d − mean(d) − x̂ mean(d x̂)) / √(Var + ε).
func (l groupNormPasses[T]) Backward(w, dw []T, x, _, dx, dy kernel.Matrix[T]) {
	gain, dgain, dshift := w[:l.channels], dw[:l.channels], dw[l.channels:]
	clear(dw)
	for r := range x.Rows {
		for g := range l.groups {
			in, dout := l.group(rowOf(x, r), g), l.group(rowOf(dy, r), g)
			mean, inverse := l.mean[r*l.groups+g], l.inverse[r*l.groups+g]
			meanD, meanDX := 0.0, 0.0
			for i, v := range in {
				c, hat := l.channel(g, i), float64((float64(v)-mean)*inverse)
				dgain[c] += T(float64(dout[i]) * hat)
				dshift[c] += dout[i]
				d := float64(float64(gain[c]) * float64(dout[i]))
				meanD += d
				meanDX += float64(d * hat)
			}
			if dx.Data == nil {
				continue
			}
			meanD /= float64(len(in))
			meanDX /= float64(len(in))
			din := l.group(rowOf(dx, r), g)
			for i, v := range in {
				hat := float64((float64(v) - mean) * inverse)
				din[i] = T(inverse * (float64(float64(gain[l.channel(g, i)])*float64(dout[i])) - meanD - float64(hat*meanDX)))
			}
		}
	}
}
