package live

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/disk"
	"descent/session/export"
	"descent/session/sessiontest"
)

// The weights of an earlier step are saved as a run to that step has them, and the
// session stays where it is.
func TestAnEarlierStepIsSavedFromACopy(t *testing.T) {
	s, _ := logged(t, moons(t))
	r := Run(s, true)
	defer r.Close()
	await(t, r, "some steps", func(f *Frame) bool { return f.Step > 400 })
	_ = r.Play(false).Wait()
	_ = r.Set("optimizer.lr", knob.Num(0.5)).Wait()
	at := r.Frame().Step
	dir := t.TempDir()
	encode := func(recipe.Recipe, string) ([]byte, error) { return []byte("preset"), nil }
	if err := r.SaveStep(101, filepath.Join(dir, "best"), encode).Wait(); err != nil {
		t.Fatal(err)
	}
	if f := r.Frame(); f.Step != at || f.Progress != (Progress{}) {
		t.Errorf("it stands at step %d instead of %d", f.Step, at)
	}
	tr := sessiontest.Trainer(t, moons(t))
	for range 101 {
		tr.Step()
	}
	if err := export.Save(disk.Machine{}, tr, filepath.Join(dir, "straight"), encode); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "best.safetensors"))
	want, err2 := os.ReadFile(filepath.Join(dir, "straight.safetensors"))
	if err != nil || err2 != nil || !bytes.Equal(got, want) {
		t.Errorf("the weights differ (%v, %v)", err, err2)
	}
	if err := r.SaveStep(at+1000, filepath.Join(dir, "never"), encode).Wait(); err == nil {
		t.Error("a step that was never trained is saved")
	}
}
