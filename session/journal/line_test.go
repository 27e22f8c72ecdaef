package journal

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// A line of a log that is read and written again is the same.
func FuzzLine(f *testing.F) {
	logs, err := filepath.Glob("../testdata/golden/*/*.jsonl")
	if err != nil || len(logs) == 0 {
		f.Fatalf("there are no golden logs (%v)", err)
	}
	for _, path := range logs {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for line := range bytes.Lines(content) {
			f.Add(sums.ReplaceAll(line, []byte("}")))
		}
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		var e, again Entry
		if json.Unmarshal(line, &e) != nil {
			return
		}
		b, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if s := Seal(b); broken(s) || !HasSum(s) {
			t.Errorf("%q is sealed as %q", b, s)
		}
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		if c, err := json.Marshal(again); err != nil || !bytes.Equal(b, c) {
			t.Errorf("%s is written again as %s (%v)", b, c, err)
		}
	})
}
