package study

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/core/search"
)

// finishedIn makes a study of eight trials, all of them done.
func finishedIn(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "s")
	s, err := Create(quick{}, dir, specOf(t, preset(t, "spiral"), "random", "asha", 8, "optimizer.lr=1e-5..1"), preset(t, "spiral"), nil)
	if err != nil {
		t.Fatal(err)
	}
	half := 5
	work(t, s, func() bool { half--; return half >= 0 })
	if err := s.Decide(Decision{Sampler: &Sampling{Name: "halton"}, Words: "halton"}); err != nil {
		t.Fatal(err)
	}
	pinned := Decision{Pin: &Pin{Trial: 1, On: true}}
	if err := s.Decide(pinned); err != nil {
		t.Fatal(err)
	}
	work(t, s, always)
	return dir
}

func TestDamagedFilesCostASentenceEach(t *testing.T) {
	const (
		torn    = "torn"
		foreign = "foreign"
		gone    = "gone"
	)
	for _, c := range []struct {
		file, how, says string
		failed          int // trials
	}{
		{"trials/000/000003.0.0.claim", torn, "what trial 3 was is not known, and it counts as failed", 1},
		{"trials/000/000003.0.0.claim", foreign, "what trial 3 was is not known, and it counts as failed", 1},
		{"trials/000/000003.0.0.claim", gone, "is missing: what trial 3 was is not known", 1},
		{"trials/000/000007.0.0.claim", gone, "", 0}, // the last: it is begun again
		{"trials/000/000003.0.result", torn, "it is damaged or not from descent", 0},
		{"trials/000/000003.0.result", foreign, "it is damaged or not from descent", 0},
		{"trials/000/000003.0.result", gone, "", 0},
		{"fresh/000000.1.0.claim", torn, "it is damaged or not from descent", 0},
		{"fresh/000000.1.result", torn, "it is damaged or not from descent", 0},
		{"fresh/000000.1.result", gone, "", 0},
		{"decisions/000001.json", torn, "it is damaged or not from descent", 0},
		{"decisions/000001.json", gone, "000001.json is missing: the decision is not in force", 0},
	} {
		t.Run(c.file+" "+c.how, func(t *testing.T) {
			dir := finishedIn(t)
			path := filepath.Join(dir, c.file)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			switch c.how {
			case torn:
				err = os.WriteFile(path, b[:len(b)/2], 0o666)
			case foreign: // whole, and of another trial
				other, e := os.ReadFile(filepath.Join(dir, strings.Replace(c.file, "3.0", "4.0", 1)))
				if e != nil {
					t.Fatal(e)
				}
				err = os.WriteFile(path, other, 0o666)
			case gone:
				err = os.Remove(path)
			}
			if err != nil {
				t.Fatal(err)
			}
			s, err := Open(quick{}, dir)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(s.Reading().Notes, "\n"); !strings.Contains(got, c.says) || strings.Count(got, "\n") > 0 || c.says == "" && got != "" {
				t.Errorf("it says %q, not %q", got, c.says)
			}
			work(t, s, always)
			if s, err = Open(quick{}, dir); err != nil {
				t.Fatal(err)
			}
			r := s.Reading()
			if !r.Over || r.Counts.Total != 8 || r.Counts.Failed != c.failed || r.Counts.Running != 0 {
				t.Errorf("%+v, over %v", r.Counts, r.Over)
			}
			for n, tr := range r.Trials {
				if tr.State != search.Failed && len(tr.Values) != 1 {
					t.Errorf("trial %d has the values %v", n, tr.Values)
				}
			}
		})
	}
}

func TestAStudyThatIsNotWholeIsRefused(t *testing.T) {
	dir := finishedIn(t)
	toml, recipe := filepath.Join(dir, specFile), filepath.Join(dir, recipeFile)
	whole := map[string][]byte{}
	for _, path := range []string{toml, recipe} {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		whole[path] = b
	}
	for _, c := range []struct {
		path, content, says string
	}{
		{toml, "title = \"x\"\n", "it is not the file of a study: descent_study is missing"},
		{toml, strings.Replace(string(whole[toml]), "descent_study = 1", "descent_study = 7", 1), "a later release of descent"},
		{toml, string(whole[toml][:200]), "study.toml: "},
		{toml, strings.Replace(string(whole[toml]), "trials = 8", "trials = -8", 1), "trials is at least 0, not -8"},
		{toml, "", "holds no study"},
		{recipe, string(whole[recipe][:100]), "it is damaged or not from descent"},
		{recipe, strings.Replace(string(whole[recipe]), "600", "601", 1), "recipe.json beside it is not the one"},
		{recipe, "", "there is no recipe.json"},
	} {
		var err error
		if c.content == "" {
			err = os.Remove(c.path)
		} else {
			err = os.WriteFile(c.path, []byte(c.content), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(quick{}, dir); err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("it says %v, not %q", err, c.says)
		}
		if err := os.WriteFile(c.path, whole[c.path], 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Create(quick{}, dir, specOf(t, preset(t, "spiral"), "random", "none", 1, "optimizer.lr=1e-5..1"), preset(t, "spiral"), nil); err == nil || !strings.Contains(err.Error(), "holds a study already") {
		t.Error(err)
	}
}

func TestAFolderThatWasCopiedOpensThere(t *testing.T) {
	dir := finishedIn(t)
	s, err := Open(quick{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	there := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(there, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	c, err := Open(quick{}, there)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := s.Reading(), c.Reading(); a.Counts != b.Counts || a.Best != b.Best || !b.Over {
		t.Errorf("%+v, %+v", a.Counts, b.Counts)
	}
	many := 12
	if err := c.Decide(Decision{Trials: &many}); err != nil {
		t.Fatal(err)
	}
	work(t, c, always)
	if got := c.Reading().Counts.Total; got != 12 {
		t.Errorf("%d trials", got)
	}
}

func TestAFolderThatCannotBeWrittenCanBeRead(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root writes anywhere")
	}
	dir := finishedIn(t)
	sub := []string{"", decisionsDir, workersDir, trialsDir, freshDir}
	for _, name := range sub {
		if err := os.Chmod(filepath.Join(dir, name), 0o555); err != nil {
			t.Fatal(err)
		}
	}
	defer func() {
		for _, name := range sub {
			_ = os.Chmod(filepath.Join(dir, name), 0o755)
		}
	}()
	s, err := Open(quick{}, dir)
	if err != nil || s.Reading().Counts.Total != 8 {
		t.Fatal(err)
	}
	if _, err := s.Register(""); err == nil || !strings.Contains(err.Error(), "cannot be written: permission denied") {
		t.Error(err)
	}
	if err := s.Decide(Decision{Pin: &Pin{Trial: 0, On: true}}); err == nil || !strings.Contains(err.Error(), "cannot be written: permission denied") {
		t.Error(err)
	}
}

func TestSlotsAndProcessesTellWhoIsDead(t *testing.T) {
	dir := finishedIn(t)
	s, err := Open(quick{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	many := 20
	if err := s.Decide(Decision{Trials: &many}); err != nil {
		t.Fatal(err)
	}
	a, err := s.Register("task 1")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	c, _, _, err := a.Next()
	if err != nil {
		t.Fatal(err)
	}
	other, err := Open(quick{}, dir) // as another process would
	if err != nil {
		t.Fatal(err)
	}
	if other.dead(a.ID()) {
		t.Error("a worker that lives is dead")
	}
	b, err := other.Register("task 1")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	again, _, _, err := b.Next()
	if err != nil || again.Job != c.Job || again.Attempt != 1 || !again.Point.Equal(c.Point) {
		t.Errorf("%+v was not taken over: %+v, %v", c, again, err)
	}
	for _, w := range []struct {
		of   worker
		dead bool
	}{
		{worker{Worker: Worker{Machine: machine(), PID: os.Getpid()}}, true},       // an earlier process with our number
		{worker{Worker: Worker{Machine: machine(), PID: os.Getppid()}}, false},     // which lives
		{worker{Worker: Worker{Machine: machine(), PID: 1 << 30}}, true},           // there is none
		{worker{Worker: Worker{Machine: "another", PID: 1 << 30}}, false},          // nothing is known of it
		{worker{Worker: Worker{Machine: "another"}, silent: lease + 1}, true},      // silent
		{worker{Worker: Worker{Machine: "another", Slot: "task 1"}}, true},         // others have had its task since
		{worker{Worker: Worker{Machine: "another", Slot: "task 2"}}, false},        // nobody has
		{worker{Worker: Worker{Machine: "another", Slot: ""}, closed: true}, true}, // ended
	} {
		other.workers["x"] = &w.of
		if got := other.dead("x"); got != w.dead {
			t.Errorf("%+v: dead %v", w.of, got)
		}
	}
	if other.dead("nobody") || !other.dead("") {
		t.Error("a worker whose file was not listed yet is dead")
	}
}
