package core

import (
	"fmt"
	"math"

	"descent/core/finetune"
	"descent/core/recipe"
)

// lone says which batch norm would be given a batch of a single row, where the
// settings of a rig stand: it would make 0 of every input, and learn nothing, as
// torch.nn.BatchNorm1d refuses to. One that stays frozen measures no batch.
func (t *Trainer) lone(g *recipe.Parts) error {
	n, ok := t.of.(*network)
	if !ok || t.from.Computes() == recipe.OneAge {
		return nil
	}
	layers := n.model.LoneRows()
	if len(layers) == 0 {
		return nil
	}
	rows, size := n.set.Train.Rows(), g.Train.Batch
	least := size
	switch rest := rows % max(size, 1); {
	case g.Row.FullBatch || size == 0 || size >= rows:
		size, least = 0, rows
	case rest > 0:
		least = rest
	}
	if least > 1 {
		return nil
	}
	for _, layer := range layers {
		if !t.trainsAt(g, layer) {
			continue
		}
		const needs = "layer %s (batch-norm) needs at least two rows in a batch, "
		switch {
		case size == 1:
			return fmt.Errorf(needs+"and train.batch = 1 gives it one", layer)
		case size == 0:
			return fmt.Errorf(needs+"and there is one training row in all", layer)
		}
		return fmt.Errorf(needs+"and train.batch = %d leaves one of %d training rows for the last batch of an epoch; %d or %d would not",
			layer, size, rows, size-1, size+1)
	}
	return nil
}

// trains tells whether a layer trains in the end, where the knobs stand.
func (t *Trainer) trainsAt(g *recipe.Parts, layer string) bool {
	layers := finetune.Layers(t.network)
	for i, name := range layers {
		for _, seg := range t.network {
			if name == layer && seg.Layer == layer && g.Finetune.Trains(seg, len(layers)-1-i, math.MaxInt, g.View.Lora.Rank > 0) {
				return true
			}
		}
	}
	return false
}
