package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"descent/core/knob"
	"descent/core/recipe"
)

// lived is the log of a short session with branches, and how long its head is.
func lived(t testing.TB, ended bool) (content []byte, head int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.jsonl")
	r := recipe.New()
	r.Name = "moons"
	l, err := Create(path, NewHeader(r, nil), false)
	if err != nil {
		t.Fatal(err)
	}
	put := func(branch BranchID, step int, c Command) {
		if err := l.Append(Entry{Branch: branch, Step: step, Actor: "user", Command: c}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 4 {
		put(0, 4+3*i, SetKnob("optimizer.lr", knob.Num(0.1+float64(i))))
	}
	put(0, 13, Command{Seek: &Seek{Step: 12, Decisions: 3, Undo: true}})
	put(1, 13, Command{Fork: &Fork{Parent: 0, Step: 12, Inherit: 3}})
	if ended {
		put(1, 15, Command{End: &End{Step: 14, Decisions: 3, Hash: "00"}})
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	content, err = os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content, bytes.IndexByte(content, '\n') + 1
}

// shelved are so many sessions under a state directory of the test, a minute
// apart; the last one has the largest number. It returns their folder.
func shelved(t testing.TB, n int, content []byte) string {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	dir, err := sessionsDir()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		put(t, filepath.Join(dir, fmt.Sprintf("s%05d.jsonl", i)), content, time.Duration(n-i)*time.Minute)
	}
	return dir
}

// put writes a file that is dated so long ago.
func put(t testing.TB, path string, content []byte, ago time.Duration) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-ago)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func TestManySessionsAreListedAndThinned(t *testing.T) {
	content, _ := lived(t, true)
	dir := shelved(t, 600, content)
	running, err := Acquire(filepath.Join(dir, "s00003.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer running.Release()
	all, err := List()
	if err != nil || len(all) != 600 {
		t.Fatalf("%d sessions, %v", len(all), err)
	}
	if k := all[0]; k.Name != "s00599" || k.State != "ended" || k.Branches != 2 || k.Decisions != 4 || k.Preset != "moons" || k.Step != 14 || k.Bytes != int64(len(content)) {
		t.Errorf("the last is %+v", k)
	}
	if k := all[596]; k.Name != "s00003" || k.State != "running" {
		t.Errorf("the one that runs is %+v", k)
	}
	if path, notes, err := Latest(); filepath.Base(path) != "s00599.jsonl" || notes != nil || err != nil {
		t.Errorf("the last is %s, %v, %v", path, notes, err)
	}
	removed, left, err := Retain(20)
	if err != nil || removed != 579 || left != 21 {
		t.Errorf("removed %d, left %d, %v", removed, left, err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 22 { // the sessions, and the lock of one
		t.Errorf("%d files are left, %v", len(files), err)
	}
}

// Listing takes no lock of a session that has none.
func TestListingLeavesTheFolderAsItIs(t *testing.T) {
	content, _ := lived(t, true)
	dir := shelved(t, 3, content)
	if err := os.WriteFile(filepath.Join(dir, "s00001.jsonl.lock"), []byte("1\n"), 0o644); err != nil { // of one that was killed
		t.Fatal(err)
	}
	if all, err := List(); err != nil || all[1].State != "ended" {
		t.Fatalf("%+v, %v", all, err)
	}
	before, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := List(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(dir); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("the folder was changed at %v, before at %v (%v)", after.ModTime(), before.ModTime(), err)
	}
}

func TestWhatCannotBeReadIsNamedAndPassedOver(t *testing.T) {
	content, head := lived(t, false)
	dir := shelved(t, 2, content)
	flipped := flipped(content, head/2)
	for name, bad := range map[string][]byte{"empty": nil, "torn": content[:head-5], "flipped": flipped, "other": []byte("hello\nworld\n")} {
		put(t, filepath.Join(dir, name+".jsonl"), bad, 0)
	}
	if err := os.Mkdir(filepath.Join(dir, "folder.jsonl"), 0o755); err != nil {
		t.Fatal(err)
	}
	path, notes, err := Latest()
	if err != nil || filepath.Base(path) != "s00001.jsonl" || len(notes) != 5 {
		t.Fatalf("%s, %q, %v", path, notes, err)
	}
	for name, want := range map[string]string{"empty": "it is empty", "torn": "no complete first line", "other": "not a log of descent", "folder": "not a regular file"} {
		if said := strings.Join(notes, "\n"); !strings.Contains(said, name+".jsonl is skipped: ") || !strings.Contains(said, want) {
			t.Errorf("of %s nothing like %q in\n%s", name, want, said)
		}
	}
	all, err := List()
	if err != nil || len(all) != 7 {
		t.Fatalf("%d sessions, %v", len(all), err)
	}
	for _, k := range all {
		if sound := strings.HasPrefix(k.Name, "s0"); sound != (k.State == "cut off") || k.State == "" {
			t.Errorf("%s: %q", k.Name, k.State)
		}
	}
	for _, name := range []string{"s00000", "s00001"} {
		if err := Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	if _, notes, err := Latest(); err == nil || len(notes) != 5 || !strings.Contains(err.Error(), "no readable session") {
		t.Errorf("without a sound one: %v, %v", notes, err)
	}
}

// A log that is dated in the future counts as of when it began.
func TestADateInTheFutureDoesNotWin(t *testing.T) {
	old, _ := lived(t, true)
	time.Sleep(10 * time.Millisecond) // what follows begins later
	later, _ := lived(t, true)
	dir := shelved(t, 0, nil)
	put(t, filepath.Join(dir, "future.jsonl"), old, -24*time.Hour)
	put(t, filepath.Join(dir, "last.jsonl"), later, 0)
	path, notes, err := Latest()
	if err != nil || filepath.Base(path) != "last.jsonl" || len(notes) != 1 || !strings.Contains(notes[0], "in the future") {
		t.Errorf("%s, %q, %v", path, notes, err)
	}
	all, err := List()
	if err != nil || all[0].Name != "last" || all[1].Future == "" || all[1].Modified > all[0].Modified || all[0].Future != "" {
		t.Errorf("%+v, %v", all, err)
	}
}

// What a list says of a log is what reading it whole says.
func TestALogThatIsSkimmedIsTheOneThatIsRead(t *testing.T) {
	content, head := lived(t, true)
	open, _ := lived(t, false)
	second := head + bytes.IndexByte(content[head:], '\n') + 1
	logs := map[string][]byte{
		"whole": content, "open": open, "head": content[:head], "torn": content[:len(content)-3], "half": content[:second-4],
		"damaged": flipped(content, second+20), "no line": content[:head-1], "unsealed": sums.ReplaceAll(content, []byte("}")),
		"impossible": append(bytes.Clone(content), `{"branch":7,"step":3,"set":{"path":"optimizer.lr","value":1}}`+"\n"...),
	}
	var known headers
	for name, b := range logs {
		rec, err := Parse(name, bytes.NewReader(b))
		got, preset, failed := skim(name, b, &known)
		if fmt.Sprint(err) != fmt.Sprint(failed) {
			t.Errorf("%s: %v, want %v", name, failed, err)
		}
		if err != nil {
			continue
		}
		end, step, err := rec.ended()
		gotEnd, gotStep, failed := got.ended()
		if fmt.Sprint(err) != fmt.Sprint(failed) || gotStep != step || (end == nil) != (gotEnd == nil) || preset != rec.Header.Recipe.Name || len(got.Entries) != len(rec.Entries) {
			t.Errorf("%s: %d entries, step %d, %v; want %d, step %d, %v", name, len(got.Entries), gotStep, failed, len(rec.Entries), step, err)
		}
	}
}

// BenchmarkSessions lists ten thousand sessions, finds the last one, and removes
// all but twenty.
func BenchmarkSessions(b *testing.B) {
	content, _ := lived(b, true)
	var list, latest, keep time.Duration
	for range b.N {
		shelved(b, 10_000, content)
		timed := func(sum *time.Duration, do func() error) {
			start := time.Now()
			if err := do(); err != nil {
				b.Fatal(err)
			}
			*sum += time.Since(start)
		}
		timed(&list, func() error { _, err := List(); return err })
		timed(&latest, func() error { _, _, err := Latest(); return err })
		timed(&keep, func() error { _, _, err := Retain(20); return err })
	}
	for name, sum := range map[string]time.Duration{"list-ms": list, "latest-ms": latest, "keep-ms": keep} {
		b.ReportMetric(float64(sum.Milliseconds())/float64(b.N), name)
	}
}

// sums are the checksums at the ends of a log's lines.
var sums = regexp.MustCompile(`,"sum":"[0-9a-f]{8}"}`)

func flipped(b []byte, at int) []byte {
	out := bytes.Clone(b)
	out[at] ^= 1
	return out
}
