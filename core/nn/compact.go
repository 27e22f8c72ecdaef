package nn

import (
	"fmt"
	"slices"
	"strconv"

	"descent/core/knob"
)

// Compacted is a network from which removed neurons and channels are cut out.
type Compacted struct {
	Spec   Spec
	Layout knob.Layout
	// From says where each weight lies in the flat vector of the network that it
	// was cut from, −1 for a bias that something was folded into.
	From    []int
	Weights []float64     // of Spec
	State   []knob.Buffer // what its layers keep
	Cut     int           // neurons and channels that are gone
	Notes   []string      // what could not be cut, a sentence each
}

// Compact cuts out of a network under the weights w every neuron that says the
// same for every input, since all weights into it are 0, and every one that
// nobody reads. act(b) of the former goes into the biases of the next layer, so
// that the outputs are the same but for rounding. The last layer stays whole,
// and at least one neuron of each.
//
// It looks at dense layers and convolutions without groups, with only activations,
// pools, flatten, dropout and, channel by channel, batch-norm between them; neurons
// before anything else stay, and so does a channel of act(b) ≠ 0 before a convolution
// with padding, where it is no constant, or one that would have to go into biases that
// the next layer has not.
func (m *Model) Compact(s Spec, w []float64) Compacted {
	c := &compaction{m: m, w: slices.Clone(w)}
	for i, l := range m.layers {
		if cuttable(l) {
			out, _ := c.shape(i)
			c.kernels = append(c.kernels, i)
			c.kept = append(c.kept, slices.Repeat([]bool{true}, out))
		} else if kernels(l) > 0 {
			c.refuse(i)
		}
	}
	for c.pass() {
		continue
	}
	return c.build(s)
}

// cuttable tells whether outputs of a layer can be cut out.
func cuttable(l Layer) bool {
	switch l := l.(type) {
	case *Dense:
		return true
	case *conv2d:
		return l.groups == 1
	}
	return false
}

type compaction struct {
	m       *Model
	w       []float64
	kernels []int    // the layers with kernels
	kept    [][]bool // their outputs
	folded  [][]bool // biases that are no longer those of w
	notes   []string
}

// shape is how many outputs a layer with a kernel has, and how many weights each.
func (c *compaction) shape(layer int) (out, fan int) {
	switch l := c.m.layers[layer].(type) {
	case *Dense:
		return l.Out, l.In
	case *conv2d:
		return l.out, l.fan()
	}
	panic("nn: layer " + strconv.Itoa(layer) + " has no kernel")
}

// tensors are the kernel and the bias of the k-th kernel.
func (c *compaction) tensors(k int) (kernel, bias []float64) {
	part := c.m.part(c.kernels[k], c.w)
	out, fan := c.shape(c.kernels[k])
	return part[:out*fan], part[out*fan:]
}

// reads is the number of weights of a row of the k-th kernel that belong to each
// output of the one before.
func (c *compaction) reads(k int) int {
	_, fan := c.shape(c.kernels[k])
	return fan / len(c.kept[k-1])
}

func (c *compaction) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(c.notes, text) {
		c.notes = append(c.notes, text)
	}
}

// refuse notes of a layer whose outputs stay, why, where some of them read nothing.
func (c *compaction) refuse(i int) {
	l, ok := c.m.layers[i].(*conv2d)
	if !ok {
		return
	}
	kernel, _ := l.double().(*convPasses[float64]).split(c.m.part(i, c.w))
	for o := range kernel.Rows {
		if zeros(rowOf(kernel, o)) {
			c.note("the channels of layer %d stay, since its convolution has groups", i)
		}
	}
}

// through tells whether neurons of the k-th kernel reach the next one each for
// itself, and if not, what is in the way.
func (c *compaction) through(k int) (what string, ok bool) {
	for i := c.kernels[k] + 1; i < c.kernels[k+1]; i++ {
		switch l := c.m.layers[i].(type) {
		case elementwise, flatten, *maxPool, *dropout:
			continue
		case *avgPool:
			if !l.padded() {
				continue
			}
			return "an " + l.kind + " with padding", false
		case *batchNorm:
			if l.channels == len(c.kept[k]) {
				continue
			}
		case *conv2d:
			return "a " + l.Kind() + " with groups", false
		}
		return "a " + c.m.layers[i].Kind(), false
	}
	return "", true
}

// clear tells whether neurons of the k-th kernel can be taken out at all, and
// notes why not where some would be.
func (c *compaction) clear(k int) bool {
	what, ok := c.through(k)
	if ok {
		return true
	}
	kernel, _ := c.tensors(k)
	_, fan := c.shape(c.kernels[k])
	for j := range c.kept[k] {
		if c.silent(k, kernel[j*fan:(j+1)*fan]) {
			c.note("the neurons of layer %d stay, since %s follows them", c.kernels[k], what)
		}
	}
	return false
}

// constant is what neuron j of the k-th kernel says, whose bias is b and which
// reads nothing, behind what follows it.
func (c *compaction) constant(k, j int, b float64) float64 {
	v, y := []float64{b}, []float64{0}
	for i := c.kernels[k] + 1; i < c.kernels[k+1]; i++ {
		switch l := c.m.layers[i].(type) {
		case elementwise:
			l.forward(y, v)
			v, y = y, v
		case *batchNorm:
			v[0] = l.constant(c.m.part(i, c.w), j, v[0])
		}
	}
	return v[0]
}

// pass cuts what it can and tells whether that was anything.
func (c *compaction) pass() (cut bool) {
	if c.folded == nil {
		for k := range c.kernels {
			c.folded = append(c.folded, make([]bool, len(c.kept[k])))
		}
	}
	for k := 0; k+1 < len(c.kernels); k++ {
		if !c.clear(k) {
			continue
		}
		kernel, bias := c.tensors(k)
		next, nextBias := c.tensors(k + 1)
		_, fan := c.shape(c.kernels[k])
		_, nextFan := c.shape(c.kernels[k+1])
		width := c.reads(k + 1)
		for j := range c.kept[k] {
			if !c.kept[k][j] || count(c.kept[k]) == 1 {
				continue
			}
			read := false
			for o, kept := range c.kept[k+1] {
				read = read || kept && !zeros(next[o*nextFan+j*width:o*nextFan+(j+1)*width])
			}
			if read {
				if !c.silent(k, kernel[j*fan:(j+1)*fan]) {
					continue
				}
				b := 0.0
				if len(bias) > 0 {
					b = bias[j]
				}
				v := c.constant(k, j, b)
				if len(nextBias) == 0 && v != 0 {
					c.note("a neuron of layer %d stays, since layer %d has no biases to take it in", c.kernels[k], c.kernels[k+1])
					continue
				}
				if conv, ok := c.m.layers[c.kernels[k+1]].(*conv2d); ok && v != 0 && conv.padding != [2]int{} {
					c.note("a channel of layer %d stays, since the zeros around the images of layer %d would show without it", c.kernels[k], c.kernels[k+1])
					continue
				}
				for o := range nextBias {
					if sum := total(next[o*nextFan+j*width : o*nextFan+(j+1)*width]); sum != 0 && v != 0 {
						nextBias[o] += float64(v * sum)
						c.folded[k+1][o] = true
					}
				}
			}
			c.kept[k][j], cut = false, true
		}
	}
	return cut
}

// follows tells whether the k-th kernel reads what the one before says, neuron by
// neuron.
func (c *compaction) follows(k int) bool {
	if k == 0 {
		return false
	}
	_, ok := c.through(k - 1)
	return ok
}

// silent tells whether no kept input has a weight in a row of the k-th kernel.
func (c *compaction) silent(k int, row []float64) bool {
	if !c.follows(k) {
		return zeros(row)
	}
	width := c.reads(k)
	for j, kept := range c.kept[k-1] {
		if kept && !zeros(row[j*width:(j+1)*width]) {
			return false
		}
	}
	return true
}

func zeros(v []float64) bool {
	for _, x := range v {
		if x != 0 {
			return false
		}
	}
	return true
}

func count(kept []bool) int {
	n := 0
	for _, k := range kept {
		if k {
			n++
		}
	}
	return n
}

// build gathers what is left.
func (c *compaction) build(s Spec) Compacted {
	out := Compacted{Spec: s, Notes: c.notes}
	out.Spec.Layers, out.Spec.Stack, out.Spec.Weights = slices.Clone(s.Layers), slices.Clone(s.Stack), ""
	for k, layer := range c.kernels {
		n := count(c.kept[k])
		out.Cut += len(c.kept[k]) - n
		if len(s.Layers) > 0 {
			out.Spec.Layers[k+1] = n
			continue
		}
		entry, err := ParseEntry(s.Stack[layer])
		if err != nil {
			panic("nn: a stack that was built cannot be read: " + err.Error())
		}
		entry.values[slices.Index(entry.keys, "out")] = strconv.Itoa(n)
		out.Spec.Stack[layer] = entry.String()
	}
	small, err := New(out.Spec)
	if err != nil {
		panic("nn: what is left of a network cannot be built: " + err.Error())
	}
	out.Layout = small.Layout()
	k := -1
	for i := range c.m.layers {
		from, before := c.m.parts[i][0], c.m.parts[i][1]
		if k+1 == len(c.kernels) || c.kernels[k+1] != i {
			left := c.left(k, i)
			for at := from; at < before; at++ {
				if left == nil || left[(at-from)%len(left)] {
					out.From = append(out.From, at)
				}
			}
			if s, ok := c.m.layers[i].(stateful); ok {
				for _, b := range s.State() {
					out.State = append(out.State, knob.Buffer{Name: strconv.Itoa(i) + "." + b.Name, Data: chosen(b.Data, left)})
				}
			}
			continue
		}
		k++
		rows, fan := c.shape(i)
		follows := c.follows(k)
		for j := range rows {
			if !c.kept[k][j] {
				continue
			}
			for x := range fan {
				if !follows || c.kept[k-1][x/c.reads(k)] {
					out.From = append(out.From, from+j*fan+x)
				}
			}
		}
		for j := range c.m.parts[i][1] - (from + rows*fan) { // the biases, where there are any
			if c.kept[k][j] {
				out.From = append(out.From, from+rows*fan+j)
			}
		}
	}
	out.Weights = make([]float64, len(out.From))
	for i, at := range out.From {
		out.Weights[i] = c.w[at]
	}
	for k, layer := range c.kernels {
		rows, fan := c.shape(layer)
		for j, folded := range c.folded[k] {
			if at := slices.Index(out.From, c.m.parts[layer][0]+rows*fan+j); folded && at >= 0 {
				out.From[at] = -1
			}
		}
	}
	if len(out.Weights) != out.Layout.Size() {
		panic(fmt.Sprintf("nn: %d weights are left for a network of %d", len(out.Weights), out.Layout.Size()))
	}
	return out
}

// left tells which channels of layer i, behind the k-th kernel, are left; nil
// where it has none of its own, or all stay.
func (c *compaction) left(k, i int) []bool {
	if b, ok := c.m.layers[i].(*batchNorm); ok && k >= 0 && b.channels == len(c.kept[k]) {
		return c.kept[k]
	}
	return nil
}

// chosen copies the numbers that are kept; all where kept is nil.
func chosen(v []float64, kept []bool) []float64 {
	var out []float64
	for i, x := range v {
		if kept == nil || kept[i] {
			out = append(out, x)
		}
	}
	return out
}
