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
		"moons":          0x5ef50508de75d55a,
		"circles":        0xd9c1739006cf4bfa,
		"xor":            0xcdf7646dcb9f310b,
		"gaussians":      0x4cb560e610f63eb2,
		"spiral":         0x07c1cf18174ef8b4,
		"checkerboard":   0x1590563e4104ce20,
		"sine":           0x1d31efd8c328e17f,
		"chebyshev":      0x4cd13c3572a85ea5,
		"modular":        0x0202cf325383cb66,
		"sparse":         0x6e6ee9ad8e497b45,
		"linear-teacher": 0x8a3627450b490cbf,
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
