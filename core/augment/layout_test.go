package augment_test

import (
	"slices"
	"testing"

	"descent/core/augment"
	"descent/core/knob"
)

// lastly is images whose channels come first with their channels last.
func lastly(x []float64, s augment.Shape) []float64 {
	area := s.Height * s.Width
	width := area * s.Channels
	out := make([]float64, len(x))
	for i := range x {
		row, at := i/width*width, i%width
		out[row+at%area*s.Channels+at/area] = x[i]
	}
	return out
}

// What augmentation makes of an image does not depend on how its channels lie.
func TestEveryAugmentationIsTheSameForChannelsLast(t *testing.T) {
	const rows = 3
	first := augment.Shape{Channels: 3, Height: 5, Width: 7}
	width := first.Channels * first.Height * first.Width
	for i := range width {
		first.Mean = append(first.Mean, float64(i%11)/7)
		first.Deviation = append(first.Deviation, 1+float64(i%5))
	}
	last := first
	last.Last, last.Mean, last.Deviation = true, lastly(first.Mean, first), lastly(first.Deviation, first)
	images := make([]float64, rows*width)
	for i := range images {
		images[i] = float64(i*i%97) / 10
	}
	for _, k := range augment.New().Knobs() {
		if k.Zero == "" {
			continue
		}
		a := augment.New()
		for _, of := range a.Knobs() {
			if of.Path != k.Path {
				continue
			}
			if err := of.Set(knob.Num(min(of.Max, 1))); err != nil {
				t.Fatal(err)
			}
		}
		planes, pixels := slices.Clone(images), lastly(images, first)
		for step := range 3 {
			for i := range rows {
				a.Row(planes[i*width:(i+1)*width], first, 5, step, i)
			}
			one := a.Mix(planes, rows, first, 5, step)
			one.Partner = slices.Clone(one.Partner)
			for i := range rows {
				a.Row(pixels[i*width:(i+1)*width], last, 5, step, i)
			}
			two := a.Mix(pixels, rows, last, 5, step)
			if one.Share != two.Share || !slices.Equal(one.Partner, two.Partner) {
				t.Errorf("%s: mixed %v, with channels last %v", k.Path, one, two)
			}
		}
		if slices.Equal(planes, images) {
			t.Errorf("%s changes nothing", k.Path)
		}
		if !slices.Equal(lastly(planes, first), pixels) {
			t.Errorf("%s: the images differ", k.Path)
		}
	}
}
