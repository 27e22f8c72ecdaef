package draft_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/presets"
	"descent/presets/draft"
)

// passengers is a table as people have them: a row number, names with commas, and ages
// that are missing.
func passengers() string {
	var b strings.Builder
	b.WriteString("PassengerId,Survived,Pclass,Name,Sex,Age,Fare,Embarked,Ship\n")
	for i := range 60 {
		age := fmt.Sprint(20 + i%40)
		if i%5 == 0 {
			age = ""
		}
		fmt.Fprintf(&b, "%d,%d,%d,\"Doe, Mr. %c%d\",%s,%s,%.2f,%c,Titanic\n", i+1, i%2, 1+i%3, 'A'+i%26, i, []string{"male", "female"}[i%2], age, float64(i)*1.5, "SCQ"[i%3])
	}
	return b.String()
}

func of(t *testing.T, name, content string, o draft.Options) *draft.Draft {
	t.Helper()
	d, err := draft.Of(name, []byte(content), nil, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func column(t *testing.T, d *draft.Draft, name string) draft.Column {
	t.Helper()
	i := slices.IndexFunc(d.Columns, func(c draft.Column) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("there is no column %s", name)
	}
	return d.Columns[i]
}

// pandas writes its index as a first column without a name.
func TestAnIndexWithoutANameIsLeftOutAndSaidToBe(t *testing.T) {
	var b strings.Builder
	b.WriteString(",x,y\n")
	for i := range 40 {
		fmt.Fprintf(&b, "%d,%d.5,%d.25\n", i, i*i%7, i*i%11)
	}
	d := of(t, "d.csv", b.String(), draft.Options{})
	said := strings.Join(append(slices.Clone(d.Assumed), d.Notes...), "\n")
	if column(t, d, "").Role != draft.Ignored || !strings.Contains(said, "left out: column 1 (it numbers the rows)") || strings.Contains(said, "like the others") {
		t.Errorf("%s", said)
	}
}

func TestColumnsAreTakenForWhatTheyAre(t *testing.T) {
	d := of(t, "titanic.csv", passengers(), draft.Options{})
	for name, want := range map[string]struct {
		role   draft.Role
		kind   draft.Kind
		inputs int
		note   string
	}{
		"PassengerId": {draft.Ignored, draft.Integer, 0, "it numbers the rows"},
		"Survived":    {draft.Target, draft.Category, 1, "by its name; 2 integers are taken for classes"},
		"Pclass":      {draft.Input, draft.Integer, 1, "3 integers: categories?"},
		"Name":        {draft.Ignored, draft.Text, 0, "every value differs: a name or a key"},
		"Sex":         {draft.Input, draft.Category, 2, ""},
		"Age":         {draft.Input, draft.Integer, 2, ""},
		"Fare":        {draft.Input, draft.Number, 1, ""},
		"Embarked":    {draft.Input, draft.Category, 3, ""},
		"Ship":        {draft.Ignored, draft.Category, 0, "every row holds Titanic"},
	} {
		c := column(t, d, name)
		if c.Role != want.role || c.Kind != want.kind || c.Inputs != want.inputs || c.Note != want.note {
			t.Errorf("%s is %s, %s, %d inputs, %q", name, c.Role, c.Kind, c.Inputs, c.Note)
		}
	}
	if age := column(t, d, "Age"); age.Missing != 12 || age.Min != 21 || age.Max != 59 {
		t.Errorf("Age: %+v", age)
	}
	if d.Task != draft.TwoClasses || d.Recipe.Data.Missing == "refuse" {
		t.Errorf("%s, missing values: %s", d.Task, d.Recipe.Data.Missing)
	}
}

func TestTheTargetIsFoundOrTold(t *testing.T) {
	for _, c := range []struct {
		header, target string
		o              draft.Options
		task           draft.Task
	}{
		{"a,b,c", "c", draft.Options{}, draft.Regression},
		{"a,y,c", "y", draft.Options{}, draft.Regression},
		{"Price,b,c", "Price", draft.Options{}, draft.Regression},
		{"a,b,c", "b", draft.Options{Target: []string{"b"}}, draft.Regression},
	} {
		content := c.header + "\n"
		for i := range 20 {
			content += fmt.Sprintf("%d.5,%d.25,%d.75\n", i*i, 7*i%11, i%7)
		}
		d := of(t, "t.csv", content, c.o)
		if got := column(t, d, c.target); got.Role != draft.Target || d.Task != c.task {
			t.Errorf("%s: %s is %s, %s", c.header, c.target, got.Role, d.Task)
		}
	}
	for _, c := range []struct {
		content string
		o       draft.Options
		want    string
	}{
		{"a,b\n1,2\n", draft.Options{Target: []string{"bb"}}, `t.csv: there is no column "bb"; did you mean "b"?`},
		{"a,b\n1,2\n", draft.Options{}, "t.csv: there is one row only; a part of the rows is learned from and a part held out, so there have to be more"},
		{"a,b\n", draft.Options{}, "t.csv: there are no rows below the line of names; a part of the rows is learned from and a part held out, so there have to be more"},
		{"a,,y\n1,,0\n1,,1\n1,,0\n", draft.Options{}, "t.csv: there is no column left to predict y from: left out are a (every row holds 1), column 2 (it holds no value); --use takes one nevertheless"},
	} {
		if _, err := draft.Of("t.csv", []byte(c.content), nil, c.o); err == nil || err.Error() != c.want {
			t.Errorf("%v", err)
		}
	}
}

// What is written is read back as the recipe, and trains.
func TestTheRecipeIsReadBackAndTrains(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "some table.csv")
	for name, content := range map[string]string{
		"passengers": passengers(),
		"numbers":    "a,b,price\n1,2,3.5\n2,3,4.5\n3,1,9.25\n4,4,1\n5,0,2\n6,2,2.5\n",
		"semicolons": "a;b;art\n1;2;rot\n2;3;blau\n3;1;rot\n4;4;grün\n5;0;blau\n6;2;rot\n",
		"hostile":    "a,\"b\x1b[31m\",y\n1,u,1.5\n2,v,2\n3,u,3\n4,v,9\n",
	} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		d := of(t, path, content, draft.Options{})
		text, err := d.TOML(dir)
		if err != nil {
			t.Fatal(err)
		}
		back, err := presets.Decode(filepath.Join(dir, "x.toml"), text)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
		if back.Data.File != path || !slices.Equal(back.Data.Target, d.Recipe.Data.Target) || !slices.Equal(back.Model.Hidden, d.Recipe.Model.Hidden) {
			t.Errorf("%s: %+v\n%s", name, back.Data, text)
		}
		trainer, err := core.New(back, presets.Files{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		trainer.Advance()
		if !trainer.Finite() {
			t.Errorf("%s: not finite", name)
		}
	}
}

func TestDataIsToldFromPresetsAndLogs(t *testing.T) {
	for _, c := range []struct {
		name, head string
		want       bool
	}{
		{"a.csv", "", true},
		{"a", "x,y\n1,2\n", true},
		{"a", "x\ty\n1\t2\n", true},
		{"a", "\x93NUMPY\x01", true},
		{"a", "\x00\x00\x08\x03", true},
		{"a.toml", "x,y\n1,2\n", false},
		{"a", "seed = 1\ndata.only = [\"a\", \"b\"]\n", false},
		{"a", "# notes, and more\nx = 1\n", false},
		{"a", "{\"descent\":1,\n\n", false},
		{"a", "hello\n", false},
		{"a", "hello world\nand more\n", false},
		{"a", "a b  y\n1 2  0\n", true},
		{"a", "# made by hand\n\na,b,y\n1,2,0\n", true},
		{"a", "# a preset, with a title\n[data]\nset = \"moons\"\n", false},
		{"a", "a,b,y\r1,2,0\r", true},
		{"a", "<!DOCTYPE html>, you see\n<html>\n", false},
	} {
		if got := draft.Is(c.name, []byte(c.head)); got != c.want {
			t.Errorf("%s, %q: %v", c.name, c.head, got)
		}
	}
}

// What the table of columns says that columns become is what they become.
func TestColumnsBecomeWhatIsSaid(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"passengers": passengers(),
		"words":      "flag,size,y\nyes,S,1.5\nno,M,2\nyes,L,3\nno,,2.5\nyes,S,1\n",
		"classes":    "a,kind\n1,u\n2,v\n3,w\n4,u\n5,v\n6,w\n",
	} {
		path := filepath.Join(dir, name+".csv")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, o := range []draft.Options{{}, {Missing: "indicator"}, {Missing: "mode"}} {
			d := of(t, path, content, o)
			in, out := 0, 0
			for _, c := range d.Columns {
				switch c.Role {
				case draft.Input:
					in += c.Inputs
				case draft.Target:
					out += c.Inputs
				}
			}
			trainer, err := core.New(d.Recipe, presets.Files{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			n, _ := trainer.Network()
			if m := n.Model(); m.In() != in || m.Out() != out {
				t.Errorf("%s, %q: %d inputs and %d outputs, not %d and %d: %v", name, o.Missing, m.In(), m.Out(), in, out, trainer.Data().Inputs)
			}
		}
	}
}

func TestARecipeKeepsWhatDoesNotHangOnColumns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "titanic.csv")
	base := of(t, path, passengers(), draft.Options{}).Recipe
	base.Seed, base.Model.Hidden, base.Model.Layers = 7, nil, []int{9, 5, 1}
	if err := base.Set("optimizer.lr", knob.Num(0.25)); err != nil {
		t.Fatal(err)
	}
	d := of(t, path, passengers(), draft.Options{Base: &base, Target: []string{"Fare"}, Ignore: []string{"Sex"}, Missing: "mode"})
	r := d.Recipe
	lr, _ := r.Find("optimizer.lr")
	loss, _ := r.Find("loss.name")
	if r.Seed != 7 || !slices.Equal(r.Model.Hidden, []int{5}) || lr.Value.Num() != 0.25 || loss.Value.Word() != "mse" || r.Data.Missing != "mode" || !slices.Contains(r.Data.Ignore, "Sex") || !r.Data.StandardizeTarget {
		t.Errorf("seed %d, hidden %v, rate %v, loss %s, missing %s, ignored %v", r.Seed, r.Model.Hidden, lr.Value, loss.Value.Word(), r.Data.Missing, r.Data.Ignore)
	}
	if base.Model.Layers == nil || len(base.Data.Target) != 1 || base.Data.Target[0] != "Survived" {
		t.Error("the recipe that it was made from has changed")
	}
}
