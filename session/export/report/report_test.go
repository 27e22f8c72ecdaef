package report_test

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/presets"
	"descent/session/disk"
	"descent/session/export/format/formattest"
	"descent/session/export/report"
	"descent/session/headless"
)

// A page tells of what was decided and carries its log; what others have written stays
// text.
func TestAPageTellsOfTheSession(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"iris", "concrete", "ravine"} {
		r, err := presets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		r.Summary = "<script>alert(1)</script>\x1b[2J"
		path := filepath.Join(dir, name+".jsonl")
		at := []headless.Scheduled{{Step: 20, Path: "optimizer.lr", Value: knob.Num(0.002)}}
		if err := headless.Run(t.Context(), r, 40, presets.Files{}, headless.Options{Log: path, At: at}); err != nil {
			t.Fatal(err)
		}
		page := pageOf(t, path)
		for _, want := range []string{"lr 0.002", "descent replay " + name + ".jsonl", "<polyline", "&lt;script&gt;alert(1)", "Decisions"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the page has no %s", name, want)
			}
		}
		if strings.Contains(page, "<script") || strings.ContainsRune(page, 0x1b) || regexp.MustCompile(`(src|href)="?https?:`).MatchString(page) {
			t.Errorf("%s: a script, an escape or an address is on the page", name)
		}
		log, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := base64.StdEncoding.EncodeToString(log)
		if !strings.Contains(strings.ReplaceAll(page, "&#43;", "+"), text) {
			t.Errorf("%s: the log is not on the page", name)
		}
	}
}

func pageOf(t *testing.T, path string) string {
	t.Helper()
	if _, _, err := report.Write(context.Background(), disk.Machine{}, formattest.Subject(t, path), path+".html"); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(path + ".html")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}
