// Package augment is data augmentation: it changes the rows of a batch at random
// in ways that leave their labels valid (crops, flips, affine maps, elastic
// deformation, erasing, noise), or mixes rows and labels (mixup, CutMix). What
// happens to a row is a function of the seed, the step and its place in the batch.
package augment

import "math/rand/v2"

// Augment holds the strengths; all are off at 0. Not for two goroutines at once.
type Augment struct {
	Flip, Turnover            float64 // probabilities
	Crop                      int     // pixels
	Rotate, Scale, Shear      float64 // degrees, a fraction, degrees
	Elastic, Smooth           float64 // pixels
	Erase, Brightness         float64 // fractions
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

// On tells whether anything would change.
func (a *Augment) On(s Shape) bool {
	return a.Noise > 0 && !s.Categorical || a.Drop > 0 || a.mixes(s) ||
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
	// Integers that stand for vectors: there is nothing between two of them.
	Categorical bool
	// What standardizing took off each input and divided it by; nil if it did
	// not. Images are changed as they were before it.
	Mean, Deviation []float64
}

// mixes tells whether rows would be mixed with each other.
func (a *Augment) mixes(s Shape) bool {
	return a.Mixup > 0 && !s.Categorical || a.Cutmix > 0 && s.Height > 0
}

// within is uniform between −most and most.
func (a *Augment) within(most float64) float64 {
	return most * (float64(2*a.rng.Float64()) - 1)
}
