package headless

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/session/journal"
)

// A run that stops by itself and keeps its best weights replays to the same bits and
// metrics, and saves these weights.
func TestARunThatStopsEarlyReplays(t *testing.T) {
	dir := t.TempDir()
	r := moons(t)
	for path, v := range map[string]knob.Value{
		"train.eval_every": knob.Num(5), "train.stop": knob.Num(3), "train.keep": knob.Word("best"), "optimizer.lr": knob.Num(3),
	} {
		if err := r.Set(path, v); err != nil {
			t.Fatal(err)
		}
	}
	why, kept, last := "", 0, 0
	var at core.Report
	o := Options{
		Log: filepath.Join(dir, "log"), Metrics: filepath.Join(dir, "metrics"), WeightsOut: filepath.Join(dir, "weights"),
		Stopped:  func(text string) { why = text },
		Kept:     func(step int, r core.Report) { kept, at = step, r },
		Progress: func(done, _ int, _ core.Report) { last = done },
	}
	if err := Run(context.Background(), r, 5000, noFiles{}, o); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(why, "early stopping: no improvement of val_loss") || kept == 0 || kept+15 != last {
		t.Fatalf("it stops at step %d, keeps step %d: %s", last, kept, why)
	}
	metrics, err := os.ReadFile(o.Metrics)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(metrics)), "\n")
	best := at.Measures
	if got := string(core.Report{Step: kept, Evaluated: true, Measures: best}.AppendJSON(nil)); len(lines) != last || !strings.HasSuffix(lines[kept-1], got[strings.Index(got, `"val_loss"`):]) {
		t.Errorf("%d lines; step %d is %s, its weights give %s", len(lines), kept, lines[kept-1], got)
	}
	content, err := os.ReadFile(o.Log)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := journal.Parse(o.Log, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(dir, "again")
	out, err := Replay(context.Background(), rec, noFiles{}, Options{Metrics: again})
	if err != nil || !out.Exact {
		t.Fatalf("%v: %v", out, err)
	}
	if replayed, _ := os.ReadFile(again); !bytes.Equal(replayed, metrics) {
		t.Error("the replay has other metrics")
	}
}
