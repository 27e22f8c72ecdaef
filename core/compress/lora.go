package compress

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Lora adds to every kernel W, out×in, a product of low rank,
//
//	W + (α/r) B A, with B out×r and A r×in,
//
// of which only A and B train. B starts at zeros and A uniform in ±1/√in, so
// that nothing changes at first. A convolution's kernel is taken as the matrix
// of its output channels; r is at most the smaller side of a kernel. Rank 0 is off.
// Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2022, eq. 3.
type Lora struct {
	Rank  int
	Alpha float64

	seed uint64
}

const hu = "E. J. Hu et al., “LoRA: Low-Rank Adaptation of Large Language Models”, ICLR 2022"

func newLora() Lora { return Lora{Alpha: 8} }

// Knobs are finetune.lora_rank and finetune.lora_alpha.
func (l *Lora) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Int("finetune.lora_rank", &l.Rank, 0, 256, "LoRA: rank r of the adapters, which train in place of the weights").WithZero("off").WithScale(knob.Log, 1).Explained(knob.Doc{
			Formula: "W' = W + (α/r) B A, B of out×r, A of r×in; B₀ = 0, A₀ ~ U(±1/√in)",
			Source:  hu + ", equation 3 (there A₀ is normal)",
			PyTorch: "peft.LoraConfig(r=...)",
			When:    "To fine-tune with few trainable parameters, r (in + out) for each layer, and to keep the pretrained weights as they are. Only the adapters train, and what finetune.only names. Turning it off removes the adapters with what they learned, so merge them first.",
			Range:   "1 to 16",
		}),
		knob.Float("finetune.lora_alpha", &l.Alpha, 0, 1e4, knob.Log, "LoRA: scale α; the adapters' product is multiplied by α/r").WithZero("out").WithScale(knob.Log, 0.1).Explained(knob.Doc{
			Formula: "W' = W + (α/r) B A",
			Source:  hu + ", section 4.1",
			PyTorch: "peft.LoraConfig(lora_alpha=...)",
			When:    "Acts on the adapters much like a learning rate; fix it and tune optimizer.lr instead. At 0 the adapters are kept but have no effect, which shows what they contribute.",
			Range:   "r to 2r",
		}),
	}
}

func (l *Lora) on() bool { return l.Rank > 0 }

// begin fills an A by its name and the seed.
func (l *Lora) begin(seg knob.Segment, params []float64) {
	name := fnv.New64a()
	_, _ = name.Write([]byte(seg.Name)) // it cannot fail
	rng := rand.New(rand.NewPCG(l.seed, name.Sum64()))
	bound := 1 / math.Sqrt(float64(seg.Shape[1]))
	w := seg.Of(params)
	for i := range w {
		w[i] = float64(bound * (float64(2*rng.Float64()) - 1))
	}
}

// Rescale makes up, in adapters that were carried over from a layout with
// another rank r, for the change of α/r: what they have learned counts as before.
func Rescale(params []float64, layout, from knob.Layout) {
	for _, seg := range layout {
		i := slices.IndexFunc(from, func(o knob.Segment) bool { return o.Name == seg.Name })
		if seg.Role != knob.Adapter || i < 0 || !strings.HasSuffix(seg.Name, adapterB) {
			continue
		}
		kernel.Scale(seg.Of(params), float64(seg.Shape[1])/float64(from[i].Shape[1]))
	}
}

// add is w += (α/r) b a.
func (l *Lora) add(w, a, b blas64.General) {
	blas64.Gemm(blas.NoTrans, blas.NoTrans, l.Alpha/float64(a.Rows), b, a, 1, w)
}

// backward overwrites da = (α/r) bᵀ dw and db = (α/r) dw aᵀ.
func (l *Lora) backward(dw, a, b, da, db blas64.General) {
	scale := l.Alpha / float64(a.Rows)
	blas64.Gemm(blas.Trans, blas.NoTrans, scale, b, dw, 0, da)
	blas64.Gemm(blas.NoTrans, blas.Trans, scale, dw, a, 0, db)
}

// matrix is a segment of the parameters with a row for each output.
func matrix(seg knob.Segment, params []float64) blas64.General { return matrixOf(seg, seg.Of(params)) }

// matrixOf is a tensor of that shape.
func matrixOf(seg knob.Segment, w []float64) blas64.General {
	rows := seg.Shape[0]
	cols := seg.Size() / rows
	return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: w}
}

// The ends of the names of an adapter's parts, behind its layer's.
const (
	adapterA = ".lora_a"
	adapterB = ".lora_b"
)
