package main_test

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestARunIsPlotted(t *testing.T) {
	dir := t.TempDir()
	svg, picture := filepath.Join(dir, "run.svg"), filepath.Join(dir, "race.png")
	succeed(t, dir, "run", "moons", "--steps", "40", "--at", "20:optimizer.lr=0.1", "--quiet", "--plot", svg)
	content, err := os.ReadFile(svg)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<svg", "moons", "validation", "optimizer.lr=0.1", "40"} {
		if !strings.Contains(string(content), want) {
			t.Errorf("the plot holds no %q", want)
		}
	}
	succeed(t, dir, "race", "rosenbrock", "--over", "optimizer.name=sgd,adam", "--steps", "20", "--quiet", "--plot", picture)
	content, err = os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(content)); err != nil {
		t.Error(err)
	}
	refused(t, dir, []string{"there is such a file", "--force"}, "run", "moons", "--steps", "2", "--plot", svg)
	succeed(t, dir, "run", "moons", "--steps", "2", "--quiet", "--plot", svg, "--force")
	refused(t, dir, []string{"the name ends in .svg, .png or .txt"}, "run", "moons", "--steps", "2", "--plot", filepath.Join(dir, "a.gif"))
	diverged := descent(t, dir, "run", "chebyshev", "--set", "optimizer.lr=1000", "--quiet", "--plot", filepath.Join(dir, "d.svg"))
	if _, err := os.Stat(filepath.Join(dir, "d.svg")); diverged.code != 1 || err != nil {
		t.Errorf("a run that diverges exits with %d and is plotted: %v", diverged.code, err)
	}
}
