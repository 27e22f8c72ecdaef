package core_test

import (
	"strings"
	"testing"

	"descent/core"
	"descent/presets"
)

// A dense batch norm is given no batch of a single row, whichever way it would
// come to one; torch.nn.BatchNorm1d refuses it too. classes.csv has 30 rows.
func TestABatchNormIsGivenNoSingleRow(t *testing.T) {
	for _, c := range []struct {
		knobs []string
		want  string
	}{
		{[]string{"train.batch=1"}, "train.batch = 1 gives it one"},
		{[]string{"train.batch=29"}, "leaves one of 30 training rows"},
		{[]string{"train.batch=2", "train.batch=30", "train.batch=15", "train.batch=4"}, ""},
		{[]string{"optimizer.name=gd", "train.batch=1"}, ""},
		{[]string{"optimizer.name=gd", "train.batch=1", "optimizer.name=sgd"}, "train.batch = 1 gives it one"},
		{[]string{`finetune.freeze=["1", "4"]`, "train.batch=1"}, ""},
		{[]string{`finetune.freeze=["1", "4"]`, "train.batch=1", "finetune.freeze=[]"}, "layer 1 (batch-norm)"},
		{[]string{`finetune.freeze=["1"]`, "train.batch=1"}, "layer 4 (batch-norm)"},
		{[]string{"finetune.probe=10", "train.batch=1"}, "layer 1"}, // it thaws
		{[]string{"finetune.lora_rank=1", "train.batch=1", "finetune.lora_rank=0"}, "layer 1"},
	} {
		tr := recipeOf(t, normsTOML)
		for i, text := range c.knobs {
			path, value, _ := strings.Cut(text, "=")
			s, err := tr.Settings().Find(path)
			if err != nil {
				t.Fatal(err)
			}
			v, err := s.Knob.Parse(value)
			if err != nil {
				t.Fatal(err)
			}
			before := tr.Hash()
			switch err = tr.Set(path, v); {
			case i < len(c.knobs)-1 || c.want == "":
				if err != nil {
					t.Errorf("%v: %v", c.knobs, err)
				}
			case err == nil || !strings.Contains(err.Error(), c.want):
				t.Errorf("%v: %v, want %q", c.knobs, err, c.want)
			case tr.Hash() != before:
				t.Errorf("%v: it is refused and something has changed", c.knobs)
			}
		}
	}
	r, err := presets.Decode("testdata/case.toml", []byte(strings.Replace(normsTOML, "batch = 0", "batch = 1", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := core.New(r, presets.Files{}); err == nil || !strings.Contains(err.Error(), "case.toml:") {
		t.Errorf("%v", err)
	}
}
