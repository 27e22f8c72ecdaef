package plain_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"descent/presets"
	"descent/session"
	"descent/session/live"
	"descent/tui"
	"descent/tui/internal/check"
	"descent/tui/plain"
)

// talk runs a script on a preset and returns what was said, and the runner.
func talk(t *testing.T, preset, script string) (said string, r *live.Runner, err error) {
	t.Helper()
	recipe, err := presets.Load(preset)
	if err != nil {
		t.Fatal(err)
	}
	tr, _, err := session.Open(recipe, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	r = live.Run(session.New(tr, nil), false)
	t.Cleanup(func() { _ = r.Close() })
	if err := r.SetPace(live.Unlimited).Wait(); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err = plain.Run(context.Background(), tui.NewDesk(r, presets.Encode, live.Studies(presets.Files{})), plain.Options{
		In: strings.NewReader(script), Script: true, Say: func(line string) { out.WriteString(line + "\n") },
	})
	return out.String(), r, err
}

func TestAScriptTrainsChangesAndGoesBack(t *testing.T) {
	said, r, err := talk(t, "moons", "# a comment\nstep 10\nset lr 1e-2\nlr x2\nstep 5\nbranch\nname mine\nstep 1\nundo\ngo-to 12 main\nstatus\nquit\nstep 100\n")
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, want := range []string{"step 10, loss ", "decided at step 10: lr 0.02", "step 15, loss", "step 12, loss"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
	if f := r.Frame(); f.Step != 12 {
		t.Errorf("it stands at step %d", f.Step)
	}
}

func TestAtTheEndOfTheInputWhatTrainsGoesOnToItsEnd(t *testing.T) {
	said, r, err := talk(t, "moons", "set train.steps 200\nplay\n")
	if err != nil {
		t.Fatal(err)
	}
	if f := r.Frame(); f.Playing || f.Step != 200 || !strings.Contains(said, "paused at step 200") {
		t.Errorf("it stands at step %d:\n%s", f.Step, said)
	}
}

func TestACommandThatFailsIsSaidAndCounts(t *testing.T) {
	said, _, err := talk(t, "moons", "stpe 10\nset lr -1\nset optimzer.lr 1\ngo-to nowhere\nsave\nredo\nzoom\nrace lr 1\nstatus\n")
	if err == nil || err.Error() != "8 commands failed" {
		t.Errorf("the error is %v\n%s", err, said)
	}
	for _, want := range []string{"did you mean step?", "did you mean optimizer.lr?", "is no step", "a file name is missing", "there is nothing to redo", "zoom needs the screen", "at least two values"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
}

func TestARaceByCommands(t *testing.T) {
	said, r, err := talk(t, "rosenbrock", "race optimizer.name sgd adam\nstep 5\nrace\nbranches\nshow timeline\nshow loss\n")
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if f := r.Frame(); f.Racing || len(f.Branches) < 3 || !strings.Contains(said, "2 race") {
		t.Errorf("there are %d branches:\n%s", len(f.Branches), said)
	}
}

func TestASearchByCommands(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	path := filepath.Join(t.TempDir(), "tuned.toml")
	said, r, err := talk(t, "moons", "step 3\ntune start lr=1e-3..1e-1 optimizer.name=sgd,adam trials=6 steps=20 workers=2 sampler=random\ntune wait\ntune\ntune table 3\ntune result\n"+
		"tune try optimizer.name=adam optimizer.lr=0.02\ntune wait\ntune adopt\nundo\ntune save 1 "+path+"\ntune over train.batch=8..64\ntune drop train.batch\ntune sampler tpe 0.5\ntune trials 7\ntune help\n")
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	f := r.Frame()
	if f.Step != 3 || f.Tuning == nil || len(f.Tuning.Study.Trials) != 7 || f.Tuning.Study.Plan.Sampler != "tpe" || f.Tuning.Study.Plan.Greed != 0.5 || len(f.Tuning.Study.Plan.Space.Axes) != 2 {
		t.Errorf("at step %d: %+v\n%s", f.Step, f.Tuning, said)
	}
	for _, want := range []string{"the search is over: trial", "6 of 6 trials done", "and 3 more", "to the bit", "saved " + path} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
	said, _, err = talk(t, "moons", "tune\ntune start lr=1..0.1\ntune start trials=x\ntune start lr=1e-3..1e-1 trials=2 steps=5 workers=1\ntune wait\ntune adopt 99\ntune sampler nothing\ntune nothing\ntune over x=1\n")
	if err == nil || err.Error() != "7 commands failed" {
		t.Errorf("the error is %v\n%s", err, said)
	}
}

func TestFilesAreWrittenOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.csv")
	said, _, err := talk(t, "moons", "step 2\ncurves "+path+"\ncurves "+path+"\nsave "+filepath.Join(t.TempDir(), "p")+"\n")
	if err == nil || !strings.Contains(said, "exists; give another name") || !strings.Contains(said, "saved ") {
		t.Errorf("%v:\n%s", err, said)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// Every command is listed and explained, and every action that needs no screen.
func TestHelpListsTheCommands(t *testing.T) {
	said, _, err := talk(t, "moons", "help\nhelp race\nhelp theme\nexplain adam\nknobs\nchoices optimizer.name\ndecisions\npace\npace 5s\n")
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for _, want := range []string{"set PATH VALUE: ", "undo", "rate-up: double", "next theme", "Kingma", "optimizer.lr = 0.005", "lion: ", "no decision yet", "the pace is 5 s a run"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said:\n%s", want, said)
		}
	}
}

// Whatever is typed, it is answered in words and nothing breaks.
func FuzzCommands(f *testing.F) {
	for _, script := range []string{
		"step 3\nset lr 1e-2\nlr x2\nundo\nredo\nstatus\n", "race optimizer.name sgd adam\nstep 2\nrace\nbranches\n", "go-to 1e999\ngo-to -1\ngo-to 50%\nname \x1b[2J\nbranch\nname " + check.Hostile + "\nbranches\n",
		"show loss\nshow timeline\nshow\nexplain adam\nexplain\nhelp\nhelp lr\n", "set\nset lr\nset lr=\nlr\nlr \xff\n=\n\x00\n", "step 99999999999999999999\nstep -1\nstep x\n", "save \nexport\nexport a.csv\nrate-up\nprune\nquantize\nrecover\nwhy\npalette\nzoom\nopen x\n", "knobs\nknobs o\nlog\nmeasure\n",
	} {
		f.Add(script)
	}
	f.Fuzz(func(t *testing.T, script string) {
		t.Chdir(t.TempDir())
		recipe, err := presets.Load("seed")
		if err != nil {
			t.Fatal(err)
		}
		tr, _, err := session.Open(recipe, presets.Files{})
		if err != nil {
			t.Fatal(err)
		}
		r := live.Run(session.New(tr, nil), false)
		ctx, stop := context.WithTimeout(context.Background(), 500*time.Millisecond)
		defer stop()
		err = plain.Run(ctx, tui.NewDesk(r, presets.Encode, live.Studies(presets.Files{})), plain.Options{In: strings.NewReader(script), Say: func(string) {}})
		if err != nil && !errors.Is(err, context.DeadlineExceeded) && !strings.Contains(err.Error(), "token too long") {
			t.Fatal(err)
		}
		if fatal := r.Frame().Fatal; fatal != nil {
			t.Fatal(fatal)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
