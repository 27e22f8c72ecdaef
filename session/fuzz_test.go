package session

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"descent/core"
	"descent/session/disk"
	"descent/session/journal"
	"descent/session/sessiontest"
)

// open goes the ways of resume and replay with the bytes of a log.
func open(t *testing.T, content []byte) {
	rec, err := journal.Parse("s.jsonl", bytes.NewReader(content))
	if err != nil {
		oneSentence(t, err)
		return
	}
	if !sessiontest.Cheap(rec) {
		return
	}
	path := filepath.Join(t.TempDir(), "s.jsonl")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	asked := 0
	back, err := Peek(path, sessiontest.Bounded{}, func(int, int) bool { asked++; return asked < sessiontest.Enough })
	if err != nil {
		oneSentence(t, err)
	} else {
		s := back.Session
		asked = 0
		s.onWay = func(int, int) bool { asked++; return asked < sessiontest.Enough }
		for range 3 {
			_, _ = s.Step()
		}
		if n := len(s.undo); n > 0 && s.undo[n-1].step < sessiontest.Enough {
			_ = s.Undo()
		}
		_ = s.Branches()
		_ = s.Curves()
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	done := 0
	quick := func(s *Session, to int, before func(step int) (int, error)) error {
		return plainly(ctx)(s, min(to, sessiontest.Enough), before)
	}
	if _, err := Replay(ctx, rec, sessiontest.Bounded{}, quick, func(int, int, core.Report) {
		if done++; done > sessiontest.Enough {
			stop()
		}
	}); err != nil {
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

// Whatever bytes a log holds, it is opened and replayed, or refused in a
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
	var content bytes.Buffer
	if err := image.write(&content); err != nil {
		f.Fatal(err)
	}
	f.Add(content.Bytes())
	f.Fuzz(func(t *testing.T, body []byte) {
		path := filepath.Join(t.TempDir(), "s.jsonl")
		if err := errors.Join(os.WriteFile(path, log, 0o600), journal.WriteState(disk.Machine{}, path, func(w io.Writer) error { _, err := w.Write(body); return err })); err != nil {
			t.Fatal(err)
		}
		asked := 0
		back, err := Peek(path, noFiles{}, func(int, int) bool { asked++; return asked < sessiontest.Enough })
		if err != nil {
			oneSentence(t, err)
			return
		}
		s := back.Session
		for _, b := range s.branches {
			asked = 0
			_ = s.Seek(b.id, b.head, func(int, int) bool { asked++; return asked < sessiontest.Enough })
		}
		asked, s.onWay = 0, func(int, int) bool { asked++; return asked < sessiontest.Enough }
		_, _ = s.Step()
		_ = s.Branches()
		_ = s.Curves()
		_ = s.Others()
	})
}
