package pickle

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"descent/core/tensor"
)

// usual are the keys under which checkpoints keep the weights of the model, the more
// telling first.
var usual = []string{"state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "weights", "params"}

// maxNested is how deep weights may lie in dictionaries.
const maxNested = 8

// Weights reads the weights of a file of torch.save: the dictionary of tensors that
// it is, or the one of those in it that a usual key names (state_dict, model, net,
// ...), or the only one. Those of a list have its numbers for names. Notes say what
// was chosen and what was passed over, a sentence each.
func Weights(b []byte) (out []tensor.Tensor, notes []string, err error) {
	value, notes, err := Load(b)
	if err != nil {
		return nil, nil, err
	}
	found, where, err := choose(value)
	if err != nil {
		return nil, nil, err
	}
	if where != "" {
		notes = append(notes, fmt.Sprintf("the weights are those under %q of the file", where))
	}
	l := limit{left: len(b) + spare}
	for _, f := range found {
		t, err := l.tensor(f.name, f.tensor)
		if err != nil {
			return nil, nil, err
		}
		out = append(out, t)
	}
	return out, notes, nil
}

// entry is a tensor under its name.
type entry struct {
	name   string
	tensor *Tensor
}

// choose finds the weights in a value, and under which keys.
func choose(value any) (out []entry, where string, err error) {
	var path []string
	for len(path) <= maxNested {
		dict, ok := value.(*Dict)
		if !ok {
			break
		}
		keys := inner(dict)
		key := ""
		for _, k := range slices.Backward(usual) {
			if slices.Contains(keys, k) {
				key = k
			}
		}
		if key == "" && len(tensors(value)) > 0 {
			break
		}
		switch {
		case key != "":
		case len(keys) == 1:
			key = keys[0]
		case len(keys) > 1:
			return nil, "", fmt.Errorf(`it holds several sets of weights, under %s; save the one that is meant alone, as in torch.save(torch.load("file.pt")[%q], "net.pt")`, quoted(keys), keys[0])
		}
		if key == "" {
			break
		}
		value, _ = dict.Of(key)
		path = append(path, key)
	}
	if own := tensors(value); len(own) > 0 {
		return own, strings.Join(path, "."), nil
	}
	return nil, "", errors.New(`there are no named tensors in it; save the weights with torch.save(model.state_dict(), "net.pt")`)
}

// tensors are those of a dictionary under names, or of a list.
func tensors(value any) (out []entry) {
	switch v := value.(type) {
	case *Dict:
		at := map[string]int{}
		for i, key := range v.Keys {
			name, ok := key.(string)
			t, ok2 := v.Values[i].(*Tensor)
			if !ok || !ok2 {
				continue
			}
			if k, twice := at[name]; twice {
				out[k].tensor = t
				continue
			}
			at[name] = len(out)
			out = append(out, entry{name, t})
		}
	case *List, Tuple:
		items, _ := sequence(Tuple{v})
		for i, item := range items {
			if t, ok := item.(*Tensor); ok {
				out = append(out, entry{strconv.Itoa(i), t})
			}
		}
	}
	return out
}

// inner are the keys of a dictionary under which named tensors lie.
func inner(dict *Dict) (keys []string) {
	for i, key := range dict.Keys {
		name, ok := key.(string)
		if ok && !slices.Contains(keys, name) && holds(dict.Values[i], 0, map[*Dict]bool{dict: true}) {
			keys = append(keys, name)
		}
	}
	return keys
}

// holds tells whether there are named tensors in a value, other than in the
// dictionaries that were looked through. What an optimizer keeps of tensors has
// numbers for keys.
func holds(value any, depth int, through map[*Dict]bool) bool {
	dict, ok := value.(*Dict)
	if !ok || depth > maxNested || through[dict] {
		return false
	}
	through[dict] = true
	if len(tensors(dict)) > 0 {
		return true
	}
	for i, key := range dict.Keys {
		if _, ok := key.(string); ok && holds(dict.Values[i], depth+1, through) {
			return true
		}
	}
	return false
}

func quoted(keys []string) string {
	const most = 6
	var out []string
	for _, k := range keys[:min(len(keys), most)] {
		out = append(out, strconv.Quote(k))
	}
	if len(keys) > most {
		out = append(out, "...")
	}
	return strings.Join(out, ", ")
}
