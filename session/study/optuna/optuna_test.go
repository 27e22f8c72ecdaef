package optuna

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"descent/core/recipe"
	"descent/core/search"
	"descent/presets"
	"descent/session/disk"
	"descent/session/journal"
	"descent/session/study"
)

// python is the interpreter that Optuna is installed for; without one the test is skipped.
func python(t *testing.T, args ...string) []byte {
	t.Helper()
	const debian = "/usr/bin/python3"
	if exec.Command(debian, "-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('optuna') is None)").Run() != nil {
		t.Skip("python3-optuna is not installed")
	}
	cmd := exec.Command(debian, append([]string{"testdata/journal.py"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func spiral(t *testing.T) recipe.Recipe {
	t.Helper()
	r, err := presets.Load("spiral")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// made is a study with trials of all states: every third waits at a rung, and some fail.
func made(t *testing.T, objectives ...string) *study.Study {
	t.Helper()
	r := spiral(t)
	axes, err := study.ParseAxes(r, []string{"optimizer.lr=1e-5..1", "optimizer.name=sgd,adam", "optimizer.beta2=0.9..0.999", "train.batch=8..64 step 8", "model.layers=[2,16,3],[2,32,3]", "optimizer.weight_decay=0..0.1 linear step 0.03"})
	if err != nil {
		t.Fatal(err)
	}
	spec := study.Spec{Name: "spiral", Objectives: objectives, Steps: 100, Seeds: 1, Trials: 24, Axes: axes, Sampler: "random", Pruner: "asha"}
	s, err := study.Create(disk.Machine{}, filepath.Join(t.TempDir(), "s"), spec, r, nil)
	if err != nil {
		t.Fatal(err)
	}
	h, err := s.Register("")
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for n := 0; n < 30; n++ {
		c, _, over, err := h.Next()
		if err != nil || over {
			t.Fatal(over, err)
		}
		p := s.Reading().Trials[c.Trial].Point
		v := math.Abs(math.Log10(p["optimizer.lr"].Num())+2) + 10/float64(c.Steps)
		result := study.Result{Outcome: study.Done, Steps: c.Steps, Hash: fmt.Sprintf("%016x", c.Trial), Metrics: map[string]journal.Float{"params": 7}}
		if c.Steps < 100 {
			result.Outcome = study.Waiting
		}
		for i := range objectives {
			result.Values = append(result.Values, journal.Float(v*float64(1-2*i)))
		}
		result.Reports = []study.Report{{Step: c.Steps, Values: result.Values}}
		switch {
		case c.Trial == 2:
			result.Outcome, result.Values, result.Reports = study.Failed, nil, []study.Report{{Step: 1, Values: []journal.Float{journal.Float(math.NaN())}}}
		case c.Trial == 5:
			result.Outcome, result.Why = study.Pruned, "by hand"
		}
		if err := h.End(c, result); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, _, err := h.Next(); err != nil { // it stays running
		t.Fatal(err)
	}
	return s
}

// theirs is a study as Optuna has read it.
type theirs struct {
	Best   []int
	Trials []struct {
		State        string
		Params       map[string]any
		Values       []float64
		Intermediate map[string]number
		Hash         string
	}
}

func TestOptunaReadsWhatIsWritten(t *testing.T) {
	dir := t.TempDir()
	args := []string{"read"}
	var ours []*study.Reading
	for i, objectives := range [][]string{{"val_loss"}, {"-val_accuracy"}, {"val_loss", "bytes"}} {
		s := made(t, objectives...)
		var out bytes.Buffer
		if err := Write(&out, s.Reading(), s.Times); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(path, out.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		args, ours = append(args, path), append(ours, s.Reading())
	}
	var got []theirs
	if err := json.Unmarshal([]byte(words(string(python(t, args...)))), &got); err != nil {
		t.Fatal(err)
	}
	for i, r := range ours {
		agree(t, got[i], r)
	}
}

// agree compares states, parameters, values, reports and the best.
func agree(t *testing.T, got theirs, r *study.Reading) {
	t.Helper()
	states := map[search.State]string{search.Running: "RUNNING", search.Waiting: "RUNNING", search.Complete: "COMPLETE", search.Pruned: "PRUNED", search.Failed: "FAIL"}
	if len(got.Trials) != len(r.Trials) {
		t.Fatalf("%d trials, not %d", len(got.Trials), len(r.Trials))
	}
	for i, g := range got.Trials {
		w := r.Trials[i]
		if g.State != states[w.State] || g.Hash != w.Hash {
			t.Errorf("trial %d is %s %q, not %s %q", i, g.State, g.Hash, w.State, w.Hash)
		}
		if len(g.Params) != len(w.Point) {
			t.Errorf("trial %d: %v, not %s", i, g.Params, w.Point)
		}
		for path, v := range w.Point {
			if got := fmt.Sprint(g.Params[path]); got != fmt.Sprint(plain(v)) {
				t.Errorf("trial %d: %s is %s, not %s", i, path, got, v)
			}
		}
		for k := range r.Spec.Objectives {
			if want := signed(r.Spec, k, append(w.Values, math.NaN(), math.NaN())[k]); g.State == "COMPLETE" && g.Values[k] != want {
				t.Errorf("trial %d: %v, not %g", i, g.Values, want)
			}
		}
		for _, report := range w.Reports {
			want := signed(r.Spec, 0, float64(report.Values[0]))
			if v, ok := g.Intermediate[fmt.Sprint(report.Step)]; !ok || float64(v) != want && want == want {
				t.Errorf("trial %d: %v at step %d, not %g", i, g.Intermediate, report.Step, want)
			}
		}
	}
	slices.Sort(got.Best)
	if want := slices.Sorted(slices.Values(r.Front)); !slices.Equal(got.Best, want) {
		t.Errorf("the best are %v, not %v", got.Best, want)
	}
}

func TestAJournalOfOptunaIsImportedOnce(t *testing.T) {
	content, err := os.ReadFile("testdata/rates.journal")
	if err != nil {
		t.Fatal(err)
	}
	content = append(content, "{\"op_code\": 10, \"worker_id\": \"later\"}\n{\"op_code\": 4, \"wor"...)
	j, err := Read(content)
	if err != nil {
		t.Fatal(err)
	}
	s := made(t, "val_loss")
	before := s.Reading()
	trials, err := Trials(j, s.Spec(), s.Recipe())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.Import(trials); n != 12 || err != nil {
		t.Errorf("%d imported: %v", n, err)
	}
	if n, err := s.Import(trials); n != 0 || err != nil {
		t.Errorf("%d imported again: %v", n, err)
	}
	after := s.Reading()
	if got := after.Counts.Total - before.Counts.Total; got != 12 || after.Best != before.Best {
		t.Errorf("%d trials more, and the best is %d, not %d", got, after.Best, before.Best)
	}
	if got := after.Counts.Failed - before.Counts.Failed; got != 2 {
		t.Errorf("%d have failed", got)
	}
	if got := after.Counts.Pruned - before.Counts.Pruned; got != 1 {
		t.Errorf("%d were pruned", got)
	}
	if n, err := study.Verify(s); err != nil || n == 0 {
		t.Errorf("%d claims: %v", n, err)
	}
}

func TestAJournalThatDoesNotFitIsRefused(t *testing.T) {
	const head = `{"op_code": 0, "worker_id": "w", "study_name": "a", "directions": [1]}` + "\n"
	trial := func(name string) string {
		return `{"op_code": 4, "worker_id": "w", "study_id": 0, "datetime_start": null, "state": 1, "value": 1.5, "values": null, "distributions": {"` + name + `": "{\"name\": \"FloatDistribution\", \"attributes\": {\"low\": 0, \"high\": 9, \"log\": false, \"step\": null}}"}, "params": {"` + name + `": 0.5}}` + "\n"
	}
	spec := study.Spec{Objectives: []string{"val_loss"}}
	for _, c := range []struct{ content, say string }{
		{head + trial("lr") + trial("dropout"), "it has parameters that are no knobs of spiral: dropout, lr"},
		{"hello\nworld\n", "line 1 is not an operation of an Optuna journal"},
		{"", "it holds no study"},
		{head + strings.ReplaceAll(head, `"a"`, `"b"`), "it holds 2 studies, a, b; export one alone"},
		{strings.ReplaceAll(head, "[1]", "[2]") + trial("optimizer.lr"), "it is to maximise its objective, and the study to minimise val_loss"},
		{strings.ReplaceAll(head, "[1]", "[1, 1]"), "it has 2 objectives, and the study 1"},
		{head + strings.ReplaceAll(trial("optimizer.lr"), "0.5", "-3"), "trial 0: optimizer.lr: "},
	} {
		j, err := Read([]byte(c.content))
		if err == nil {
			_, err = Trials(j, spec, spiral(t))
		}
		if err == nil || !strings.HasPrefix(err.Error(), c.say) {
			t.Errorf("%q says %v, not %s", c.content, err, c.say)
		}
	}
}

func TestWordsOfPythonAreRead(t *testing.T) {
	for in, want := range map[string]string{
		`{"a": NaN, "b": [-Infinity, Infinity, -1]}`: `{"a": "NaN", "b": ["-Infinity", "Infinity", -1]}`,
		`{"NaN": "say \"NaN\""}`:                     `{"NaN": "say \"NaN\""}`,
	} {
		if got := words(in); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}
