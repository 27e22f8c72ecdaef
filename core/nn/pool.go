package nn

import "fmt"

// pool is what the pooling layers share: windows over each channel's plane,
// without padding, the last incomplete ones left out, as PyTorch's do.
type pool struct {
	channels, height, width int // of the input
	rows, cols              int // of the output
	window, stride          [2]int

	corners []int32 // where in a row the window of each output begins
}

var poolOptions = []option{
	{name: "size", form: pair, min: 1, help: "window size, 2 or 2x3"},
	{name: "stride", form: pair, min: 1, fallback: "size", help: "stride of the window"},
}

func newPool(at site, e *Entry) (p pool, out []int, err error) {
	if err := wantImage(at.in); err != nil {
		return p, nil, err
	}
	p = pool{channels: at.in[0], height: at.in[1], width: at.in[2], window: e.pair("size"), stride: e.pair("size")}
	if e.has("stride") {
		p.stride = e.pair("stride")
	}
	p.rows = windows(p.height, p.window[0], p.stride[0])
	p.cols = windows(p.width, p.window[1], p.stride[1])
	if p.rows < 1 || p.cols < 1 {
		return p, nil, fmt.Errorf("has a window of %s for images of only %s", ShapeText(p.window[:]), ShapeText(at.in[1:]))
	}
	p.corners = make([]int32, 0, p.channels*p.rows*p.cols)
	for c := range p.channels {
		for i := range p.rows {
			for j := range p.cols {
				p.corners = append(p.corners, int32((c*p.height+i*p.stride[0])*p.width+j*p.stride[1]))
			}
		}
	}
	return p, []int{p.channels, p.rows, p.cols}, nil
}

func (p *pool) Width() (in, out int) {
	return p.channels * p.height * p.width, p.channels * p.rows * p.cols
}

func (*pool) Params() []Param { return nil }
