package core

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"

	"descent/core/data"
	"descent/core/nn"
	"descent/core/recipe"
)

// Shelf is a Files that keeps what lessons come to, and is told how far they are.
type Shelf interface {
	// Kept is what was kept under a key, nil for nothing.
	Kept(key string) []byte
	Keep(key string, content []byte)
	// Learning is told how far the training of a preset is. An error ends it.
	Learning(preset string, done, total int) error
}

// digest is a hash of the rows that a network learns from.
func digest(set *data.Set) string {
	h := sha256.New()
	var word [8]byte
	for _, part := range []data.Part{set.Train, set.Val} {
		for _, numbers := range [][]float64{part.X.Data, part.Values.Data} {
			for _, v := range numbers {
				binary.LittleEndian.PutUint64(word[:], math.Float64bits(v))
				h.Write(word[:])
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// learn trains a lesson, or takes its outcome from the shelf: the trainer that
// holds it, under its effective weights. Nothing of it hangs on whether it was
// kept: the same recipe gives the same bits. by is the recipe that it stands in.
func learn(l *recipe.Lesson, by recipe.Recipe, files Files) (*Trainer, error) {
	r := *l.Recipe
	r.Seed, r.Arithmetic = by.Seed, by.Arithmetic
	if r.Surface.Name != "" {
		return nil, fmt.Errorf("%s goes down a surface, which teaches a network nothing", l.Preset)
	}
	steps := l.Length()
	t, err := New(r, files)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.Preset, err)
	}
	shelf, _ := files.(Shelf)
	key := ""
	if shelf != nil && steps > 0 {
		content, err := json.Marshal(struct {
			Recipe     recipe.Recipe
			Steps      int
			Arithmetic string
			Start      string
			Data       string // files may change while their names stay
		}{r, steps, r.Computes(), t.Hash(), digest(t.Data())})
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(content)
		key = hex.EncodeToString(sum[:])
		if kept := shelf.Kept(key); kept != nil {
			w := make([]float64, t.network.Size())
			if err := nn.LoadWeights(w, t.network, kept, t.Statistics()...); err == nil {
				t.learnt = w
				return t, nil
			}
		}
	}
	var stop error
	step := 0
	learning := func() bool {
		stop = shelf.Learning(l.Preset, step, steps)
		return stop != nil
	}
	if shelf != nil {
		t.Interrupt(learning)
	}
	for ; step < steps; step++ {
		if shelf != nil && (step%64 == 0 || t.of.work(false) > long/16) && learning() {
			return nil, stop
		}
		t.Advance()
		if t.Broken() {
			return nil, stop
		}
		if !t.Finite() {
			return nil, fmt.Errorf("%s: its training is not finite at step %d; lower its rate", l.Preset, step+1)
		}
	}
	t.Interrupt(nil)
	t.learnt = append([]float64(nil), t.Weights()...)
	if shelf != nil && steps > 0 {
		_ = shelf.Learning(l.Preset, steps, steps)
		shelf.Keep(key, nn.EncodeWeights(t.network, t.learnt, t.Statistics()...))
	}
	return t, nil
}
