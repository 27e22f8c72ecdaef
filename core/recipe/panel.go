package recipe

import (
	"fmt"
	"slices"
	"strings"

	"descent/core/knob"
)

// Panel is every knob that can turn now, in display order.
func (s Settings) Panel() []Setting {
	var out []Setting
	for _, sec := range NewParts(s, nil).panel() {
		for _, k := range sec.knobs {
			out = append(out, Setting{k, k.Value()})
		}
	}
	return out
}

// Find is the live knob of that path. The error says what was probably meant,
// or to which optimizer, schedule or loss the knob belongs.
func (s Settings) Find(path string) (Setting, error) {
	k, _, err := s.find(path)
	if err != nil {
		return Setting{}, err
	}
	return Setting{k, k.Value()}, nil
}

func (s Settings) find(path string) (k knob.Knob, owner string, err error) {
	at, always := placed()[path]
	for i, sec := range picked(s, nil).unbound() {
		if always && i != at || !always && sec.owner == "" {
			continue
		}
		for _, k := range sec.knobs() {
			if k.Path != path {
				continue
			}
			turn(k, s.values, sec.owner)
			return k, sec.owner, nil
		}
	}
	return knob.Knob{}, "", s.unknown(path)
}

// With is the settings with one knob turned, or an error in one sentence.
func (s Settings) With(path string, v knob.Value) (Settings, error) {
	k, owner, err := s.find(path)
	if err != nil {
		return s, err
	}
	if v, err = k.Check(v); err != nil {
		return s, err
	}
	return s.with(key(path, owner), v), nil
}

// Changes lists what has to be set, in order, to come from s to the panel of
// want: choices first, since they bring the knobs that follow.
func (s Settings) Changes(want Settings) []Change {
	var out []Change
	for _, names := range []bool{true, false} {
		for _, w := range want.Panel() {
			if strings.HasSuffix(w.Knob.Path, ".name") != names {
				continue
			}
			if have, err := s.Find(w.Knob.Path); err == nil && have.Value.Equal(w.Value) {
				continue
			}
			next, err := s.With(w.Knob.Path, w.Value)
			if err != nil {
				continue // want came from the same catalogue
			}
			s = next
			out = append(out, Change{w.Knob.Path, w.Value})
		}
	}
	return out
}

func (s Settings) unknown(path string) error {
	for _, e := range Catalogue() {
		if e.Knob.Path != path {
			continue
		}
		if e.Knob.Fixed {
			return fmt.Errorf("%s is part of the recipe's shape and cannot turn while training", path)
		}
		table, _, _ := strings.Cut(path, ".")
		name, _, _ := s.find(table + ".name")
		return fmt.Errorf("%s is no setting of %q; it belongs to %s", path, name.Value().Word(), strings.Join(e.Owners, ", "))
	}
	return unknownKey(path)
}

// longestPath is more letters than any path of a knob has.
const longestPath = 100

// otherNames maps what PyTorch, Keras, scikit-learn and others call a key to its path.
// It is used for suggestions only.
var otherNames = map[string]string{
	"learning_rate": OptimizerLR, "learningrate": OptimizerLR, "eta": OptimizerLR,
	"batch_size": "train.batch", "batchsize": "train.batch", "minibatch": "train.batch",
	"epochs": "train.steps", "num_epochs": "train.steps", "max_epochs": "train.steps", "max_iter": "train.steps", "max_steps": "train.steps", "iterations": "train.steps", "num_steps": "train.steps",
	"gradient_accumulation_steps": "train.accumulate", "accumulate_grad_batches": "train.accumulate", "accumulation_steps": "train.accumulate",
	"max_grad_norm": "train.clip_norm", "clip_grad_norm": "train.clip_norm", "gradient_clip_val": "train.clip_norm", "clipnorm": "train.clip_norm",
	"criterion": LossName, "loss_fn": LossName, "objective": LossName,
	"scheduler": ScheduleName, "lr_scheduler": ScheduleName, "warmup_steps": "schedule.warmup", "num_warmup_steps": "schedule.warmup",
	"random_state": "seed", "manual_seed": "seed", "random_seed": "seed",
	"test_size": "data.validation", "val_split": "data.validation", "validation_split": "data.validation",
	"hidden_layer_sizes": "model.hidden", "hidden_units": "model.hidden", "units": "model.hidden",
	"amount": "prune.sparsity", "pruning": "prune.sparsity", "n_bits": "quant.bits", "qconfig": "quant.scheme",
	"lora_r": "finetune.lora_rank",
}

func unknownKey(path string) error {
	if r := []rune(path); len(r) > longestPath {
		return fmt.Errorf("unknown key %q..., of %d letters; `descent list knobs` names them all", string(r[:longestPath/2]), len(r))
	}
	if now, _ := Current(path, knob.Value{}); now != path {
		return fmt.Errorf("%s is called %s now", path, now)
	}
	var paths, elsewhere []string // with the same word in another table
	_, word, _ := strings.Cut(path, ".")
	for _, e := range Catalogue() {
		paths = append(paths, e.Knob.Path)
		if _, own, _ := strings.Cut(e.Knob.Path, "."); own == word && own != "" && !slices.Contains(elsewhere, e.Knob.Path) {
			elsewhere = append(elsewhere, e.Knob.Path)
		}
	}
	if len(elsewhere) == 1 {
		return fmt.Errorf("unknown key %q; did you mean %q?", path, elsewhere[0])
	}
	if own := otherNames[strings.ToLower(path[strings.LastIndexByte(path, '.')+1:])]; own != "" {
		return fmt.Errorf("unknown key %q; did you mean %q?", path, own)
	}
	if near := knob.Nearest(path, paths); near != "" {
		return fmt.Errorf("unknown key %q; did you mean %q?", path, near)
	}
	return fmt.Errorf("unknown key %q; `descent list knobs` names them all", path)
}
