package nn

import (
	"fmt"

	"descent/core/knob"
)

var conv2dKind = kind{
	name: "conv2d", help: "2D convolution: one small kernel slides over the whole image",
	options: []option{
		{name: "out", form: integer, min: 1, help: "number of output channels"},
		{name: "kernel", form: pair, min: 1, help: "kernel size, 3 or 3x5"},
		{name: "stride", form: pair, min: 1, fallback: "1", help: "stride of the kernel"},
		{name: "padding", form: pair, fallback: "0", help: "zero padding on each side"},
		{name: "dilation", form: pair, min: 1, fallback: "1", help: "distance between the pixels that the kernel sees"},
		{name: "groups", form: integer, min: 1, fallback: "1", help: "groups of channels convolved apart; one a channel is depthwise"},
		withBias,
	},
	doc: knob.Doc{
		Formula: "y[o, i, j] = b[o] + Σ W[o, c, u, v] x[c, i·s − p + d·u, j·s − p + d·v] (cross-correlation, zero padding), c over the channels of o's group",
		Source: "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, “Gradient-Based Learning Applied to Document Recognition”, Proceedings of the IEEE 86(11), 1998, section II; " +
			"dilation: F. Yu, V. Koltun, “Multi-Scale Context Aggregation by Dilated Convolutions”, ICLR 2016; depthwise: F. Chollet, “Xception: Deep Learning with Depthwise Separable Convolutions”, CVPR 2017",
		PyTorch: "torch.nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias)",
		When:    "For images: the same few weights are used at every place of the image. Needs model.input = [channels, height, width]. bias = false before a batch-norm, whose shift does the same. A depthwise convolution (groups = channels) and one of kernel 1 behind it cost a fraction of a full one.",
		Range:   "8 to 64 channels, kernel 3, padding 1",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		if err := wantImage(at.in); err != nil {
			return nil, nil, err
		}
		c := &conv2d{sliding: sliding{
			channels: at.in[0], height: at.in[1], width: at.in[2],
			kernel: e.pair("kernel"), stride: e.pair("stride"), padding: e.pair("padding"), dilation: e.pair("dilation"),
		}}
		return c.build(e)
	},
}

var conv1dKind = kind{
	name: "conv1d", help: "1D convolution: one small kernel slides along a sequence",
	options: []option{
		{name: "out", form: integer, min: 1, help: "number of output channels"},
		{name: "kernel", form: integer, min: 1, help: "kernel size"},
		{name: "stride", form: integer, min: 1, fallback: "1", help: "stride of the kernel"},
		{name: "padding", form: integer, fallback: "0", help: "zero padding at both ends"},
		{name: "dilation", form: integer, min: 1, fallback: "1", help: "distance between the steps that the kernel sees"},
		{name: "groups", form: integer, min: 1, fallback: "1", help: "groups of channels convolved apart; one a channel is depthwise"},
		withBias,
	},
	doc: knob.Doc{
		Formula: "y[o, i] = b[o] + Σ W[o, c, u] x[c, i·s − p + d·u] (cross-correlation, zero padding), c over the channels of o's group",
		Source:  "A. Waibel, T. Hanazawa, G. Hinton, K. Shikano, K. J. Lang, “Phoneme Recognition Using Time-Delay Neural Networks”, IEEE Transactions on Acoustics, Speech, and Signal Processing 37(3), 1989",
		PyTorch: "torch.nn.Conv1d(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias)",
		When:    "For time series and other sequences. Needs model.input = [channels, length]; behind an embedding or a gru, whose rows are [length, features], put transpose before it.",
		Range:   "8 to 64 channels, kernel 3 to 7",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		if len(at.in) != 2 {
			return nil, nil, fmt.Errorf("takes channels × length, not %s; give model.input = [channels, length]", ShapeText(at.in))
		}
		c := &conv2d{line: true, sliding: sliding{
			channels: at.in[0], height: 1, width: at.in[1],
			kernel: [2]int{1, e.integer("kernel")}, stride: [2]int{1, e.integer("stride")},
			padding: [2]int{0, e.integer("padding")}, dilation: [2]int{1, e.integer("dilation")},
		}}
		return c.build(e)
	},
}

// build finds the shape of what comes out, or what does not fit.
func (c *conv2d) build(e *Entry) (Layer, []int, error) {
	c.out, c.groups, c.noBias = e.integer("out"), e.integer("groups"), !e.flag("bias")
	if c.channels%c.groups != 0 || c.out%c.groups != 0 {
		return nil, nil, fmt.Errorf("has %d groups, which divide %d channels in and %d out into equal parts only if they divide both", c.groups, c.channels, c.out)
	}
	reach := [2]int{(c.kernel[0]-1)*c.dilation[0] + 1, (c.kernel[1]-1)*c.dilation[1] + 1}
	c.rows = windows(c.height+2*c.padding[0], reach[0], c.stride[0])
	c.cols = windows(c.width+2*c.padding[1], reach[1], c.stride[1])
	if c.rows < 1 || c.cols < 1 {
		what, from := "images", 0
		if c.line {
			what, from = "sequences", 1
		}
		kernel := "a kernel of " + ShapeText(c.kernel[from:])
		if reach != c.kernel {
			kernel += ", which its dilation spreads to " + ShapeText(reach[from:]) + ","
		}
		return nil, nil, fmt.Errorf("has %s for %s of only %s with their padding",
			kernel, what, ShapeText([]int{c.height + 2*c.padding[0], c.width + 2*c.padding[1]}[from:]))
	}
	unrolled := float64(c.channels) * float64(c.kernel[0]) * float64(c.kernel[1]) * float64(c.rows) * float64(c.cols)
	if unrolled > maxWidth {
		return nil, nil, fmt.Errorf("would unroll an example into %.3g numbers; the most is 2^24", unrolled)
	}
	c.place()
	if c.line {
		return c, []int{c.out, c.cols}, nil
	}
	return c, []int{c.out, c.rows, c.cols}, nil
}

func wantImage(shape []int) error {
	if len(shape) != 3 {
		return fmt.Errorf("takes channels × height × width, not %s; give model.input = [channels, height, width]", ShapeText(shape))
	}
	return nil
}

// windows is in how many places a window fits, less than 1 if in none.
func windows(length, window, stride int) int {
	if length < window {
		return 0
	}
	return (length-window)/stride + 1
}
