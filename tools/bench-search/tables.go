package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/search"
	"descent/session/disk"
	"descent/session/study"
)

// table is a problem of which all trainings are known, as a JSON file that may be
// compressed by gzip:
//
//	{"name": "spiral", "axes": [{"path": "optimizer.lr", "kind": "float", "low": 0.0001, "high": 1, "log": true}, …],
//	 "steps": [40, 80, …], "points": [{"point": {"optimizer.lr": 0.001, …}, "curve": [0.71, 0.64, …]}, …]}
//
// A curve has a value for each of the steps; those after a divergence are null.
type table struct {
	Name   string        `json:"name"`
	Axes   []search.Axis `json:"axes"`
	Steps  []int         `json:"steps"`
	Points []known       `json:"points"`
}

// known is a point with its curve.
type known struct {
	Point search.Point `json:"point"`
	Curve []*float64   `json:"curve"`
}

// last is the value at the end, +Inf if the training diverged.
func (k known) last() float64 {
	if n := len(k.Curve); n > 0 && k.Curve[n-1] != nil {
		return *k.Curve[n-1]
	}
	return math.Inf(1)
}

func readTable(path string) (t table, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return t, err
	}
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return t, fmt.Errorf("%s: %w", path, err)
		}
		if text, err = io.ReadAll(z); err != nil {
			return t, fmt.Errorf("%s: %w", path, err)
		}
	}
	if err := json.Unmarshal(text, &t); err != nil {
		return t, fmt.Errorf("%s: %w", path, err)
	}
	for i, p := range t.Points {
		if len(p.Curve) != len(t.Steps) {
			return t, fmt.Errorf("%s: point %d has %d values for %d steps", path, i, len(p.Curve), len(t.Steps))
		}
	}
	return t, nil
}

// problem is the table as a function. Its points are a grid: between those with the same
// choices the logarithm of the last value is interpolated on the scales of the numbers.
// Where more than half of the weight is that of points that diverged, it has no value.
func (t table) problem() (problem, error) {
	s := search.Space{Axes: t.Axes}
	if err := s.Check(); err != nil {
		return problem{}, fmt.Errorf("%s: %w", t.Name, err)
	}
	least := math.Inf(1)
	logs := map[string]float64{}       // by point
	marks := map[string][]knob.Value{} // of each axis of numbers, in order
	for _, p := range t.Points {
		v := p.last()
		if v <= 0 {
			return problem{}, fmt.Errorf("%s has the value %g, and needs values above 0", t.Name, v)
		}
		least = min(least, v)
		logs[p.Point.String()] = math.Log(v)
		for _, a := range t.Axes {
			if v := p.Point[a.Path]; a.Kind != search.Choice && !slices.ContainsFunc(marks[a.Path], v.Equal) {
				marks[a.Path] = append(marks[a.Path], v)
			}
		}
	}
	all := 1
	for _, a := range t.Axes {
		slices.SortFunc(marks[a.Path], func(v, w knob.Value) int { return cmp.Compare(v.Num(), w.Num()) })
		all *= len(marks[a.Path]) + len(a.Choices)
	}
	if all != len(logs) {
		return problem{}, fmt.Errorf("%s has %d points, and a grid of its values %d", t.Name, len(logs), all)
	}
	if math.IsInf(least, 1) {
		return problem{}, fmt.Errorf("%s has no point with a value", t.Name)
	}
	return problem{t.Name, s, func(p search.Point) float64 {
		corners := []corner{{search.Point{}, 1}}
		for _, a := range t.Axes {
			corners = spread(corners, a, p[a.Path], marks[a.Path])
		}
		sum, weight := 0.0, 0.0
		for _, c := range corners {
			if v := logs[c.point.String()]; !math.IsInf(v, 1) {
				sum, weight = sum+c.weight*v, weight+c.weight
			}
		}
		if weight < 0.5 {
			return math.Inf(1)
		}
		return math.Exp(sum / weight)
	}, least}, nil
}

// corner is a point of a grid with its weight in an interpolation.
type corner struct {
	point  search.Point
	weight float64
}

// spread gives each corner its value along one more axis: that of v if it is a choice,
// or else those of the marks around it.
func spread(corners []corner, a search.Axis, v knob.Value, marks []knob.Value) (out []corner) {
	with := func(v knob.Value, share float64) {
		for _, c := range corners {
			if share > 0 {
				p := maps.Clone(c.point)
				p[a.Path] = v
				out = append(out, corner{p, c.weight * share})
			}
		}
	}
	if a.Kind == search.Choice {
		with(v, 1)
		return out
	}
	i := slices.IndexFunc(marks, func(m knob.Value) bool { return m.Num() >= v.Num() })
	switch {
	case i < 0:
		with(marks[len(marks)-1], 1)
	case i == 0:
		with(marks[0], 1)
	default:
		low, high := a.ToInner(marks[i-1].Num()), a.ToInner(marks[i].Num())
		share := (a.ToInner(v.Num()) - low) / (high - low)
		with(marks[i-1], 1-share)
		with(marks[i], share)
	}
	return out
}

// trained is a table as it is made: a preset, and a grid of settings of its knobs. Each
// is trained for 18 times every steps, so that the rungs of asha, 1/9 and 1/3 of the
// steps, and the halves of these are among those at which it is measured.
type trained struct {
	preset string
	every  int
	axes   []lane
}

// lane is an axis and the values on it that are trained.
type lane struct{ path, over, values string }

const measures = 18

var tables = []trained{
	{"spiral", 40, []lane{
		{"optimizer.name", "sgd,momentum,adam,rmsprop", "sgd momentum adam rmsprop"},
		{"optimizer.lr", "1e-4..1", "1e-4 3e-4 1e-3 3e-3 1e-2 3e-2 1e-1 3e-1 1"},
		{"optimizer.weight_decay", "1e-5..1e-2", "1e-5 1e-4 1e-3 1e-2"},
		{"train.batch", "16..128 log", "16 32 64 128"},
		{"model.layers", "[2,16,16,2],[2,32,32,2],[2,64,64,2]", "[2,16,16,2] [2,32,32,2] [2,64,64,2]"},
	}},
	{"digits", 30, []lane{
		{"optimizer.name", "sgd,momentum,adam,rmsprop", "sgd momentum adam rmsprop"},
		{"optimizer.lr", "3e-4..3e-1", "3e-4 1e-3 3e-3 1e-2 3e-2 1e-1 3e-1"},
		{"optimizer.weight_decay", "1e-5..1e-2", "1e-5 1e-4 1e-3 1e-2"},
		{"train.batch", "16..64 log", "16 32 64"},
		{"model.layers", "[64,16,10],[64,32,10],[64,64,32,10]", "[64,16,10] [64,32,10] [64,64,32,10]"},
	}},
}

// list writes every point of the grid as a line.
func (t trained) list() string {
	lines := []string{""}
	for _, a := range t.axes {
		var longer []string
		for _, line := range lines {
			for _, v := range strings.Fields(a.values) {
				longer = append(longer, line+a.path+"="+v+" ")
			}
		}
		lines = longer
	}
	return strings.Join(lines, "\n") + "\n"
}

// makeTables writes all tables into a folder, with the descent at hand.
func makeTables(descent, folder string) error {
	for _, t := range tables {
		made, err := t.train(descent)
		if err != nil {
			return fmt.Errorf("%s: %w", t.preset, err)
		}
		text, err := json.Marshal(made)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if _, err := z.Write(text); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		path := filepath.Join(folder, t.preset+".json.gz")
		if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
			return err
		}
		fmt.Printf("%s: %d points, %d bytes\n", path, len(made.Points), b.Len())
	}
	return nil
}

// train has every point trained, as a study with a list.
func (t trained) train(descent string) (made table, err error) {
	scratch, err := os.MkdirTemp("", "bench-search")
	if err != nil {
		return made, err
	}
	defer os.RemoveAll(scratch)
	folder := filepath.Join(scratch, "study")
	args := []string{
		"tune", t.preset, "--dir", folder, "--steps", strconv.Itoa(measures * t.every),
		"--set", "train.eval_every=" + strconv.Itoa(t.every), "--list", "-", "--pruner", "none", "--confirm", "0",
	}
	for _, a := range t.axes {
		args = append(args, "--over", a.path+"="+a.over)
	}
	c := exec.Command(descent, args...)
	c.Stdin, c.Stderr = strings.NewReader(t.list()), os.Stderr
	if err := c.Run(); err != nil {
		return made, err
	}
	s, err := study.Open(disk.Machine{}, folder)
	if err != nil {
		return made, err
	}
	r := s.Reading()
	made = table{Name: t.preset, Axes: r.Plan.Space.Axes}
	for i := range measures {
		made.Steps = append(made.Steps, (i+1)*t.every)
	}
	for _, trial := range r.Trials {
		p := known{Point: trial.Point, Curve: make([]*float64, measures)}
		for _, at := range trial.Reports {
			if v := float64(at.Values[0]); at.Step%t.every == 0 && !math.IsNaN(v) && !math.IsInf(v, 0) {
				v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 5, 64), 64)
				p.Curve[at.Step/t.every-1] = &v
			}
		}
		made.Points = append(made.Points, p)
	}
	return made, nil
}
