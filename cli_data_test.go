package main_test

import (
	"fmt"
	"strings"
	"testing"
)

// species is a preset on a table whose first column is words.
const species = `[data]
file = "d.csv"
missing = "drop"
[model]
layers = [3, 2]
[loss]
name = "cross-entropy"
[train]
steps = 3
`

// What is not evident of the data stands on stderr, metrics stay as they are.
func TestRunSaysWhatItMadeOfTheData(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "p.toml", species)
	write(t, dir, "d.csv", "place,x,y\nu,1,a\nv,?,b\nu,3,b\nv,4,a\n")
	r := succeed(t, dir, "run", "p.toml", "--metrics", "-", "--quiet")
	want := "note: 1 of 4 rows is left out, since values are missing: \"x\" (1)\n" +
		"note: columns of words, each word an input of its own: \"place\" (2, such as \"u\")\n"
	if r.err != want || len(metrics(t, r.out)) != 3 {
		t.Errorf("%q and %q", r.err, r.out)
	}
	r = succeed(t, dir, "run", "penguins", "--steps", "1", "--quiet")
	if strings.Count(r.err, "\n") != 1 || !strings.HasPrefix(r.err, "note: 11 of 344 rows are left out") {
		t.Errorf("%q", r.err)
	}
}

func TestClassesThatAreComparedAsNumbersAreSaidToBe(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "p.toml", strings.NewReplacer("[3, 2]", "[1, 3]", "cross-entropy", "mse").Replace(species))
	write(t, dir, "d.csv", "x,grade\n1,0\n2,1\n3,2\n4,1\n")
	const want = `note: the model has 3 outputs, so the integers of column "grade" are classes, and mse compares each output with 0 or 1`
	if r := succeed(t, dir, "run", "p.toml", "--quiet"); !strings.HasPrefix(r.err, want) {
		t.Errorf("%q", r.err)
	}
	if r := succeed(t, dir, "run", "p.toml", "--quiet", "--set", "loss.name=cross-entropy"); r.err != "" {
		t.Errorf("%q", r.err)
	}
}

func TestTheFirstLineCanBeSaidToBeARow(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "p.toml", strings.Replace(species, "[3, 2]", "[2, 2]", 1))
	write(t, dir, "d.csv", "5.1,3.5,a\n4.9,3,b\n4.7,3.2,a\n")
	write(t, dir, "q.toml", strings.Replace(read(t, dir, "p.toml"), "missing", "header = false\nmissing", 1))
	for _, preset := range []string{"p.toml", "q.toml"} {
		r := succeed(t, dir, "run", preset, "--split-out", "-", "--quiet")
		if r.out != "row,part\n1,train\n2,train\n3,train\n" || strings.Contains(r.err, "the first line looks like the rows below it") != (preset == "p.toml") {
			t.Errorf("%q %q", r.out, r.err)
		}
	}
	refused(t, dir, []string{"data.header takes one of auto, true, false"}, "run", "p.toml", "--set", "data.header=perhaps")
}

func TestASpellingOfAMissingValueCanBeAValue(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "p.toml", strings.Replace(species, `missing = "drop"`, "", 1))
	write(t, dir, "d.csv", "country,x,y\nNA,1,a\nDE,2,b\n")
	refused(t, dir, []string{`d.csv:2:1: column "country": the value is missing (NA)`, `data.na = [""]`}, "run", "p.toml")
	succeed(t, dir, "run", "p.toml", "--set", `data.na=[""]`)
	write(t, dir, "q.toml", strings.Replace(species, `missing = "drop"`, `na = [""]`, 1))
	succeed(t, dir, "run", "q.toml")
}

func TestTheSplitIsWrittenByRow(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "p.toml", species)
	write(t, dir, "d.csv", "place,x,y\nu,1,a\nv,,b\nu,3,b\nv,4,a\nu,5,a\nv,6,b\n")
	succeed(t, dir, "run", "p.toml", "--set", "data.validation=0.4", "--split-out", "s.csv", "--metrics", "m.jsonl")
	lines := strings.Split(strings.TrimSpace(read(t, dir, "s.csv")), "\n")
	if len(lines) != 7 || lines[0] != "row,part" || lines[2] != "2,unused" ||
		strings.Count(strings.Join(lines, "\n"), ",validation") != 2 || strings.Count(strings.Join(lines, "\n"), ",train") != 3 {
		t.Errorf("%q", lines)
	}
	refused(t, dir, []string{"a surface has no rows"}, "run", "ravine", "--split-out", "s.csv")
	refused(t, dir, []string{"s.csv is given twice"}, "run", "p.toml", "--split-out", "s.csv", "--metrics", "s.csv")
}

func TestAValidationFileIsHeldOutAndHashed(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "p.toml", strings.Replace(species, "missing", "validation_file = \"v.csv\"\nmissing", 1))
	write(t, dir, "d.csv", "place,x,y\nu,1,a\nv,2,b\nu,3,b\n")
	write(t, dir, "v.csv", "y,place,x\na,u,4\nb,v,5\n")
	r := succeed(t, dir, "run", "p.toml", "--metrics", "-", "--split-out", "s.csv", "--log", "l.jsonl", "--quiet")
	if m := metrics(t, r.out); m[2]["val_loss"] == nil {
		t.Errorf("%v", m[2])
	}
	if got := read(t, dir, "s.csv"); got != "row,part\n1,train\n2,train\n3,train\n4,validation\n5,validation\n" {
		t.Errorf("%q", got)
	}
	succeed(t, dir, "replay", "l.jsonl")
	write(t, dir, "v.csv", "y,place,x\na,u,4\nb,v,6\n")
	if r := descent(t, dir, "replay", "l.jsonl"); r.code == 0 || !strings.Contains(r.err, "v.csv has changed since the log was written") {
		t.Errorf("%d: %q", r.code, r.err)
	}
	for set, want := range map[string]string{
		"data.validation=0.5":         "not both",
		"data.validation_labels=l":    "a table, whose targets are columns",
		"data.validation_file=no.csv": "no.csv cannot be read",
		"data.x=a":                    "data.x and data.y name arrays of an NPZ",
	} {
		write(t, dir, "l", "1\n")
		refused(t, dir, []string{want}, "run", "p.toml", "--set", set)
	}
}

// Test rows are measured at the end, by weights and classes as training is, and the log
// of a run that has them replays.
func TestTestRowsAreMeasuredAtTheEnd(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("x,w,y\n")
	for i := range 40 {
		fmt.Fprintf(&b, "%d,%d,%s\n", i*37%40, 1+i%3, map[bool]string{true: "a", false: "b"}[i*37%40 < 30])
	}
	write(t, dir, "d.csv", b.String())
	write(t, dir, "p.toml", "title = \"t\"\n[data]\nfile = \"d.csv\"\nweight = \"w\"\nsplit = \"stratified\"\nvalidation = 0.25\ntest = 0.25\nstandardize = true\n"+
		"[model]\nlayers = [1, 2]\n[loss]\nname = \"cross-entropy\"\nclass_weight = \"balanced\"\n[optimizer]\nname = \"adam\"\nlr = 0.1\n[train]\nsteps = 60\nbatch = 8\n")
	r := succeed(t, dir, "run", "p.toml", "--split-out", "s.csv", "--log", "l.jsonl", "--quiet")
	if !strings.Contains(r.out, "test_loss ") || !strings.Contains(r.out, "test_accuracy ") || !strings.Contains(r.out, "(10 rows that chose nothing)") {
		t.Errorf("%q", r.out)
	}
	if s := read(t, dir, "s.csv"); strings.Count(s, ",test\n") != 10 || strings.Count(s, ",validation\n") != 10 {
		t.Errorf("%s", s)
	}
	succeed(t, dir, "replay", "l.jsonl")
}
