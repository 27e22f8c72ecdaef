package recipe

import (
	"maps"

	"descent/core/knob"
)

// Paths of the knobs that choose parts, and of the learning rate.
const (
	OptimizerName = "optimizer.name"
	OptimizerLR   = "optimizer.lr"
	ScheduleName  = "schedule.name"
	LossName      = "loss.name"
	TrainMetrics  = "train.metrics"
)

// Settings are where the live knobs stand. A value of Settings never changes:
// With returns another. The zero Settings are all defaults.
//
// A knob that belongs to one optimizer, schedule or loss is remembered for
// that one (under "optimizer.beta1@adam") while another is chosen.
type Settings struct {
	values map[string]knob.Value
}

func key(path, owner string) string {
	if owner == "" {
		return path
	}
	return path + "@" + owner
}

// Setting is one knob of the panel and where it stands.
type Setting struct {
	Knob  knob.Knob
	Value knob.Value
}

// Change is one knob turned to one value.
type Change struct {
	Path  string     `json:"path"`
	Value knob.Value `json:"value"`
}

func (s Settings) with(key string, v knob.Value) Settings {
	values := maps.Clone(s.values)
	if values == nil {
		values = map[string]knob.Value{}
	}
	values[key] = v
	return Settings{values}
}

// Equal tells whether two hold the same values.
func (s Settings) Equal(o Settings) bool { return maps.EqualFunc(s.values, o.values, knob.Value.Equal) }

// Without is the settings with a knob at its default.
func (s Settings) Without(key string) Settings {
	values := maps.Clone(s.values)
	delete(values, key)
	return Settings{values}
}
