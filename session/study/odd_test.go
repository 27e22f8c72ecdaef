package study

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"descent/core/knob"
	"descent/session/journal"
)

// oddValues are what stands in fields of files that another release, or a hand, wrote.
var oddValues = []string{
	"0", "1", "-1", "-5", "7", "8", "999999", "9007199254740993", "1e308", "0.5", `"NaN"`, `"Infinity"`, `""`, `"x"`, `"\u001b[2J"`, `"3-1"`, `"0-99"`, `"0@9+"`, `"adam"`, "null", "true", "false",
	"[]", "[null]", `["NaN"]`, "[1,2,3]", "{}", `{"trial":99,"rung":5}`, `{"trial":-1,"rung":-3}`, `{"optimizer.lr":"adam"}`, `{"optimizer.lr":[1,2]}`, `{"none.such":1}`,
	`[{"path":"optimizer.lr","kind":"later"}]`, `[{"path":"optimizer.lr","kind":"float","low":1,"high":0}]`, `[{"path":"optimizer.lr","kind":"choice"}]`, `[{"path":"","kind":"int","high":3}]`,
	`{"center":null,"width":1e308}`, `{"center":{"optimizer.lr":"x"},"width":0.1}`, `{"name":"later"}`, `{"name":"grid","greed":9}`, `[{"step":-4,"values":null},{"seed":-1,"step":5,"values":["NaN"]}]`,
}

// oddly changes a value of a JSON object somewhere.
func oddly(rng *rand.Rand, content []byte) []byte {
	var fields map[string]json.RawMessage
	if json.Unmarshal(content, &fields) != nil {
		return content
	}
	names := []string{"axes", "around", "sampler", "pruner", "trials", "stop", "enqueue", "pin", "pause", "finish", "parent", "note", "imported"}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name != "worker" { // of whom nothing is known: who looks waits for its lease
			names = append(names, name)
		}
	}
	fields[names[rng.IntN(len(names))]] = json.RawMessage(oddValues[rng.IntN(len(oddValues))])
	delete(fields, "sum")
	out, _ := json.Marshal(fields)
	return out
}

// Files that are whole and say what cannot be cost a sentence at most: whoever reads them
// and goes on with the study comes to an end.
func TestWhateverIsWrittenInAFileIsBorne(t *testing.T) {
	first, seeds := 0, 40
	from := finishedIn(t)
	for seed := first; seed < first+seeds; seed++ {
		rng := rand.New(rand.NewPCG(uint64(seed), 1))
		dir := filepath.Join(t.TempDir(), "s")
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		var files []string
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if !d.IsDir() && !strings.HasSuffix(path, ".toml") && !strings.HasSuffix(path, "recipe.json") && !strings.HasSuffix(path, ".beat") {
				files = append(files, path)
			}
			return err
		})
		var changed []string
		for range 1 + rng.IntN(3) {
			path := files[rng.IntN(len(files))]
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var v map[string]any
			if json.Unmarshal(b, &v) != nil {
				continue
			}
			b = oddly(rng, b)
			changed = append(changed, filepath.Base(path)+": "+string(b))
			if err := os.WriteFile(path, journal.Seal(b), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if rng.IntN(2) == 0 { // and a part of it is not done
			for _, path := range files {
				if strings.HasSuffix(path, ".result") && rng.IntN(3) == 0 {
					_ = os.Remove(path)
				}
			}
		}
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("panic %v with\n%s", p, strings.Join(changed, "\n"))
					panic(p)
				}
			}()
			s, err := Open(quick{}, dir)
			if err != nil {
				t.Logf("refused: %v", err)
				return
			}
			s.Reading()
			_, _ = Verify(s)
			end := time.Now().Add(5 * time.Second)
			work(t, s, func() bool { return time.Now().Before(end) && !s.Reading().Plan.Paused })
			if time.Now().After(end) {
				t.Errorf("it comes to no end, %+v, with\n%s", s.Reading().Counts, strings.Join(changed, "\n"))
			}
			_, _ = Verify(s)
		})
	}
}

// What cannot be is told in a sentence, and nothing comes of it.
func TestFilesOfALaterReleaseAreNotObeyed(t *testing.T) {
	for _, c := range []struct{ file, field, value, says string }{
		{"trials/000/000005.0.0.claim", "decisions", "-1", "what trial 5 was is not known"},
		{"trials/000/000005.0.0.claim", "parent", `{"trial":99,"rung":5}`, "what trial 5 was is not known"},
		{"trials/000/000005.0.result", "outcome", `"later"`, "it is damaged or not from descent"},
		{"trials/000/000005.0.result", "values", "[1,2]", "it is damaged or not from descent"},
		{"decisions/000001.json", "sampler", `{"name":"later"}`, `there is no sampler "later"`},
		{"decisions/000002.json", "axes", `[{"path":"optimizer.lr","kind":"later"}]`, "the decision is not in force"},
		{"decisions/000002.json", "trials", "-1", "the decision is not in force"},
	} {
		dir := finishedIn(t)
		path := filepath.Join(dir, c.file)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(b, &fields); err != nil {
			t.Fatal(err)
		}
		fields[c.field] = json.RawMessage(c.value)
		delete(fields, "sum")
		b, _ = json.Marshal(fields)
		if err := os.WriteFile(path, journal.Seal(b), 0o666); err != nil {
			t.Fatal(err)
		}
		s, err := Open(quick{}, dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(s.Reading().Notes, "\n"); !strings.Contains(got, c.says) {
			t.Errorf("%s of %s: it says %q", c.field, c.file, got)
		}
		_, _ = Verify(s)
	}
}

func TestAStudyThatCouldNotBeOpenedIsNotMade(t *testing.T) {
	r := preset(t, "spiral")
	spec := specOf(t, r, "random", "none", 3, "optimizer.beta2=0.9..0.99") // of adam
	if err := r.Set("optimizer.name", knob.Word("sgd")); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "s")
	if _, err := Create(quick{}, dir, spec, r, nil); err == nil || !strings.Contains(err.Error(), "optimizer.beta2") {
		t.Errorf("it is made: %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a folder is left")
	}
}
