package curves_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"descent/presets"
	"descent/session/disk"
	"descent/session/export/curves"
	"descent/session/export/format/formattest"
	"descent/session/export/tensorboard"
	"descent/session/headless"
)

// A session's export has each of its steps, as its metrics were written.
func TestASessionIsExportedStepByStep(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	r, err := presets.Load("iris")
	if err != nil {
		t.Fatal(err)
	}
	if err := headless.Run(t.Context(), r, 30, presets.Files{}, headless.Options{Log: at("a.jsonl"), Metrics: at("m"), TensorBoard: at("live")}); err != nil {
		t.Fatal(err)
	}
	s := formattest.Subject(t, at("a.jsonl"))
	if _, _, err := curves.Write(context.Background(), disk.Machine{}, s, at("a.csv")); err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(at("a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil || len(rows) != 31 || rows[0][0] != "step" || rows[0][1] != "loss" {
		t.Fatalf("%v, %d rows: %v", err, len(rows), rows[0])
	}
	metrics, err := os.ReadFile(at("m"))
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.Split(bytes.TrimSpace(metrics), []byte("\n"))[29]
	for i, name := range rows[0][1:] {
		if want := []byte(`"` + name + `":` + rows[30][i+1]); !bytes.Contains(last, want) {
			t.Errorf("%s is not in %s", want, last)
		}
	}
	files, _, err := tensorboard.Write(context.Background(), disk.Machine{}, s, at("tb"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v: %v", err, files)
	}
	live, err := filepath.Glob(at("live/events.out.tfevents.*"))
	if err != nil || len(live) != 1 {
		t.Fatalf("%v: %v", err, live)
	}
}
