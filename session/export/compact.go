package export

import (
	"fmt"
	"path/filepath"
	"strings"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/disk"
)

// Compact writes the network without its pruned units, with packed weights, to path
// ending in .safetensors, and a preset that loads it to the same name ending in
// .toml. Neither replaces an existing file.
func Compact(d disk.Disk, t *core.Trainer, path string, encode Encoder) (*core.CompactNetwork, error) {
	path, err := filepath.Abs(strings.TrimSuffix(strings.TrimSuffix(path, ".toml"), ".safetensors"))
	if err != nil {
		return nil, err
	}
	if file := disk.Existing(d, path+".safetensors", path+".toml"); file != "" {
		return nil, fmt.Errorf("%s exists already; give another name", file)
	}
	small, err := t.Compact()
	if err != nil {
		return nil, err
	}
	r, err := compactRecipe(t.Recipe(), small)
	if err != nil {
		return nil, err
	}
	r.Model.Weights = path + ".safetensors"
	preset, err := encode(r, filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	return small, disk.WriteAll(d, disk.Output{Path: path + ".safetensors", Content: small.File}, disk.Output{Path: path + ".toml", Content: preset})
}

// compactRecipe returns the recipe of the compact network, without the settings of
// compression and of earlier tasks, which belong to the original network.
func compactRecipe(r recipe.Recipe, small *core.CompactNetwork) (recipe.Recipe, error) {
	r.Model, r.Pretrain = small.Spec, recipe.PretrainSpec{}
	for _, c := range []recipe.Change{
		{Path: "prune.sparsity", Value: knob.Num(0)},
		{Path: "quant.bits", Value: knob.Num(0)},
		{Path: "quant.layers", Value: knob.Items([]string{})},
		{Path: "finetune.lora_rank", Value: knob.Num(0)},
	} {
		if err := r.Set(c.Path, c.Value); err != nil {
			return r, err
		}
	}
	return r, nil
}
