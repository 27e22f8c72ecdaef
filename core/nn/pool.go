package nn

import (
	"fmt"
	"slices"
)

// pool is what the pooling layers share: windows over each channel's plane, or over
// the line of a channel of a sequence.
type pool struct {
	kind                    string
	channels, height, width int // of the input
	rows, cols              int // of the output
	window, stride, padding [2]int

	corners []int32 // where in a row the window of each output begins
	// cuts are the windows of the outputs where they are not all of one size: padding,
	// ceil and adaptive pools make such. nil otherwise.
	cuts []cut
}

// cut is how many lines and columns of the image a window has, and by how many numbers
// a mean divides: those and, of avg-pool, zeros of the padding.
type cut struct {
	lines, columns int32
	area           int64
}

// bare tells whether no zeros are among those.
func (c cut) bare() bool { return c.area == int64(c.lines)*int64(c.columns) }

// poolOptions are the keys of a pool with windows of a fixed size.
var poolOptions = []option{
	{name: "size", form: pair, min: 1, help: "window size, 2 or 2x3"},
	{name: "stride", form: pair, min: 1, fallback: "size", help: "stride of the window"},
	{name: "padding", form: pair, fallback: "0", help: "padding on each side, at most half a window"},
	{name: "ceil", form: flag, fallback: "false", help: "whether a last, incomplete window counts too"},
}

// span is a run of places along one axis that a window covers, padding left out, and
// how many there are with it.
type span struct{ from, to, padded int }

// spans are the windows along an axis, as PyTorch places them: with ceil a last one
// that is incomplete, if it begins within the image or the padding before it.
func spans(length, window, stride, padding int, ceil bool) []span {
	n := windows(length+2*padding, window, stride)
	if left := length + 2*padding - window + stride - 1; ceil && left >= 0 {
		n = left/stride + 1
		if (n-1)*stride >= length+padding {
			n--
		}
	}
	out := make([]span, n)
	for i := range out {
		at := i*stride - padding
		out[i] = span{max(at, 0), min(at+window, length), min(at+window, length+padding) - at}
	}
	return out
}

// shares are n windows that together cover an axis, those of an adaptive pool:
// from ⌊i·length/n⌋ to ⌈(i+1)·length/n⌉.
func shares(length, n int) []span {
	out := make([]span, n)
	for i := range out {
		from, to := i*length/n, ((i+1)*length+n-1)/n
		out[i] = span{from, to, to - from}
	}
	return out
}

// over is a pool over rows of a shape, without windows yet.
func over(at site, name string) (p pool, line bool, err error) {
	p = pool{kind: name, window: [2]int{1, 1}, stride: [2]int{1, 1}}
	switch len(at.in) {
	case 3:
		p.channels, p.height, p.width = at.in[0], at.in[1], at.in[2]
		return p, false, nil
	case 2:
		p.channels, p.height, p.width = at.in[0], 1, at.in[1]
		return p, true, nil
	}
	return p, false, fmt.Errorf("takes channels × height × width or channels × length, not %s; give model.input = [channels, height, width]", ShapeText(at.in))
}

// shape is that of what comes out.
func (p *pool) shape(line bool) []int {
	if line {
		return []int{p.channels, p.cols}
	}
	return []int{p.channels, p.rows, p.cols}
}

// newPool is one with windows of a fixed size.
func newPool(at site, e *Entry) (p pool, out []int, err error) {
	p, line, err := over(at, e.kind.name)
	if err != nil {
		return p, nil, err
	}
	p.window, p.stride, p.padding = e.pair("size"), e.pair("size"), e.pair("padding")
	if e.has("stride") {
		p.stride = e.pair("stride")
	}
	if line {
		if p.window[0] != p.window[1] || p.stride[0] != p.stride[1] || p.padding[0] != p.padding[1] {
			return p, nil, fmt.Errorf("has a window of two sizes over a sequence; give one: size=%d", p.window[1])
		}
		p.window[0], p.stride[0], p.padding[0] = 1, 1, 0
	}
	if 2*p.padding[0] > p.window[0] || 2*p.padding[1] > p.window[1] {
		return p, nil, fmt.Errorf("has a padding of %s, more than half its window of %s", ShapeText(p.padding[:]), ShapeText(p.window[:]))
	}
	ceil := e.flag("ceil")
	lines, columns := spans(p.height, p.window[0], p.stride[0], p.padding[0], ceil), spans(p.width, p.window[1], p.stride[1], p.padding[1], ceil)
	if e.kind.name == "avg-pool" && !e.flag(countPadding) {
		strip(lines)
		strip(columns)
	}
	if len(lines) == 0 || len(columns) == 0 {
		if line {
			return p, nil, fmt.Errorf("has a window of %d for sequences of only %d", p.window[1], p.width+2*p.padding[1])
		}
		return p, nil, fmt.Errorf("has a window of %s for images of only %s", ShapeText(p.window[:]), ShapeText(at.in[1:]))
	}
	p.place(lines, columns)
	return p, p.shape(line), nil
}

// countPadding is the key of avg-pool by which zeros of the padding count.
const countPadding = "count_include_pad"

// strip takes the padding out of what counts.
func strip(of []span) {
	for i, s := range of {
		of[i].padded = s.to - s.from
	}
}

// newAdaptivePool is one whose windows follow from the size of what comes out.
func newAdaptivePool(at site, e *Entry) (p pool, out []int, err error) {
	p, line, err := over(at, e.kind.name)
	if err != nil {
		return p, nil, err
	}
	to := e.pair("size")
	if line {
		if to[0] != to[1] {
			return p, nil, fmt.Errorf("makes a sequence of two lengths; give one: size=%d", to[1])
		}
		to[0] = 1
	}
	if to[0] > maxWidth || to[1] > maxWidth/to[0] || to[0]*to[1] > maxWidth/p.channels {
		return p, nil, fmt.Errorf("would make rows of %.3g numbers; the most is 2^24", float64(p.channels)*float64(to[0])*float64(to[1]))
	}
	p.place(shares(p.height, to[0]), shares(p.width, to[1]))
	return p, p.shape(line), nil
}

// newGlobalPool is one with a single window, and a number a channel comes out.
func newGlobalPool(at site, e *Entry) (p pool, out []int, err error) {
	if p, _, err = over(at, e.kind.name); err != nil {
		return p, nil, err
	}
	p.place(shares(p.height, 1), shares(p.width, 1))
	return p, []int{p.channels}, nil
}

// place puts a window at every crossing of lines and columns.
func (p *pool) place(lines, columns []span) {
	p.rows, p.cols = len(lines), len(columns)
	p.corners = make([]int32, 0, p.channels*p.rows*p.cols)
	even := true
	for c := range p.channels {
		for _, l := range lines {
			for _, o := range columns {
				p.corners = append(p.corners, int32((c*p.height+l.from)*p.width+o.from))
				here := cut{int32(l.to - l.from), int32(o.to - o.from), int64(l.padded) * int64(o.padded)}
				p.cuts = append(p.cuts, here)
				even = even && here == p.cuts[0] && here.bare()
			}
		}
	}
	if even {
		p.window, p.cuts = [2]int{int(p.cuts[0].lines), int(p.cuts[0].columns)}, nil
	}
}

// at is the window of an output.
func (p *pool) at(output int) (lines, columns int) {
	if p.cuts == nil {
		return p.window[0], p.window[1]
	}
	return int(p.cuts[output].lines), int(p.cuts[output].columns)
}

// area is how many numbers a mean is of, if that is the same for all outputs.
func (p *pool) area() (n int64, same bool) {
	if p.cuts == nil {
		return int64(p.window[0] * p.window[1]), true
	}
	first := p.cuts[0].area
	return first, !slices.ContainsFunc(p.cuts, func(c cut) bool { return c.area != first })
}

// halves tells whether it halves height and width by windows of 2×2 side by side.
func (p *pool) halves() bool {
	two := [2]int{2, 2}
	return p.cuts == nil && p.window == two && p.stride == two && p.padding == [2]int{}
}

// padded tells whether zeros count in a mean.
func (p *pool) padded() bool {
	return slices.ContainsFunc(p.cuts, func(c cut) bool { return !c.bare() })
}

func (p *pool) Kind() string { return p.kind }

func (p *pool) Width() (in, out int) {
	return p.channels * p.height * p.width, p.channels * p.rows * p.cols
}

func (*pool) Params() []Param { return nil }
