package core_test

import (
	"encoding/json"
	"strings"
	"testing"

	"descent/core"
	"descent/core/recipe"
	"descent/presets"
)

// written is a Files of one file.
type written struct {
	presets.Files
	content string
}

func (w written) File(string) ([]byte, error) { return []byte(w.content), nil }

func TestTheOuterWidthsFollowFromDataAndLoss(t *testing.T) {
	const two, three = "a,b,y\n1,x,no\n2,y,yes\n3,z,no\n", "a,y\n1,u\n2,v\n3,w\n"
	for _, c := range []struct{ name, table, loss, target, want string }{
		{"two classes in words", two, "bce", "", "4-3-2-1"},
		{"two classes with an output each", two, "cross-entropy", "", "4-3-2-2"},
		{"three classes", three, "cross-entropy", "", "1-3-2-3"},
		{"three classes against each other", three, "bce", "", "1-3-2-3"},
		{"classes that begin at 1", "a,y\n1,1\n2,2\n3,3\n", "cross-entropy", "", "1-3-2-3"},
		{"0 and 1", "a,y\n1,1\n2,0\n3,0\n", "bce", "", "1-3-2-1"},
		{"numbers", "a,y\n1,1.5\n2,0\n3,7\n", "mse", "", "1-3-2-1"},
		{"integers as numbers", "a,y\n1,1\n2,0\n3,7\n", "mse", "", "1-3-2-1"},
		{"several targets", "a,y,z\n1,1.5,2\n2,0,1\n3,7,7\n", "mse", "y,z", "1-3-2-2"},
		{"numbers for a loss of classes", "a,y\n1,1.5\n2,0\n", "cross-entropy", "", `column "y" holds numbers such as 1.5, and this loss needs classes; mse learns numbers`},
	} {
		toml := "data.file = \"t.csv\"\nmodel.hidden = [3, 2]\nloss.name = \"" + c.loss + "\"\n"
		if c.target != "" {
			toml += "data.target = [\"" + strings.ReplaceAll(c.target, ",", `", "`) + "\"]\n"
		}
		r, err := presets.Decode("x.toml", []byte(toml))
		if err != nil {
			t.Fatal(err)
		}
		trainer, err := core.New(r, written{content: c.table})
		if err != nil {
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		n, _ := trainer.Network()
		if got := n.Spec().Shape(); got != c.want {
			t.Errorf("%s: %s instead of %s", c.name, got, c.want)
		}
	}
}

func TestHiddenWidthsStandInTheLogAndOthersDoNot(t *testing.T) {
	r, err := presets.Load("digits")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil || strings.Contains(string(text), "model.hidden") {
		t.Errorf("%v: %s", err, text)
	}
	r.Model.Layers, r.Model.Hidden = nil, []int{7, 5}
	if text, err = json.Marshal(r); err != nil {
		t.Fatal(err)
	}
	var back recipe.Recipe
	if err := json.Unmarshal(text, &back); err != nil || len(back.Model.Hidden) != 2 {
		t.Errorf("%v: %v", err, back.Model.Hidden)
	}
}

func TestWidthsAreGivenOnce(t *testing.T) {
	for toml, want := range map[string]string{
		"model.layers = [2, 2]":       "x.toml:4:1: [model] takes hidden or layers, not both; hidden leaves out the first and the last width",
		"model.stack = [\"dense 2\"]": "x.toml:4:1: [model] takes hidden or a stack of [[model.layer]], not both",
		"model.input = [2]":           "x.toml:3:1: model.input goes with [[model.layer]]; with hidden the input is as wide as the data",
	} {
		_, err := presets.Decode("x.toml", []byte("data.set = \"moons\"\nloss.name = \"mse\"\n"+toml+"\nmodel.hidden = [3]\n"))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", toml, err)
		}
	}
}
