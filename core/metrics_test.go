package core_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"descent/core"
	"descent/core/objective"
)

func TestTheMetricsAreTheFieldsOfAReport(t *testing.T) {
	full := core.Report{Step: 1, Evaluated: true, Measures: objective.Measures{HasVal: true, HasAccuracy: true, HasOld: true}}
	d := json.NewDecoder(bytes.NewReader(full.AppendJSON(nil)))
	var names []string
	for depth := 0; ; {
		token, err := d.Token()
		if err != nil {
			break
		}
		if name, ok := token.(string); ok && depth == 1 {
			names = append(names, name)
		} else if token == json.Delim('{') {
			depth++
		}
	}
	metrics := core.Metrics()
	if len(names) != len(metrics) {
		t.Fatalf("a report has %d fields, %d are explained", len(names), len(metrics))
	}
	for i, m := range metrics {
		if names[i] != m.Name {
			t.Errorf("field %d of a report is %s, the metric there %s", i, names[i], m.Name)
		}
	}
}
