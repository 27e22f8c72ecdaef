package predict_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"descent/core"
	"descent/core/model"
	"descent/presets"
	"descent/session/predict"
)

// files is a library of files in memory.
type files struct {
	presets.Files
	content map[string]string
}

func (f files) File(path string) ([]byte, error) {
	for name, content := range f.content {
		if path == name || strings.HasSuffix(path, "/"+name) {
			return []byte(content), nil
		}
	}
	return nil, errors.New(path + ": there is no such file")
}

// trained is a model of a recipe whose data is in data.csv, as it comes back from its
// file, and the trainer.
func trained(t testing.TB, toml, data string) (*core.Trainer, *model.Model) {
	t.Helper()
	r, err := presets.Decode("test.toml", []byte(toml))
	if err != nil {
		t.Fatal(err)
	}
	tr, err := core.New(r, files{content: map[string]string{"data.csv": data}})
	if err != nil {
		t.Fatal(err)
	}
	for range 30 {
		tr.Step()
	}
	m, err := model.Of(tr, "v1")
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if m, err = model.Decode(b); err != nil {
		t.Fatal(err)
	}
	return tr, m
}

func answers(t testing.TB, m *model.Model, data string, o predict.Options) (lines []string, s predict.Summary, err error) {
	t.Helper()
	var out bytes.Buffer
	if o.Name == "" {
		o.Name = "new.csv"
	}
	s, err = predict.Rows(context.Background(), m, strings.NewReader(data), &out, o)
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"), s, err
}

const classesTOML = `
[data]
file = "data.csv"
target = ["kind"]
standardize = true
[model]
layers = [5, 8, 3]
activation = "tanh"
[loss]
name = "cross-entropy"
[train]
batch = 8
`

// flowers is a table with a column of words, whose rows are all trained on.
func flowers(rows int) string {
	var b strings.Builder
	b.WriteString("id,size,colour,weight,kind\n")
	for i := range rows {
		fmt.Fprintf(&b, "%d,%v,%s,%v,%s\n", i, float64(i%17)*0.37-2, []string{"red", "blue"}[i%2], math.Sqrt(float64(i)), []string{"oak", "elm", "ash, white"}[i%3])
	}
	return strings.ReplaceAll(b.String(), "ash, white", `"ash, white"`)
}

func TestTheAnswersAreThoseOfTheTrainerToTheBit(t *testing.T) {
	data := flowers(700)
	tr, m := trained(t, classesTOML, data)
	got, s, err := answers(t, m, data, predict.Options{Probabilities: true})
	if err != nil || s.Rows != 700 || len(got) != 701 {
		t.Fatalf("%d lines, %d rows, %v", len(got), s.Rows, err)
	}
	if got[0] != `"ash, white",elm,oak` {
		t.Errorf("the columns are %s", got[0])
	}
	net, err := m.Network(false)
	if err != nil {
		t.Fatal(err)
	}
	out := tr.Outputs(tr.Data().Train.X)
	net.Probabilities(out)
	for r := range out.Rows {
		for j, cell := range strings.Split(got[r+1], ",") {
			if v, err := strconv.ParseFloat(cell, 64); err != nil || v != out.Data[r*out.Stride+j] {
				t.Fatalf("row %d: %s, the trainer has %v", r, got[r+1], out.Data[r*out.Stride:r*out.Stride+3])
			}
		}
	}
}

func TestColumnsAreFoundByTheirNames(t *testing.T) {
	_, m := trained(t, classesTOML, flowers(60))
	want, _, err := answers(t, m, flowers(60), predict.Options{})
	if err != nil || want[0] != "kind" {
		t.Fatalf("%v, %v", want, err)
	}
	var b strings.Builder
	b.WriteString("weight\tnote\tcolour\tid\tsize\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%v\tx\t%s\t%d\t%v\n", math.Sqrt(float64(i)), []string{"red", "blue"}[i%2], i, float64(i%17)*0.37-2)
	}
	got, s, err := answers(t, m, b.String(), predict.Options{Keep: []string{"note", "id"}})
	if err != nil || got[0] != "note,id,kind" {
		t.Fatalf("%v, %v", got, err)
	}
	for i, line := range got[1:] {
		if line != fmt.Sprintf("x,%d,%s", i, want[i+1]) {
			t.Errorf("row %d: %s, want %s", i, line, want[i+1])
		}
	}
	if len(s.Notes) > 1 {
		t.Errorf("notes: %q", s.Notes)
	}
	_, s, err = answers(t, m, b.String(), predict.Options{})
	if text := strings.Join(s.Notes, "; "); err != nil || !strings.Contains(text, `"note"`) || !strings.Contains(text, "ignored") {
		t.Errorf("notes: %q, %v", s.Notes, err)
	}
}

func TestRowsInQuotesOverManyPartsStayWhole(t *testing.T) {
	_, m := trained(t, classesTOML, flowers(60))
	var b strings.Builder
	b.WriteString("id,size,colour,weight,text\n")
	const rows = 30000
	for i := range rows {
		fmt.Fprintf(&b, "%d,%v,%s,%v,%s\n", i, i%7, `"red"`, i%5, []string{"5\" pipe", "\"a\nb\"\"c,\nd\"", `"it's"`, "x"}[i%4])
	}
	got, s, err := answers(t, m, b.String(), predict.Options{Keep: []string{"id", "text"}})
	if err != nil || s.Rows != rows {
		t.Fatalf("%d rows, %v", s.Rows, err)
	}
	lines := strings.Join(got, "\n")
	for i, text := range []string{`"5"" pipe"`, "\"a\nb\"\"c,\nd\"", "it's", "x"} {
		if want := fmt.Sprintf("\n%d,%s,", rows-4+i, text); !strings.Contains(lines, want) {
			t.Errorf("there is no %q", want)
		}
	}
}

func TestAPackedTableIsRead(t *testing.T) {
	_, m := trained(t, classesTOML, flowers(60))
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	fmt.Fprint(w, flowers(60))
	w.Close()
	if got, _, err := answers(t, m, z.String(), predict.Options{}); err != nil || len(got) != 61 {
		t.Errorf("%d lines, %v", len(got), err)
	}
}

const numbersTOML = `
[data]
file = "data.csv"
target = ["a", "b"]
standardize = true
standardize_target = true
missing = "drop"
[model]
layers = [2, 6, 2]
activation = "tanh"
[loss]
name = "mse"
`

func TestNumbersAreInUnitsOfTheData(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,y,a,b\n")
	for i := range 50 {
		fmt.Fprintf(&b, "%d,%d,%d,%v\n", i, i%7, 1000+i, float64(i)/1e6)
	}
	tr, m := trained(t, numbersTOML, b.String())
	got, _, err := answers(t, m, b.String(), predict.Options{})
	if err != nil || got[0] != "a,b" {
		t.Fatalf("%v, %v", got, err)
	}
	out := tr.Outputs(tr.Data().Train.X)
	for r := range out.Rows {
		if want := fmt.Sprintf("%v,%v", tr.Data().RawTarget(0, out.Data[2*r]), tr.Data().RawTarget(1, out.Data[2*r+1])); got[r+1] != want {
			t.Fatalf("row %d: %s, want %s", r, got[r+1], want)
		}
	}
	got, s, err := answers(t, m, "y,x\n1,2\n,3\n4,5\n", predict.Options{})
	if err != nil || len(got) != 4 || got[2] != "," || len(s.Notes) != 1 {
		t.Errorf("a missing value: %v, %q, %v", got, s.Notes, err)
	}
	if _, _, err := answers(t, m, "y,x\n1,2\n", predict.Options{Probabilities: true}); err == nil || !strings.Contains(err.Error(), "no probabilities") {
		t.Errorf("--proba of numbers: %v", err)
	}
}

func TestWhatCannotBeAnsweredIsRefusedWithItsPlace(t *testing.T) {
	_, m := trained(t, classesTOML, flowers(60))
	for name, c := range map[string]struct {
		data, says string
		o          predict.Options
	}{
		"nothing":          {"", "new.csv: the file holds no row", predict.Options{}},
		"names alone":      {"id,size,colour,weight\n", "no row below", predict.Options{}},
		"a missing column": {"id,size,colour,kind\n1,2,red,oak\n", `new.csv:1: there is no column "weight", which the model takes`, predict.Options{}},
		"two":              {"id,kind\n1,oak\n", `there are no columns "size", "colour", "weight"`, predict.Options{}},
		"another case":     {"id,Size,colour,weight\n1,2,red,3\n", `"Size" is written "size"`, predict.Options{}},
		"a word":           {"id,size,colour,weight\n1,2,red,3\n1,x,red,3\n", `new.csv:3:3: column "size": "x" is not a number`, predict.Options{}},
		"missing":          {"id,size,colour,weight\n1,,red,3\n", `new.csv:2:3: column "size": the value is missing`, predict.Options{}},
		"infinite":         {"id,size,colour,weight\n1,1e999,red,3\n", `new.csv:2:3: column "size": "1e999" is not a finite number`, predict.Options{}},
		"short":            {"id,size,colour,weight\n1,2,red\n", "new.csv:2:5: the row has 3 cells, and the first line 4", predict.Options{}},
		"twice":            {"id,size,size,colour,weight\n1,2,2,red,4\n", `two columns are named "size"`, predict.Options{}},
		"kept":             {"id,size,colour,weight\n1,2,red,4\n", `--keep idd: there is no such column; did you mean "id"?`, predict.Options{Keep: []string{"idd"}}},
		"open":             {"id,size,colour,weight\n1,2,\"red,4\n", "new.csv:2:5: the quote that opens here is never closed", predict.Options{}},
	} {
		got, _, err := answers(t, m, c.data, c.o)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") || strings.Join(got, "") != "" {
			t.Errorf("%s: %v; written: %q", name, err, got)
		}
	}
}

func TestUnknownCategoriesAreSaidAndCounted(t *testing.T) {
	_, m := trained(t, classesTOML, flowers(60))
	got, s, err := answers(t, m, "id,size,colour,weight\n1,2,red,3\n1,2,green,3\n1,2,pink,3\n1,2,green,3\n", predict.Options{})
	if err != nil || len(got) != 5 {
		t.Fatalf("%v, %v", got, err)
	}
	if text := strings.Join(s.Notes, "; "); !strings.Contains(text, `column "colour": 3 cells hold no category`) || !strings.Contains(text, `"green", "pink"`) {
		t.Errorf("notes: %s", text)
	}
}

func TestAQuantizedNetworkAnswersInIntegers(t *testing.T) {
	data := flowers(300)
	tr, m := trained(t, classesTOML+"[quant]\nbits = 8\nactivations = 8\n", data)
	got, s, err := answers(t, m, data, predict.Options{Probabilities: true})
	if err != nil || !s.Integer {
		t.Fatalf("in integers: %v, %v", s, err)
	}
	whole, err := tr.Integer()
	if err != nil {
		t.Fatal(err)
	}
	out := whole.Forward(tr.Data().Train.X)
	net, _ := m.Network(false)
	net.Probabilities(out)
	if want := fmt.Sprintf("%v,%v,%v", out.Data[0], out.Data[1], out.Data[2]); got[1] != want {
		t.Errorf("the first row is %s, want %s", got[1], want)
	}
	if _, s, _ := answers(t, m, data, predict.Options{Floats: true}); s.Integer {
		t.Error("asked for floats, it answers in integers")
	}
}

func TestABrokenOffPredictionStops(t *testing.T) {
	_, m := trained(t, classesTOML, flowers(60))
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var out bytes.Buffer
	if _, err := predict.Rows(ctx, m, strings.NewReader(flowers(20000)), &out, predict.Options{Name: "new.csv"}); !errors.Is(err, context.Canceled) {
		t.Errorf("it says %v", err)
	}
}

func TestAnEvaluationMeasuresWhatTheTrainerDoes(t *testing.T) {
	data := flowers(200)
	tr, m := trained(t, classesTOML, data)
	e, err := predict.Evaluate(context.Background(), m, strings.NewReader(data), predict.Options{Name: "new.csv"})
	if err != nil {
		t.Fatal(err)
	}
	value, accuracy := tr.Measure(tr.Data().Train)
	got := map[string]float64{}
	for _, s := range e.Scores {
		got[s.Name] = s.Value
	}
	if e.Rows != 200 || math.Abs(got["loss"]-value) > 1e-12 || got["accuracy"] != accuracy || got["f1"] == 0 {
		t.Errorf("%d rows, %v, the trainer has %v and %v", e.Rows, got, value, accuracy)
	}
	if m.Metrics["f1"] != got["f1"] {
		t.Errorf("the file says %v of its training rows", m.Metrics)
	}
	right := 0.0
	for i := range e.Confusion {
		right += e.Confusion[i][i]
	}
	if len(e.Names) != 3 || len(e.Classes) != 3 || right != accuracy*200 {
		t.Errorf("%v are %v", e.Names, e.Confusion)
	}
	for data, says := range map[string]string{
		"id,size,colour,weight\n1,2,red,3\n":          `there is no column "kind", the target`,
		"id,size,colour,weight,kind\n1,2,red,3,fir\n": `new.csv:2:11: column "kind": "fir" is no class of the model (they are "ash, white", "elm", "oak")`,
		"id,size,colour,weight,kind\n1,2,red,3,\n":    `new.csv:2:11: column "kind": the target is missing`,
	} {
		if _, err := predict.Evaluate(context.Background(), m, strings.NewReader(data), predict.Options{Name: "new.csv"}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func TestRowsWithoutATargetAreLeftOutAsInTraining(t *testing.T) {
	whole := flowers(60)
	gaps := whole + "1,2,red,3,\n1,2,red,3,NA\n"
	for _, missing := range []string{"drop", "mean"} {
		_, m := trained(t, strings.Replace(classesTOML, "[data]\n", "[data]\nmissing = \""+missing+"\"\n", 1), whole)
		want, err := predict.Evaluate(context.Background(), m, strings.NewReader(whole), predict.Options{Name: "new.csv"})
		if err != nil {
			t.Fatal(err)
		}
		got, err := predict.Evaluate(context.Background(), m, strings.NewReader(gaps), predict.Options{Name: "new.csv"})
		if err != nil {
			t.Fatal(err)
		}
		if got.Rows != 60 || got.Scores[0] != want.Scores[0] || !slices.Equal(got.Notes, []string{"2 rows have no target to compare with and are left out"}) {
			t.Errorf("%s: %d rows, %v instead of %v; %q", missing, got.Rows, got.Scores[0], want.Scores[0], got.Notes)
		}
	}
}

func TestNumbersAreEvaluatedInUnitsOfTheData(t *testing.T) {
	var b strings.Builder
	b.WriteString("x,y,a,b\n")
	for i := range 50 {
		fmt.Fprintf(&b, "%d,%d,%d,%v\n", i, i%7, 1000+i, float64(i)/1e6)
	}
	tr, m := trained(t, numbersTOML, b.String())
	e, err := predict.Evaluate(context.Background(), m, strings.NewReader(b.String()), predict.Options{Name: "new.csv"})
	if err != nil || e.Classes != nil || e.Confusion != nil {
		t.Fatalf("%+v, %v", e, err)
	}
	part := tr.Data().Train
	out := tr.Outputs(part.X)
	sum := 0.0
	for i, v := range out.Data[:2*out.Rows] {
		sum += math.Abs(tr.Data().RawTarget(i%2, v) - tr.Data().RawTarget(i%2, part.Values.Data[i]))
	}
	for _, s := range e.Scores {
		if s.Name == "mae" && math.Abs(s.Value-sum/100) > 1e-9 {
			t.Errorf("mae is %v, want %v", s.Value, sum/100)
		}
	}
}

// A table as it is written in Europe, with dates, words for no and yes, and missing values.
func TestATableIsReadAgainAsItWasInTraining(t *testing.T) {
	var b strings.Builder
	b.WriteString("day;size;on;town;price\n")
	for i := range 90 {
		size := strings.Replace(fmt.Sprintf("%.2f", float64(i)*1.37), ".", ",", 1)
		if i%11 == 3 {
			size = ""
		}
		fmt.Fprintf(&b, "%02d.%02d.2024;%s;%s;%s;%d,5\n", i%28+1, i%12+1, size, []string{"ja", "nein"}[i%2], []string{"Köln", "Bonn", "Wien"}[i%3], i)
	}
	tr, m := trained(t, `
[data]
file = "data.csv"
target = ["price"]
standardize = true
standardize_target = true
missing = "median"
[model]
hidden = [6]
activation = "tanh"
[loss]
name = "mse"
`, b.String())
	got, _, err := answers(t, m, b.String(), predict.Options{})
	if err != nil || len(got) != 91 {
		t.Fatalf("%d lines, %v", len(got), err)
	}
	out := tr.Outputs(tr.Data().Train.X)
	for r := range out.Rows {
		if want := fmt.Sprint(tr.Data().RawTarget(0, out.Data[r])); got[r+1] != want {
			t.Fatalf("row %d: %s, want %s", r, got[r+1], want)
		}
	}
}

func TestImagesAreAnswered(t *testing.T) {
	// An IDX file of three 2×2 images of bytes, and its labels.
	images := "\x00\x00\x08\x03\x00\x00\x00\x03\x00\x00\x00\x02\x00\x00\x00\x02" + "\x00\xff\x10\x20" + "\xff\x00\x30\x40" + "\x80\x80\x80\x80"
	labels := "\x00\x00\x08\x01\x00\x00\x00\x03\x00\x01\x00"
	r, err := presets.Decode("test.toml", []byte("[data]\nfile = \"i.idx\"\nlabels = \"l.idx\"\nstandardize = true\n[model]\nlayers = [4, 3, 2]\nactivation = \"relu\"\n[loss]\nname = \"cross-entropy\"\n[train]\nbatch = 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	tr, err := core.New(r, files{content: map[string]string{"i.idx": images, "l.idx": labels}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Of(tr, "v1")
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := answers(t, m, images, predict.Options{Probabilities: true})
	if err != nil || len(got) != 4 || got[0] != "0,1" {
		t.Fatalf("%v, %v", got, err)
	}
	out := tr.Outputs(tr.Data().Train.X)
	net, _ := m.Network(false)
	net.Probabilities(out)
	for r := range 3 {
		if want := fmt.Sprintf("%v,%v", out.Data[2*r], out.Data[2*r+1]); got[r+1] != want {
			t.Errorf("row %d: %s, want %s", r, got[r+1], want)
		}
	}
	e, err := predict.Evaluate(context.Background(), m, strings.NewReader(images), predict.Options{Name: "i.idx", LabelsName: "l.idx", Labels: []byte(labels)})
	if err != nil || e.Rows != 3 {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := predict.Evaluate(context.Background(), m, strings.NewReader(images), predict.Options{Name: "i.idx"}); err == nil || !strings.Contains(err.Error(), "--labels") {
		t.Errorf("without labels: %v", err)
	}
}
