package core_test

import (
	"encoding/json"
	"strings"
	"testing"

	"descent/core"
	"descent/core/recipe"
	"descent/presets"
)

// A recipe in a log from before there was data.layout has no such key, keeps
// having none, and takes rows as they lie.
func TestARecipeWithoutALayoutGoesOnWithoutOne(t *testing.T) {
	r, err := presets.Decode("testdata/images/case.toml", []byte("data.file = \"hwc3.npy\"\ndata.labels = \"labels.npy\"\nmodel.layers = [72, 2]\nloss.name = \"mse\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	const key = `"data.layout":"auto",`
	if !strings.Contains(string(text), key) {
		t.Fatalf("%s is not in %s", key, text)
	}
	old := strings.Replace(string(text), key, "", 1)
	for range 2 {
		var back recipe.Recipe
		if err := json.Unmarshal([]byte(old), &back); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(back)
		if err != nil || string(again) != old {
			t.Fatalf("%s became %s, %v", old, again, err)
		}
		tr, err := core.New(back, presets.Files{})
		if err != nil {
			t.Fatal(err)
		}
		if tr.Data().Last {
			t.Error("the rows are not taken as they lie")
		}
	}
}
