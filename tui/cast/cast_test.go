package cast_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/presets"
	"descent/session/disk"
	"descent/session/export/format/formattest"
	"descent/session/headless"
	"descent/tui/cast"

	"github.com/charmbracelet/x/vt"
)

// What a recording sends to a terminal is the workbench, up to the last step.
func TestARecordingPlaysTheSession(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jsonl")
	for _, name := range []string{"iris", "ravine"} {
		r, err := presets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		at := []headless.Scheduled{{Step: 20, Path: "optimizer.lr", Value: knob.Num(0.002)}}
		if err := headless.Run(t.Context(), r, 40, presets.Files{}, headless.Options{Log: path, At: at, Force: true}); err != nil {
			t.Fatal(err)
		}
		lines := recorded(t, path)
		var head struct{ Version, Width, Height int }
		if err := json.Unmarshal(lines[0], &head); err != nil || head.Version != 2 || head.Width != 120 || head.Height != 36 {
			t.Fatalf("%v: %s", err, lines[0])
		}
		screen, before := vt.NewEmulator(head.Width, head.Height), 0.0
		decided := false
		for _, l := range lines[1:] {
			var event []any
			if err := json.Unmarshal(l, &event); err != nil || len(event) != 3 || event[1] != "o" || event[0].(float64) < before {
				t.Fatalf("%v: %s", err, l)
			}
			before = event[0].(float64)
			if _, err := screen.WriteString(event[2].(string)); err != nil {
				t.Fatal(err)
			}
			decided = decided || strings.Contains(screen.String(), "decided at 19: lr 0.002")
		}
		if !strings.Contains(screen.String(), "step 40") || !decided {
			t.Errorf("%s: decided %v; the last screen is\n%s", name, decided, screen.String())
		}
		if before < 5 || before > 60 {
			t.Errorf("%s: it lasts %v s", name, before)
		}
	}
}

func recorded(t *testing.T, path string) (lines [][]byte) {
	t.Helper()
	if _, _, err := cast.Write(context.Background(), disk.Machine{}, formattest.Subject(t, path), path+".cast"); err != nil {
		t.Fatal(err)
	}
	out, err := os.ReadFile(path + ".cast")
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSpace(out), []byte("\n"))
}
