// Package augment changes the rows of a batch so that what they show stays the
// same: images are moved, turned, bent, covered, and any inputs shaken. What
// happens to a row hangs on the seed, the step and its place in the batch alone.
// Rows can also be mixed with each other, and their targets with them.
package augment

import (
	"math/rand/v2"

	"descent/core/knob"
)

// Augment holds the strengths; all are off at 0. Not for two goroutines at once.
type Augment struct {
	Flip, Turnover            float64 // probabilities
	Crop                      int     // pixels
	Rotate, Scale, Shear      float64 // degrees, a share, degrees
	Elastic, Smooth           float64 // pixels
	Erase, Brightness         float64 // shares
	Noise, Drop               float64
	Mixup, Cutmix             float64 // α of Beta(α, α)
	source                    rand.PCG
	rng                       *rand.Rand
	bell                      bell
	image, across, down, half []float64
	batch                     []float64 // as it was before it was mixed
	partner                   []int
	planes, mean, deviation   []float64 // of an image whose channels come last
}

// New holds the defaults.
func New() *Augment {
	a := &Augment{Smooth: 4}
	a.rng = rand.New(&a.source)
	return a
}

// Images are the knobs that only images have.
var Images = []string{
	"augment.flip", "augment.flip_vertical", "augment.crop", "augment.rotate", "augment.scale", "augment.shear",
	"augment.elastic", "augment.smooth", "augment.erase", "augment.brightness", "augment.cutmix",
}

// Sums are the knobs that whole numbers which stand for vectors do not bear.
var Sums = []string{"augment.noise", "augment.mixup"}

// Knobs are the [augment] table, bound to a.
func (a *Augment) Knobs() []knob.Knob {
	share := func(path string, v *float64, help string) knob.Knob {
		return knob.Float(path, v, 0, 1, knob.Linear, help).WithZero("off").WithStep(0.05)
	}
	return []knob.Knob{
		knob.Int("augment.crop", &a.Crop, 0, 64, "images: up to so many pixels to any side, as a random crop of the padded image").WithZero("off"),
		share("augment.flip", &a.Flip, "images: how often left and right change places (of digits this makes others)"),
		share("augment.flip_vertical", &a.Turnover, "images: how often above and below change places"),
		knob.Float("augment.rotate", &a.Rotate, 0, 180, knob.Linear, "images: up to so many degrees either way").WithZero("off").WithStep(5),
		knob.Float("augment.scale", &a.Scale, 0, 0.9, knob.Linear, "images: larger or smaller by up to this share").WithZero("off").WithStep(0.05),
		knob.Float("augment.shear", &a.Shear, 0, 60, knob.Linear, "images: slanted by up to so many degrees").WithZero("off").WithStep(5),
		knob.Float("augment.elastic", &a.Elastic, 0, 100, knob.Log, "images: bent, each pixel by up to about so many").WithZero("off").WithScale(knob.Log, 0.1),
		knob.Float("augment.smooth", &a.Smooth, 0.5, 100, knob.Log, "images: over how many pixels they bend alike").WithScale(knob.Log, 0.5),
		share("augment.erase", &a.Erase, "images: a rectangle of up to this share of each side is blanked"),
		share("augment.brightness", &a.Brightness, "images: brighter or darker by up to this share"),
		knob.Float("augment.noise", &a.Noise, 0, 1e6, knob.Log, "deviation of normal noise on every input").WithZero("off").WithScale(knob.Log, 1e-3),
		share("augment.drop", &a.Drop, "how often an input is set to 0, its mean where inputs are standardized"),
		knob.Float("augment.mixup", &a.Mixup, 0, 100, knob.Log, "α: rows become means of two, with the labels of both; shares of Beta(α, α), near 0 and 1 for a small α").WithZero("off").WithScale(knob.Log, 0.05),
		knob.Float("augment.cutmix", &a.Cutmix, 0, 100, knob.Log, "α: images get a rectangle of another, with the labels of both; its share of Beta(α, α), any alike at 1").WithZero("off").WithScale(knob.Log, 0.05),
	}
}

// On tells whether anything would change.
func (a *Augment) On(s Shape) bool {
	return a.Noise > 0 && !s.Whole || a.Drop > 0 || a.mixes(s) ||
		s.Height > 0 && (a.moves() || a.Erase > 0 || a.Brightness > 0)
}

// moves tells whether pixels come from elsewhere.
func (a *Augment) moves() bool {
	return a.Flip > 0 || a.Turnover > 0 || a.Crop > 0 || a.Rotate > 0 || a.Scale > 0 || a.Shear > 0 || a.Elastic > 0
}

// Shape is that of the rows: images of channels×height×width, with Last of
// height×width×channels, or, with a height of 0, plain inputs.
type Shape struct {
	Channels, Height, Width int
	// Last says that the channels of a pixel lie side by side. What becomes of an
	// image does not depend on it.
	Last bool
	// Whole numbers that stand for vectors: there is nothing between two of them.
	Whole bool
	// What standardizing took off each input and divided it by; nil if it did
	// not. Images are changed as they were before it.
	Mean, Deviation []float64
}

// mixes tells whether rows would be mixed with each other.
func (a *Augment) mixes(s Shape) bool {
	return a.Mixup > 0 && !s.Whole || a.Cutmix > 0 && s.Height > 0
}

// within is uniform between −most and most.
func (a *Augment) within(most float64) float64 {
	return most * (float64(2*a.rng.Float64()) - 1)
}
