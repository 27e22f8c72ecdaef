package session

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"descent/core"
	"descent/core/recipe"
	"descent/presets"
	"descent/session/disk"
	"descent/session/journal"
)

// enough is how many steps of a fuzzed log are computed.
const enough = 200

// bounded are files of which none is there, and lessons that end soon.
type bounded struct{ presets.Files }

func (bounded) File(path string) ([]byte, error) { return nil, errors.New(path + " is not there") }

func (bounded) Kept(string) []byte  { return nil }
func (bounded) Keep(string, []byte) {}

func (bounded) Learning(_ string, done, _ int) error {
	if done > enough {
		return errors.New("that is enough")
	}
	return nil
}

// small tells whether a log asks for no more than a test has time for: what is
// large is no fault.
func small(rec *journal.Record) bool {
	cheap := func(r *recipe.Recipe) bool {
		width := 1
		for _, n := range r.Model.Layers {
			width = max(width, n)
		}
		return r.Data.Samples <= 500 && r.Data.Inputs <= 50 && r.Data.Outputs <= 50 && r.Data.Modulus <= 40 &&
			width <= 64 && len(r.Model.Layers) <= 6 && len(r.Model.Stack) == 0 && len(r.Model.Input) == 0
	}
	within := func(s recipe.Settings, path string, most float64) bool {
		v, err := s.Find(path)
		return err != nil || v.Value.Num() <= most
	}
	r := &rec.Header.Recipe
	for _, of := range []*recipe.Recipe{r, r.Pretrain.Recipe, r.Teacher.Recipe} {
		if of == nil {
			continue
		}
		if !cheap(of) || of != r && (of.Pretrain.Recipe != nil || of.Teacher.Recipe != nil) {
			return false
		}
		for path, most := range costly {
			if !within(of.Settings, path, most) {
				return false
			}
		}
	}
	for _, e := range rec.Entries {
		if e.Set != nil && costly[e.Set.Path] > 0 && e.Set.Value.Num() > costly[e.Set.Path] {
			return false
		}
	}
	return len(rec.Entries) <= 60
}

var costly = map[string]float64{"train.accumulate": 4, "optimizer.max_iter": 20, "optimizer.max_eval": 25, "finetune.lora_rank": 16}

// open goes the ways of resume, check and replay with the bytes of a log.
func open(t *testing.T, content []byte) {
	rec, err := journal.Parse("s.jsonl", bytes.NewReader(content))
	if err != nil {
		oneSentence(t, err)
		return
	}
	if !small(rec) {
		return
	}
	path := filepath.Join(t.TempDir(), "s.jsonl")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	asked := 0
	back, err := Peek(path, bounded{}, func(int, int) bool { asked++; return asked < enough })
	if err != nil {
		oneSentence(t, err)
	} else {
		s := back.Session
		asked = 0
		s.onWay = func(int, int) bool { asked++; return asked < enough }
		for range 3 {
			_, _ = s.Step()
		}
		if n := len(s.undo); n > 0 && s.undo[n-1].step < enough {
			_ = s.Undo()
		}
		_ = s.Lines()
		_ = s.Curves()
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := 0
	if _, err := Replay(ctx, rec, bounded{}, Options{Progress: func(int, int, core.Report) {
		if done++; done > enough {
			stop()
		}
	}}); err != nil {
		oneSentence(t, err)
	}
	if _, err := Check(t.Context(), path, bounded{}, CheckOptions{Repair: true}); err != nil {
		oneSentence(t, err)
	}
}

// seeds are logs without checksums, which bytes that change would break.
func seeds(f *testing.F, add func(content []byte)) {
	f.Helper()
	logs, err := filepath.Glob(filepath.Join(goldenDir, "*", "*.jsonl"))
	if err != nil || len(logs) == 0 {
		f.Fatalf("there are no golden logs (%v)", err)
	}
	for _, path := range logs {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		add(sums.ReplaceAll(content, []byte("}")))
	}
}

// Whatever bytes a log holds, it is opened, checked and replayed, or refused in a
// sentence; nothing panics, and it can be broken off.
func FuzzLog(f *testing.F) {
	seeds(f, func(content []byte) { f.Add(content) })
	f.Fuzz(func(t *testing.T, content []byte) { open(t, content) })
}

// Behind a sound first line, any others.
func FuzzEntries(f *testing.F) {
	header := []byte(readHeader(f))
	f.Add([]byte(`{"branch":0,"step":3,"actor":"user","set":{"path":"optimizer.name","value":"adam"}}` + "\n" +
		`{"branch":1,"step":2,"actor":"user","fork":{"parent":0,"step":1,"inherit":0,"label":"x"}}` + "\n" +
		`{"branch":1,"step":4,"actor":"user","act":{"name":"teach","branch":0,"step":2}}` + "\n" +
		`{"branch":1,"step":5,"actor":"user","act":{"name":"rewind","step":1}}` + "\n" +
		`{"branch":0,"step":9,"actor":"descent","reach":{"step":8}}` + "\n" +
		`{"branch":1,"step":5,"actor":"user","seek":{"step":4,"decisions":2,"undo":true}}` + "\n" +
		`{"branch":1,"step":8,"actor":"descent","end":{"step":7,"decisions":2,"hash":"00","loss":"NaN"}}` + "\n"))
	seeds(f, func(content []byte) {
		_, entries, _ := bytes.Cut(content, []byte("\n"))
		f.Add(entries)
	})
	f.Fuzz(func(t *testing.T, entries []byte) { open(t, append(bytes.Clone(header), entries...)) })
}

// A state with a right hash may hold anything.
func FuzzState(f *testing.F) {
	s, path := rich(f)
	image := s.State(1 << 13)
	if err := s.Finish(); err != nil {
		f.Fatal(err)
	}
	image.Lines = s.logLines
	log, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	content, err := image.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content)
	f.Fuzz(func(t *testing.T, body []byte) {
		path := filepath.Join(t.TempDir(), "s.jsonl")
		if err := errors.Join(os.WriteFile(path, log, 0o600), journal.WriteState(disk.Machine{}, path, body)); err != nil {
			t.Fatal(err)
		}
		asked := 0
		back, err := Peek(path, noFiles{}, func(int, int) bool { asked++; return asked < enough })
		if err != nil {
			oneSentence(t, err)
			return
		}
		s := back.Session
		for _, b := range s.branches {
			asked = 0
			_ = s.Seek(b.id, b.head, func(int, int) bool { asked++; return asked < enough })
		}
		asked, s.onWay = 0, func(int, int) bool { asked++; return asked < enough }
		_, _ = s.Step()
		_ = s.Lines()
		_ = s.Curves()
		_ = s.Others()
	})
}
