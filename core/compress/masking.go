package compress

import (
	"math"
	"slices"
	"strings"
)

// lookBatches is over how many batches gradients are averaged.
const lookBatches = 8

// scores is what the chosen method cuts by, where it goes by gradients:
//
//	taylor: the mean over batches of |w·g|. Molchanov et al., "Importance
//	Estimation for Neural Network Pruning", 2019, eq. 8, without the square;
//	movement: −Σ w g over the steps since it was chosen; before any, over the
//	batches to come. Sanh, Wolf, Rush, "Movement Pruning", 2020, eq. 7.
//
// w being the weights with the adapters.
func (v *View) scores(params []float64, look Looker) []float64 {
	if v.Prune.Method == byMovement && v.movement != nil {
		return v.movement
	}
	if v.Prune.Method != byTaylor && v.Prune.Method != byMovement {
		return nil
	}
	w := slices.Clone(v.Adapted(params)) // a look uses the same memory
	out, grad := make([]float64, v.size), make([]float64, v.size)
	for batch := range lookBatches {
		look(batch, grad)
		for i, g := range grad {
			score := float64(w[i] * g)
			if v.Prune.Method == byTaylor {
				out[i] += math.Abs(score)
			} else {
				out[i] -= score
			}
		}
	}
	return out
}

// Remask chooses anew what is pruned, by the parameters as they are after a
// step. It is called when a prune knob turns, not at each step.
func (v *View) Remask(params []float64, step int, look Looker) {
	v.cut(params, step, look, nil)
}

func (v *View) cut(params []float64, step int, look Looker, gone []float64) {
	sparsity := v.Prune.at(step)
	if sparsity == 0 {
		v.mask = nil
		return
	}
	by := ranking{v.scores(params, look), gone} // under the mask as it was
	v.mask = v.room(&v.masked)
	v.Prune.mask(v.mask, v.Adapted(params), v.network, sparsity, by)
}

// Chooses tells whether turning the knob of that path is to be followed by
// Remask. Those that only time what is done later leave the mask as it is, and
// so does what regrew.
func (v *View) Chooses(path string) bool {
	switch path {
	case "prune.begin", "prune.steps":
		return v.Prune.When == "gradual" && v.Prune.Regrow == 0
	case "prune.every", "prune.regrow":
		return false
	}
	return strings.HasPrefix(path, "prune.")
}

// Progress goes on with pruning where it is Due; in a kernel of which
// moves has only zeros none grow (nil: all move). Weights that regrow are set to 0 in params, and their places
// returned.
func (v *View) Progress(params, moves []float64, step int, look Looker) (grown []int) {
	if v.Prune.cuts(step) {
		var gone []float64
		if v.mask != nil && v.Prune.Regrow > 0 {
			gone = append(gone, v.mask...) // regrowth alone brings weights back
		}
		v.cut(params, step, look, gone)
	}
	if v.mask != nil && v.Prune.regrows(step) {
		grown = v.Prune.regrow(v.mask, params, moves, v.network, step, look)
	}
	return grown
}

// Due tells whether pruning goes on after so many steps.
func (v *View) Due(step int) bool { return v.Prune.due(step) }

// Plain tells whether parameters train as they are: without masks, rounding and
// adapters, and nobody watches their gradients.
func (v *View) Plain() bool {
	return v.mask == nil && !v.Quant.aware() && !v.Lora.on() && v.Prune.Method != byMovement
}

// Observe lets pruning by movement see the gradient of a step, before any of
// it is masked.
func (v *View) Observe(params, grad []float64) {
	if v.Prune.Method != byMovement {
		v.movement = nil
		return
	}
	if v.movement == nil {
		v.movement = make([]float64, v.size)
	}
	w := params
	if v.Lora.on() {
		v.spare = append(v.spare[:0], params[:v.size]...)
		v.adapt(v.spare, params)
		w = v.spare
	}
	for i := range v.movement {
		v.movement[i] -= float64(w[i] * grad[i])
	}
}
