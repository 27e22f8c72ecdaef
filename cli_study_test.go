package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// searched makes a small study, and returns the folder in which it is "s".
func searched(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	succeed(t, dir, "tune", "spiral", "--quiet", "--steps", "16", "--trials", "8", "--sampler", "random", "--pruner", "asha", "--fresh-seeds", "1", "--confirm", "1",
		"--over", "optimizer.lr=1e-4..1", "--over", "optimizer.name=sgd,adam", "--dir", "s")
	return dir
}

func TestAStudyIsShownAndSteeredByCommands(t *testing.T) {
	dir := searched(t)
	study := func(args ...string) result {
		t.Helper()
		return succeed(t, dir, append([]string{"study", "s"}, args...)...)
	}
	if out := study().out; !strings.Contains(out, "8 of 8") || !strings.Contains(out, "over") {
		t.Error(out)
	}
	var rows []struct {
		Number int
		State  string
		Params map[string]any
		Value  float64
	}
	if err := json.Unmarshal([]byte(study("table", "--json").out), &rows); err != nil || len(rows) != 8 || len(rows[3].Params) != 2 {
		t.Errorf("%v: %+v", err, rows)
	}
	if lines := strings.Split(strings.TrimSpace(study("table", "--csv").out), "\n"); len(lines) != 9 || !strings.HasPrefix(lines[0], "trial,state,val_loss,steps,optimizer.name,optimizer.lr,why") {
		t.Error(lines)
	}
	study("best")
	study("importance")
	for _, one := range []struct{ command, says string }{
		{"narrow optimizer.lr=1e-3..1e-1", "narrow"},
		{"widen optimizer.lr=1e-4..1e-1", "widen"},
		{"add optimizer.beta2=0.9..0.999", "too"},
		{"enqueue optimizer.lr=0.01 optimizer.name=adam", "next: optimizer.beta2=0.999 optimizer.lr=0.01 optimizer.name=adam"},
		{"drop optimizer.beta2", "no more"},
		{"around 0.2", "width 0.2"},
		{"around off", "no prior"},
		{"sampler tpe --greed 0.5", "greed 0.5"},
		{"pruner median", "median"},
		{"trials 10", "10 trials"},
		{"pin 3", "pin trial 3"},
		{"unpin 3", "unpin trial 3"},
		{"pause", "pause"},
		{"resume", "resume"},
	} {
		if got := study(strings.Fields(one.command)...); !strings.Contains(got.err, one.says) {
			t.Errorf("%s says %q", one.command, got.err)
		}
	}
	out := succeed(t, dir, "tune", "spiral", "--quiet", "--dir", "s", "--json").out
	var found struct {
		Trials []struct{ Params map[string]any }
	}
	if err := json.Unmarshal([]byte(out), &found); err != nil || len(found.Trials) != 10 || found.Trials[8].Params["optimizer.lr"] != 0.01 {
		t.Errorf("%v: %s", err, out)
	}
	if out := study("verify").out; !strings.Contains(out, "the same") {
		t.Error(out)
	}
	study("export", "8", "--out", "eight.toml")
	if b, err := os.ReadFile(filepath.Join(dir, "eight.toml")); err != nil || !strings.Contains(string(b), "lr = 0.01") {
		t.Errorf("%v: %s", err, b)
	}
	study("--journal", "optuna.journal")
	if got := study("import", "optuna.journal"); !strings.Contains(got.err, "imported") {
		t.Error(got.err)
	}
	study("finish")
	if got := study(); !strings.Contains(got.out, "over") || strings.Contains(got.err, "note") {
		t.Error(got.out, got.err)
	}

	for command, says := range map[string]string{
		"stop 8":                           "trial 8 has ended already",
		"stop 99":                          "there is no trial 99",
		"pause 3":                          "the form is `descent study DIR pause`",
		"stopp 3":                          "did you mean stop?",
		"narrow optimizer.lr=1..0.01":      "empty range",
		"narrow optimizer.lr=1e-9..1":      "`widen` is for that",
		"narrow train.batch=8..9":          "train.batch is not searched over",
		"widen optimizer.lr=0.01..0.1":     "`narrow` is for that",
		"add optimizer.lr=0.01..0.1":       "is searched over already",
		"add nothing=1..2":                 "nothing",
		"drop optimizer.lr optimizer.name": "nothing to search over",
		"sampler tpee":                     "there is no sampler \"tpee\"",
		"sampler tpe --greed 2":            "from -1 to 1",
		"pruner x":                         "there is no pruner \"x\"",
		"trials -1":                        "unknown shorthand flag",
		"trials many":                      "whole number",
		"enqueue optimizer.lr":             "the form is PATH=VALUE",
		"enqueue optimizer.lr=x":           "optimizer.lr=x: ",
		"export 99":                        "there is no trial 99",
		"export 8 --out eight.toml":        "there is such a file",
		"import eight.toml":                "is not an operation of an Optuna journal",
		"around -1":                        "unknown shorthand flag",
		"best --csv":                       "--csv is not for `best`",
	} {
		got := descent(t, dir, append([]string{"study", "s"}, strings.Fields(command)...)...)
		if got.code != 2 || !strings.Contains(got.err, says) || strings.Count(got.err, "\n") != 1 {
			t.Errorf("%s: exit %d, %q, not %q", command, got.code, got.err, says)
		}
	}
}

func TestWhatIsNoStudyIsSaidInASentence(t *testing.T) {
	dir := searched(t)
	write(t, dir, "file", "x")
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, says := range map[string]string{
		"nowhere": "there is no study nowhere",
		"file":    "file is a file, and a study is a folder",
		"empty":   "holds no study: there is no study.toml",
	} {
		if got := descent(t, dir, "study", name); got.code != 2 || !strings.Contains(got.err, says) {
			t.Errorf("%s: exit %d, %q", name, got.code, got.err)
		}
	}
	toml := filepath.Join(dir, "s", "study.toml")
	b, err := os.ReadFile(toml)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct{ content, says string }{
		{strings.Replace(string(b), "descent_study = 1", "descent_study = 9", 1), "is of a later release of descent (format 9, and this one reads 1)"},
		{"title = \"x\"\n", "it is not the file of a study"},
		{"\x00\x01", "study.toml: "},
	} {
		write(t, dir, "s/study.toml", one.content)
		if got := descent(t, dir, "study", "s"); got.code != 2 || !strings.Contains(got.err, one.says) || strings.Count(got.err, "\n") != 1 {
			t.Errorf("exit %d, %q, not %q", got.code, got.err, one.says)
		}
	}
}
