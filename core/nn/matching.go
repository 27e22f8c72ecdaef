package nn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"descent/core/tensor"
)

// Pair is a tensor of a file and where it went.
type Pair struct{ From, To string }

// Matching is how the tensors of a file went into a model.
type Matching struct {
	Prefix string   // that all names had and the model's have not; "" for none
	Moved  []Pair   // by order and shape, in the order of the model; nil where names were the model's
	Notes  []string // what the file left open, a sentence each
}

// String is the table of what went where in a line; "" where names were the model's.
func (m Matching) String() string {
	const most = 24
	var parts []string
	if m.Prefix != "" {
		parts = append(parts, fmt.Sprintf("without the prefix %q of all names", m.Prefix))
	}
	if len(m.Moved) > 0 {
		var pairs []string
		for _, p := range m.Moved[:min(len(m.Moved), most)] {
			pairs = append(pairs, p.From+" → "+p.To)
		}
		text := "matched by order and shape: " + strings.Join(pairs, ", ")
		if n := len(m.Moved) - most; n > 0 {
			text += fmt.Sprintf(", and %d more", n)
		}
		parts = append(parts, text)
	}
	return strings.Join(append(parts, m.Notes...), "; ")
}

// slot is a tensor that a model wants, and where its numbers go.
type slot struct {
	name  string
	shape []int
	into  []float64
}

// counts tells of a tensor that PyTorch's batch norms write and nothing here reads.
func counts(name string) bool { return strings.HasSuffix(name, "num_batches_tracked") }

// assign finds the tensor of each slot: by name, without a prefix that all names
// share, else by order and shape, weights, biases and statistics each. Every tensor
// goes somewhere, but for counts of batches.
func assign(slots []slot, tensors []tensor.Tensor) ([]tensor.Tensor, Matching, error) {
	tensors = slices.DeleteFunc(slices.Clone(tensors), func(t tensor.Tensor) bool { return counts(t.Name) })
	if out, missing := byName(slots, tensors, ""); missing < 0 {
		return out, Matching{}, surplus(out, tensors, "")
	}
	if prefix := prefixOf(slots, tensors); prefix != "" {
		if out, missing := byName(slots, tensors, prefix); missing < 0 {
			return out, Matching{Prefix: prefix}, surplus(out, tensors, prefix)
		}
	}
	out, err := byOrder(slots, tensors)
	if err != nil {
		return nil, Matching{}, err
	}
	var m Matching
	for i, s := range slots {
		m.Moved = append(m.Moved, Pair{out[i].Name, s.name})
	}
	return out, m, nil
}

// byName finds tensors by the names of the slots behind a prefix; missing is the
// first slot without one, or −1.
func byName(slots []slot, tensors []tensor.Tensor, prefix string) (out []tensor.Tensor, missing int) {
	at := make(map[string]tensor.Tensor, len(tensors))
	for _, t := range tensors {
		at[t.Name] = t
	}
	for i, s := range slots {
		t, ok := at[prefix+s.name]
		if !ok {
			return nil, i
		}
		out = append(out, t)
	}
	return out, -1
}

// surplus names a tensor that went nowhere.
func surplus(taken, tensors []tensor.Tensor, prefix string) error {
	used := make(map[string]bool, len(taken))
	for _, t := range taken {
		used[t.Name] = true
	}
	for _, t := range tensors {
		if !used[t.Name] {
			return fmt.Errorf("tensor %q of shape %v has no place in the model", strings.TrimPrefix(t.Name, prefix), t.Shape)
		}
	}
	return nil
}

// prefixOf is a prefix of all names behind which one is that of the first slot: "module."
// of DataParallel, "_orig_mod." of torch.compile, "model.".
func prefixOf(slots []slot, tensors []tensor.Tensor) string {
	if len(slots) == 0 {
		return ""
	}
	for _, t := range tensors {
		prefix, ok := strings.CutSuffix(t.Name, slots[0].name)
		if ok && strings.HasSuffix(prefix, ".") && !slices.ContainsFunc(tensors, func(t tensor.Tensor) bool { return !strings.HasPrefix(t.Name, prefix) }) {
			return prefix
		}
	}
	return ""
}

// sorts are what the last words of names say a tensor is.
var sorts = map[string]string{
	"weight": "weight", "kernel": "weight", "gamma": "weight", "w": "weight", "W": "weight", "scale": "weight",
	"bias": "bias", "beta": "bias", "b": "bias",
	"running_mean": "mean", "moving_mean": "mean", "running_var": "variance", "moving_variance": "variance",
}

func sortOf(name string) string { return sorts[name[strings.LastIndexByte(name, '.')+1:]] }

// byOrder finds tensors by shape, those of one sort and shape in their order.
func byOrder(slots []slot, tensors []tensor.Tensor) ([]tensor.Tensor, error) {
	ordered := inOrder(tensors)
	named := !slices.ContainsFunc(tensors, func(t tensor.Tensor) bool { return sortOf(t.Name) == "" })
	key := func(name string, shape []int) string {
		if !named {
			return fmt.Sprint(shape)
		}
		return sortOf(name) + fmt.Sprint(shape)
	}
	left := map[string][]tensor.Tensor{}
	for _, t := range ordered {
		k := key(t.Name, t.Shape)
		left[k] = append(left[k], t)
	}
	out := make([]tensor.Tensor, len(slots))
	for i, s := range slots {
		k := key(s.name, s.shape)
		if len(left[k]) == 0 {
			return nil, misfit(s, slots, ordered, named)
		}
		out[i], left[k] = left[k][0], left[k][1:]
	}
	return out, surplus(out, ordered, "")
}

// inOrder are tensors in the order of their layers: that of the file, but where it is
// that of the alphabet, as safetensors.torch writes it, the numbers in names count.
func inOrder(tensors []tensor.Tensor) []tensor.Tensor {
	byName := func(a, b tensor.Tensor) int { return cmp.Compare(a.Name, b.Name) }
	if !slices.IsSortedFunc(tensors, byName) {
		return tensors
	}
	return slices.SortedStableFunc(slices.Values(tensors), func(a, b tensor.Tensor) int { return natural(a.Name, b.Name) })
}

// natural compares names as people order them: layer2 before layer10.
func natural(a, b string) int {
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x > 0 && y > 0 {
			p, q := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
			if c := cmp.Or(cmp.Compare(len(p), len(q)), cmp.Compare(p, q)); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is how many digits a text begins with.
func digits(s string) (n int) {
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// misfit says why a slot stays empty: what stands in its place has another shape, or
// there is nothing.
func misfit(s slot, slots []slot, tensors []tensor.Tensor, named bool) error {
	place := 0 // of the slot among those of its sort
	for _, other := range slots {
		if other.name == s.name {
			break
		}
		if !named || sortOf(other.name) == sortOf(s.name) {
			place++
		}
	}
	var known []string
	for _, t := range tensors {
		known = append(known, t.Name)
		if t.Name == s.name {
			return fmt.Errorf("tensor %q has shape %v where the model has %v", t.Name, t.Shape, s.shape)
		}
	}
	for _, t := range tensors {
		if named && sortOf(t.Name) != sortOf(s.name) {
			continue
		}
		if place == 0 && len(tensors) >= len(slots) {
			return fmt.Errorf("tensor %q has shape %v where the model's %s has %v", t.Name, t.Shape, s.name, s.shape)
		}
		place--
	}
	return fmt.Errorf("there is no tensor %q of shape %v (the file holds %s)", s.name, s.shape, few(known))
}

// few is names as a list, the first of them if they are many.
func few(names []string) string {
	const most = 24
	if len(names) <= most {
		return fmt.Sprint(names)
	}
	return fmt.Sprintf("%s and %d more]", strings.TrimSuffix(fmt.Sprint(names[:most]), "]"), len(names)-most)
}
