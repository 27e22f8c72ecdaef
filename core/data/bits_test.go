package data_test

import (
	"encoding/binary"
	"hash/fnv"
	"testing"

	"descent/core/data"
)

// The hashes are of one processor; another that finds others would not replay
// a log to the last bit.
func TestGeneratedSetsHaveTheSameBitsOnEveryProcessor(t *testing.T) {
	want := map[string]uint64{
		"moons":          0xd26f517f54e3d52a,
		"circles":        0x3b6919d65cfd65e5,
		"xor":            0xdb6f92b493bb956c,
		"gaussians":      0x3062bce87cb3346c,
		"spiral":         0xaf81f2e4d1d8f9c3,
		"checkerboard":   0x47eb9e3c1ff7e6c8,
		"sine":           0x33c83b2dc14732c3,
		"chebyshev":      0x3e89ce0193071165,
		"modular":        0x0202cf325383cb66,
		"sparse":         0x05f719b52f76a050,
		"linear-teacher": 0x8113cb91170424cc,
	}
	for _, g := range data.Generators() {
		s := data.NewSpec()
		s.Set, s.Modulus = g.Name, 11
		tab, _ := data.Generate(s, 1)
		s.Validation, s.Standardize, s.StandardizeTarget = 0.2, true, true
		set, err := data.Prepare(tab, s, len(tab.Targets), false, 1)
		if err != nil {
			t.Fatal(err)
		}
		h := fnv.New64a()
		for _, part := range []data.Part{set.Train, set.Val} {
			_ = binary.Write(h, binary.LittleEndian, part.X.Data)
			_ = binary.Write(h, binary.LittleEndian, part.Values.Data)
		}
		if h.Sum64() != want[g.Name] {
			t.Errorf("%q: 0x%016x,", g.Name, h.Sum64())
		}
	}
}
