package presets

import (
	"fmt"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/nn"
)

const layerTable = "model.layer"

// block is one [[model.layer]] table: an alternative form of an item of
// model.stack.
type block struct {
	at   string // of its header
	keys []assignment
	seen map[string]bool
}

// stack returns the list that the tables define, and where each starts.
func stack(blocks []block, origin map[string]string) (assignment, error) {
	out := assignment{path: "model.stack", keyAt: blocks[0].at, at: blocks[0].at}
	var items []string
	for i, b := range blocks {
		text, err := b.text()
		if err != nil {
			return out, err
		}
		items = append(items, text)
		origin["model.stack."+strconv.Itoa(i)] = b.at
	}
	out.value = knob.Items(items)
	return out, nil
}

// text returns the layer as an item of model.stack.
func (b block) text() (string, error) {
	var entry *nn.Entry
	for _, a := range b.keys {
		if a.path != layerTable+".kind" {
			continue
		}
		var err error
		if entry, err = nn.NewEntry(a.value.String()); err != nil {
			return "", fmt.Errorf("%s: %w", a.at, err)
		}
	}
	if entry == nil {
		return "", fmt.Errorf(`%s: this [[model.layer]] has no kind; begin it with kind = "dense" or another`, b.at)
	}
	for _, a := range b.keys {
		key := strings.TrimPrefix(a.path, layerTable+".")
		if key == "kind" {
			continue
		}
		if err := entry.Knows(key); err != nil {
			return "", fmt.Errorf("%s: %w", a.keyAt, err)
		}
		if err := give(entry, key, a.value); err != nil {
			return "", fmt.Errorf("%s: %w", a.at, err)
		}
	}
	if err := entry.Complete(); err != nil {
		return "", fmt.Errorf("%s: %w", b.at, err)
	}
	return entry.String(), nil
}

func give(entry *nn.Entry, key string, v knob.Value) error {
	switch items := v.Items(); {
	case key == "of" && items == nil:
		return entry.Hold([]string{v.String()})
	case key == "of":
		return entry.Hold(items)
	case items != nil: // height and width
		return entry.Set(key, strings.Join(items, "x"))
	}
	return entry.Set(key, v.String())
}
