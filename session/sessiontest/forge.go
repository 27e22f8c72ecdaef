package sessiontest

import (
	"encoding/json"
	"testing"

	"descent/session/journal"
)

// Forge modifies a line and updates its checksum.
func Forge(t testing.TB, line string, change func(map[string]any)) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		t.Fatal(err)
	}
	delete(m, "sum")
	change(m)
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(journal.Seal(b))
}

// Within returns an object in a line.
func Within(m map[string]any, key string) map[string]any {
	inner, _ := m[key].(map[string]any)
	return inner
}

// Forgeries lists invalid modifications of a line, each with the command to which
// it applies.
var Forgeries = []struct {
	What string
	In   string // the command to which it applies, "" for every line
	Do   func(m map[string]any)
}{
	{"a negative branch", "", func(m map[string]any) { m["branch"] = -1 }},
	{"a branch that never began", "", func(m map[string]any) { m["branch"] = 77 }},
	{"a branch of another kind", "", func(m map[string]any) { m["branch"] = "main" }},
	{"a step before the first", "set", func(m map[string]any) { m["step"] = -3 }},
	{"a step that no run reaches", "set", func(m map[string]any) { m["step"] = 1 << 50 }},
	{"an unknown path", "set", func(m map[string]any) { Within(m, "set")["path"] = "optimizer.nothing" }},
	{"a fixed path", "set", func(m map[string]any) { Within(m, "set")["path"] = "model.layers" }},
	{"a path of another optimizer", "set", func(m map[string]any) { Within(m, "set")["path"] = "optimizer.etaplus" }},
	{"a value out of range", "set", func(m map[string]any) { Within(m, "set")["value"] = -1e9 }},
	{"a value of another kind", "set", func(m map[string]any) { Within(m, "set")["value"] = []string{"a", "b"} }},
	{"a value that is none", "set", func(m map[string]any) { Within(m, "set")["value"] = nil }},
	{"a layer that is not there", "set", func(m map[string]any) {
		m["set"] = map[string]any{"path": "finetune.freeze", "value": []string{"99"}}
	}},
	{"nothing", "", func(m map[string]any) {
		for _, key := range []string{"set", "act", "fork", "seek", "end", "reach", "label", "delete"} {
			delete(m, key)
		}
	}},
	{"two things", "set", func(m map[string]any) { m["label"] = "x" }},
	{"a decision of another kind", "set", func(m map[string]any) { m["set"] = 5 }},
	{"an unknown act", "set", func(m map[string]any) { delete(m, "set"); m["act"] = map[string]any{"name": "explode"} }},
	{"a rewind ahead of itself", "set", func(m map[string]any) {
		delete(m, "set")
		m["act"] = map[string]any{"name": "rewind", "step": 1 << 30}
	}},
	{"a rewind to its own step", "set", func(m map[string]any) {
		delete(m, "set")
		m["act"] = map[string]any{"name": "rewind", "step": m["step"]}
	}},
	{"a rewind before the first step", "set", func(m map[string]any) {
		delete(m, "set")
		m["act"] = map[string]any{"name": "rewind", "step": -1}
	}},
	{"its own later self as a teacher", "set", func(m map[string]any) {
		delete(m, "set")
		m["act"] = map[string]any{"name": "teach", "branch": m["branch"], "step": m["step"]}
	}},
	{"a teacher of no branch", "set", func(m map[string]any) {
		delete(m, "set")
		m["act"] = map[string]any{"name": "teach", "branch": -5, "step": 1}
	}},
	{"adapters that are not there", "set", func(m map[string]any) { delete(m, "set"); m["act"] = map[string]any{"name": "merge"} }},
	{"a fork of no branch", "fork", func(m map[string]any) { Within(m, "fork")["parent"] = -1 }},
	{"a fork of itself", "fork", func(m map[string]any) { Within(m, "fork")["parent"] = m["branch"] }},
	{"a fork that inherits too much", "fork", func(m map[string]any) { Within(m, "fork")["inherit"] = 50 }},
	{"a fork that inherits too little", "fork", func(m map[string]any) { Within(m, "fork")["inherit"] = 0 }},
	{"a fork at a negative step", "fork", func(m map[string]any) { Within(m, "fork")["step"] = -4 }},
	{"a fork that leaves a number out", "fork", func(m map[string]any) { m["branch"] = 2 }},
	{"a second beginning", "fork", func(m map[string]any) { m["branch"] = 0 }},
	{"a place before the first step", "end", func(m map[string]any) { Within(m, "end")["step"] = -1 }},
	{"a place that no run reaches", "end", func(m map[string]any) { Within(m, "end")["step"] = 1 << 55 }},
	{"decisions that there are not", "end", func(m map[string]any) { Within(m, "end")["decisions"] = 99 }},
	{"fewer decisions than hold", "end", func(m map[string]any) { Within(m, "end")["decisions"] = 0 }},
	{"a reach before the first step", "reach", func(m map[string]any) { Within(m, "reach")["step"] = -8 }},
	{"a reach beyond all", "reach", func(m map[string]any) { Within(m, "reach")["step"] = 1 << 60 }},
}
