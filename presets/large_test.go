package presets_test

import (
	"fmt"
	"strings"
	"testing"

	"descent/presets"
)

// Files of any length are answered in a moment: what is read grows with the
// file, what is built has a limit.
func TestLargePresetsAreRefusedAtOnce(t *testing.T) {
	const n = 50_000
	const loss = "loss.name = \"mse\"\ndata.set = \"moons\"\n"
	keys := &strings.Builder{}
	for i := range n {
		fmt.Fprintf(keys, "k%d = %d\n", i, i)
	}
	for _, c := range []struct{ name, toml, want string }{
		{"keys", loss + keys.String(), `x.toml:3:1: unknown key "k0"`},
		{"a key of many parts", strings.Repeat("a.", n) + "a = 1\n", `x.toml:1:1: unknown key "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."..., of 100001 letters`},
		{"widths", loss + "model.layers = [" + strings.Repeat("2, ", n) + "2]\n", "x.toml:3:1: model.layers makes 50000 layers; the most is 10000"},
		{"a stack", loss + "model.stack = [" + strings.Repeat(`"relu", `, n) + "\"dense 2\"]\n", "x.toml:3:1: model.stack has 50001 layers; the most is 10000"},
		{"tables of layers", loss + strings.Repeat("[[model.layer]]\nkind = \"relu\"\n", n), "x.toml:3:3: model.stack has 50000 layers; the most is 10000"},
		{"layers in a block", loss + "model.stack = [\"residual { " + strings.Repeat("relu; ", n) + "relu }\"]\n", "x.toml:3:1: layer 0: the model has more than 10000 layers with those within blocks"},
		{"blocks in blocks", loss + "model.stack = [\"" + strings.Repeat("residual { ", n) + "relu" + strings.Repeat(" }", n) + "\"]\n", "x.toml:3:1: layer 0: blocks are nested more than 32 deep"},
		{"lists in lists", "seed = " + strings.Repeat("[", n) + strings.Repeat("]", n), "x.toml:1:"},
	} {
		_, err := presets.Decode("x.toml", []byte(c.toml))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s:\n got %.200v\nwant %s", c.name, err, c.want)
		}
	}
}
