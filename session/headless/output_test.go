package headless

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/core/nn"
	"descent/core/recipe"
	"descent/session/disk"
)

func TestOutputsNeverOverwriteInputsOrStrangersFiles(t *testing.T) {
	dir := t.TempDir()
	put := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	csv, preset, teacher := put("d.csv", "a,y\n1,2\n"), put("p.toml", "seed = 1\n"), put("t.toml", "seed = 2\n")
	link, hard := filepath.Join(dir, "link"), filepath.Join(dir, "hard")
	if err := os.Symlink(csv, link); err != nil {
		t.Skip(err)
	}
	if err := os.Link(csv, hard); err != nil {
		t.Skip(err)
	}
	loose := filepath.Join(dir, "loose")
	if err := os.Symlink(filepath.Join(dir, "nothing"), loose); err != nil {
		t.Fatal(err)
	}
	own := string(nn.EncodeWeights(nil, nil, knob.Buffer{Name: "0.weight", Data: []float64{1, 2}}))
	metrics, log, weights, empty := put("m", `{"step":1,"loss":2}`+"\n"), put("l", `{"descent":1,"arch":"amd64"}`+"\n"), put("w", own), put("e", "")
	notes, torch := put("notes.txt", "mine\n"), put("torch.safetensors", strings.Replace(own, "F64", "F32", 1))
	none := filepath.Join(dir, "none")

	lesson := recipe.New()
	lesson.Data.File = notes
	r := recipe.New()
	r.Data.File, r.Model.Weights = csv, weights
	held, heldLabels := filepath.Join(dir, "held"), filepath.Join(dir, "held labels")
	r.Data.ValidationFile, r.Data.ValidationLabels = held, heldLabels
	r.Teacher.Pretraining = recipe.Pretraining{Preset: teacher, Recipe: &lesson}

	const reads = "this file is an input of the run"
	for _, c := range []struct {
		name   string
		o      Options
		want   string // "" for none
		forced string
	}{
		{"nothing there", Options{Metrics: none}, "", ""},
		{"standard output", Options{Metrics: "-"}, "", ""},
		{"a device", Options{Metrics: "/dev/null", Log: "-"}, "", ""},
		{"a device for two", Options{Metrics: "/dev/null", WeightsOut: "/dev/null"}, "", ""},
		{"earlier metrics", Options{Metrics: metrics}, "", ""},
		{"an earlier log", Options{Log: log}, "", ""},
		{"an empty file", Options{WeightsOut: empty}, "", ""},
		{"data", Options{Metrics: csv}, reads, reads},
		{"a symbolic link to data", Options{Log: link}, reads, reads},
		{"a hard link to data", Options{WeightsOut: hard}, reads, reads},
		{"data by another name", Options{CompactOut: dir + "/./x/../d.csv"}, reads, reads},
		{"the preset", Options{Metrics: preset}, reads, reads},
		{"the weights to start from", Options{WeightsOut: weights}, reads, reads},
		{"the teacher's preset", Options{Metrics: teacher}, reads, reads},
		{"the teacher's data", Options{Metrics: notes}, reads, reads},
		{"a stranger's weights", Options{WeightsOut: torch}, "does not contain weights written by descent; give another name, or --force to overwrite it", ""},
		{"a log for metrics", Options{Metrics: log}, "does not contain metrics written by descent", ""},
		{"metrics for a log", Options{Log: metrics}, "does not contain a log written by descent", ""},
		{"a link to nothing", Options{Metrics: loose}, "it is a dangling symbolic link", ""},
		{"the lock of the log", Options{Log: none, Metrics: none + ".lock"}, "beside the log", "beside the log"},
		{"the state of the log", Options{Log: none, WeightsOut: none + ".state"}, "beside the log", "beside the log"},
		{"rows to validate with", Options{Log: held}, reads, reads},
		{"the labels of those", Options{Metrics: heldLabels}, reads, reads},
		{"two of one name", Options{Metrics: none, WeightsOut: none}, "is given twice", "is given twice"},
		{"two of one file", Options{Metrics: none, Log: filepath.Join(dir, ".", "x", "..", "none")}, "is given twice", "is given twice"},
	} {
		c.o.Inputs = []string{preset}
		for _, force := range []bool{false, true} {
			c.o.Force = force
			got, want := "", c.want
			if force {
				want = c.forced
			}
			if err := c.o.checkOutputs(r); err != nil {
				got = err.Error()
			}
			if (want == "") != (got == "") || !strings.Contains(got, want) {
				t.Errorf("%s, forced: %v: %q, want %q", c.name, force, got, want)
			}
		}
	}
	r.Model.Weights = ""
	o := Options{WeightsOut: weights}
	if err := o.checkOutputs(r); err != nil {
		t.Errorf("earlier weights: %v", err)
	}
}

func TestWhatIsWrittenFollowsTheUmaskAndKeepsLinks(t *testing.T) {
	dir := t.TempDir()
	made := filepath.Join(dir, "made")
	if err := os.WriteFile(made, nil, 0o666); err != nil { // as the umask has it
		t.Fatal(err)
	}
	like, err := os.Stat(made)
	if err != nil {
		t.Fatal(err)
	}
	path, link := filepath.Join(dir, "f"), filepath.Join(dir, "link")
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	for i, name := range []string{path, link} {
		if err := disk.WriteFile(disk.Machine{}, name, []byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != like.Mode() {
			t.Errorf("%v, want %v; %v", info.Mode(), like.Mode(), err)
		}
		if content, err := os.ReadFile(path); err != nil || content[0] != byte(i) {
			t.Errorf("%v, %v", content, err)
		}
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link became %v, %v", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := disk.WriteFile(disk.Machine{}, path, nil); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("what was private is %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("%v are left", left)
	}
}
