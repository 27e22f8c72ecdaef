package data

import (
	"fmt"
	"slices"
	"strconv"

	"descent/core/data/transform"
	"descent/core/knob"
)

var layouts = []knob.Option{
	{Name: layoutAuto, Help: "infer from the shape of the array, data.shape and model.input", Doc: knob.Doc{
		Formula: knob.None,
		Source:  knob.None,
		PyTorch: knob.None,
		When:    "Nearly always. Where the shapes leave it open, reading the data asks for it.",
		Range:   knob.None,
	}},
	{Name: layoutHWC, Help: "channels last: height × width × channels, as in TensorFlow and PIL", Doc: knob.Doc{
		Formula: "x[(i·W + j)·C + c]",
		Source:  knob.None,
		PyTorch: "torch.channels_last",
		When:    "For arrays from TensorFlow, PIL and matplotlib.",
		Range:   knob.None,
	}},
	{Name: layoutCHW, Help: "channels first: channels × height × width, as in PyTorch", Doc: knob.Doc{
		Formula: "x[(c·H + i)·W + j]",
		Source:  knob.None,
		PyTorch: "torch.contiguous_format",
		When:    "For arrays from PyTorch and torchvision.",
		Range:   knob.None,
	}},
}

// plausible is the most channels that images are taken to have where nothing
// else tells the channels from the height and the width.
const plausible = 4

// reading is one way to take the numbers of a row for an image.
type reading struct {
	height, width, channels int
	last                    bool // channels last
}

func (r reading) hwc() []int { return []int{r.height, r.width, r.channels} }
func (r reading) chw() []int { return []int{r.channels, r.height, r.width} }

func (r reading) String() string {
	if r.channels == 1 {
		return fmt.Sprintf("%d×%d pixels", r.height, r.width)
	}
	order := "first"
	if r.last {
		order = "last"
	}
	return fmt.Sprintf("%d×%d pixels of %d channels, channels %s", r.height, r.width, r.channels, order)
}

// shaped tells whether data.shape names the image, in either order.
func (r reading) shaped(shape []int) bool {
	if len(shape) == 2 {
		return r.channels == 1 && slices.Equal(shape, r.hwc()[:2])
	}
	return slices.Equal(shape, r.hwc()) || slices.Equal(shape, r.chw())
}

// taken tells whether the image is what a model takes whose rows have that
// shape. A flat row takes any.
func (r reading) taken(row []int) bool {
	switch len(row) {
	case 3:
		return slices.Equal(row, r.chw())
	case 2:
		return r.channels > 1 || slices.Equal(row, r.hwc()[:2])
	}
	return true
}

// arrange settles how the rows are images, if they are, and lays them out for
// the model: channels first where model.input names channels, height and width,
// else as they lie in the file.
func (t *Table) arrange(name string, s Spec) error {
	dims := t.Shape // of a row in an array; nil for a flat row
	if len(s.Shape) > 0 {
		if err := t.shapeAs(s.Shape); err != nil {
			return err
		}
	}
	if s.Layout == "" {
		if shape := append(slices.Clone(t.Shape), 1); len(shape) > 2 {
			t.settle(reading{height: shape[0], width: shape[1], channels: shape[2]}, dims, false)
		}
		return nil
	}
	row := s.Row
	if product(row) != len(t.Inputs) {
		row = nil // the model says so itself
	}
	if dims == nil && len(s.Shape) == 0 {
		switch {
		case s.Layout == layoutAuto:
			return nil
		case len(row) != 3:
			return blame("data.layout", "data.layout says in which order height, width and channels lie, and %s does not say what they are; give data.shape = [height, width, channels]", name)
		}
	}
	readings := readingsOf(dims, s.Shape, row, s.Layout)
	if len(readings) == 0 {
		return blame("data.shape", "data.shape %v contradicts %s, whose rows are %s", s.Shape, name, times(dims))
	}
	ordered := slices.DeleteFunc(slices.Clone(readings), func(r reading) bool {
		return r.channels > 1 && s.Layout != layoutAuto && r.last != (s.Layout == layoutHWC)
	})
	if len(ordered) == 0 {
		return blame("data.layout", "data.layout = %q contradicts %s, whose images are %v", s.Layout, name, readings[0])
	}
	contradicts := func(r reading, hint string) error {
		return blame("model.input", "model.input %v contradicts the images of %s, %v: with them it is %v%s", row, name, r, r.chw(), hint)
	}
	fitting := slices.DeleteFunc(slices.Clone(ordered), func(r reading) bool { return !r.taken(row) })
	if len(fitting) == 0 {
		r := prefer(ordered, s.Shape)
		if r == (reading{}) {
			r = ordered[0]
		}
		return contradicts(r, "")
	}
	r := prefer(fitting, s.Shape)
	if r == (reading{}) {
		return blame("data.layout", `%s: rows of %s are images with channels last or first; say data.layout = "hwc" (height × width × channels) or "chw" (channels × height × width)`,
			name, times(fitting[0].as()))
	}
	// Height, width and channels in model.input look like so many channels.
	if likely := prefer(ordered, s.Shape); s.Layout == layoutAuto && r.channels > plausible && likely.last && likely != r && likely.channels <= plausible {
		return contradicts(likely, `; if they are of `+strconv.Itoa(r.channels)+` channels, say data.layout = "chw"`)
	}
	t.settle(r, dims, len(row) == 3)
	return nil
}

// as is the shape of a row as it lies.
func (r reading) as() []int {
	if r.last {
		return r.hwc()
	}
	return r.chw()
}

// readingsOf lists the ways to read rows of an array with such dims, or flat
// rows, that agree with data.shape. Flat rows lie as data.shape is written;
// data.layout and model.input stand for it.
func readingsOf(dims, shape, row []int, layout string) (out []reading) {
	if dims == nil && len(shape) == 0 {
		return []reading{{row[1], row[2], row[0], layout == layoutHWC}}
	}
	lies := dims
	if dims == nil {
		lies = shape
	}
	var all []reading
	switch {
	case len(lies) == 3:
		all = []reading{{lies[0], lies[1], lies[2], true}, {lies[1], lies[2], lies[0], false}}
		if dims == nil && layout == layoutCHW {
			all = append(all, reading{lies[0], lies[1], lies[2], false})
		}
	case len(shape) == 3: // the pixels of an image are one size of the array
		for _, r := range []reading{{shape[0], shape[1], shape[2], true}, {shape[0], shape[1], shape[2], false}} {
			pixels := r.height * r.width
			if r.last && slices.Equal(lies, []int{pixels, r.channels}) || !r.last && slices.Equal(lies, []int{r.channels, pixels}) {
				all = append(all, r)
			}
		}
		all = append(all, reading{lies[0], lies[1], 1, false})
	case len(lies) == 2:
		all = []reading{{lies[0], lies[1], 1, false}}
	}
	for _, r := range all {
		if r.channels == 1 {
			r.last = false // there is but one order
		}
		if (len(shape) == 0 || r.shaped(shape)) && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// prefer is the one of the readings that is meant: the only one, the only one
// with so few channels as images have, or that for which data.shape is height,
// width and channels. The zero reading if that does not tell.
func prefer(readings []reading, shape []int) reading {
	only := func(keep func(reading) bool) (reading, bool) {
		kept := slices.DeleteFunc(slices.Clone(readings), func(r reading) bool { return !keep(r) })
		if len(kept) != 1 {
			return reading{}, false
		}
		return kept[0], true
	}
	for _, keep := range []func(reading) bool{
		func(reading) bool { return true },
		func(r reading) bool { return r.channels <= plausible },
		func(r reading) bool { return slices.Equal(shape, r.hwc()) },
	} {
		if r, ok := only(keep); ok {
			return r
		}
	}
	return reading{}
}

// settle takes the rows for such images and, where the channels are to come
// first, turns those in which they come last.
func (t *Table) settle(r reading, dims []int, first bool) {
	colour := len(t.Shape) == 3 || r.channels > 1
	t.Shape, t.order = r.hwc(), ""
	if !colour {
		t.Shape = t.Shape[:2]
	}
	if r.channels > 1 {
		t.order = "channels first"
		if r.last {
			t.order = "channels last"
		}
	}
	if dims != nil {
		t.Inputs = pixels(r, colour)
	}
	if t.Last = r.last && r.channels > 1; !t.Last || !first {
		return
	}
	t.Last = false
	width := len(t.Inputs)
	from := make([]int, 0, width) // of each number its place so far
	for c := range r.channels {
		for pixel := range r.height * r.width {
			from = append(from, pixel*r.channels+c)
		}
	}
	names := make([]string, width)
	for i, j := range from {
		names[i] = t.Inputs[j]
	}
	t.Inputs = names
	if columns := t.columns(); len(columns) == width {
		t.Columns = make([]transform.Column, width)
		for i, j := range from {
			t.Columns[i] = columns[j]
		}
	} else {
		t.Columns, t.scattered = nil, true
	}
	if t.bytes != nil {
		t.bytes = t.bytes.turned(from)
		return
	}
	turn(t.X, from)
}

// pixels names each pixel by its row and column, and with colour its channel,
// in the order in which they lie: r3c14k0.
func pixels(r reading, colour bool) []string {
	names := make([]string, r.height*r.width*r.channels)
	for row := range r.height {
		for col := range r.width {
			for k := range r.channels {
				name := "r" + strconv.Itoa(row) + "c" + strconv.Itoa(col)
				if colour {
					name += "k" + strconv.Itoa(k)
				}
				names[place(r.hwc(), r.last, k, row, col)] = name
			}
		}
	}
	return names
}

// place is where a channel of a pixel lies in a row of images of that shape.
func place(shape []int, last bool, channel, row, col int) int {
	pixel := row*shape[1] + col
	if last {
		return pixel*shape[2] + channel
	}
	return channel*shape[0]*shape[1] + pixel
}

// At is where in a row of images a channel of a pixel lies.
func (s *Set) At(channel, row, col int) int { return place(s.Shape, s.Last, channel, row, col) }

func product(shape []int) int {
	n := 1.0
	for _, size := range shape {
		n *= float64(size)
	}
	if !(n <= maxCells) {
		return -1
	}
	return int(n)
}

// shapeAs declares the inputs to be images of height, width and channels.
func (t *Table) shapeAs(shape []int) error {
	n := 1.0
	for _, size := range shape {
		n *= float64(size)
	}
	if len(shape) < 2 || len(shape) > 3 {
		return blame("data.shape", "data.shape takes height and width, or height, width and channels, not %d numbers", len(shape))
	}
	if n != float64(len(t.Inputs)) {
		return blame("data.shape", "data.shape makes %.9g pixels but the data has %d inputs", n, len(t.Inputs))
	}
	t.Shape = shape
	return nil
}
