package main_test

import (
	"regexp"
	"strings"
	"testing"
)

// record runs digits with two decisions and leaves s.jsonl and m in a folder.
func record(t *testing.T) (dir, log string) {
	t.Helper()
	dir = t.TempDir()
	succeed(t, dir, "run", "digits", "--steps", "300", "--quiet", "--log", "s.jsonl", "--metrics", "m",
		"--at", "100:optimizer.name=rmsprop", "--at", "200:prune.sparsity=0.5", "--at", "200:quant.bits=4")
	return dir, read(t, dir, "s.jsonl")
}

func TestReplayMatchesBitForBit(t *testing.T) {
	dir, log := record(t)
	if n := strings.Count(log, "\n"); n != 5 {
		t.Errorf("the log has %d lines, want a header, three decisions and an end", n)
	}
	r := succeed(t, dir, "replay", "s.jsonl", "--metrics", "again", "--quiet")
	if !strings.Contains(r.err, "300 steps and 3 decisions") || !strings.Contains(r.err, "matched bit for bit") {
		t.Errorf("replay says %q", r.err)
	}
	same(t, dir, "m", "again")
}

func TestALogNeedsItsPresetNoMore(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "mine.toml", table)
	write(t, dir, "d.csv", rows)
	succeed(t, dir, "run", "mine.toml", "--steps", "9", "--quiet", "--log", "s.jsonl")
	write(t, dir, "mine.toml", "this is no preset any more")
	if r := succeed(t, dir, "replay", "s.jsonl", "--quiet"); !strings.Contains(r.err, "matched bit for bit") {
		t.Errorf("replay says %q", r.err)
	}
	write(t, dir, "d.csv", rows+"9,9,9\n")
	r := descent(t, dir, "replay", "s.jsonl", "--quiet")
	oneSentence(t, r.err)
	if r.code != 2 || !strings.Contains(r.err, "d.csv has changed") {
		t.Errorf("exit %d, %q; the data has changed", r.code, r.err)
	}
}

func TestADivergingRunFailsAndReplays(t *testing.T) {
	dir := t.TempDir()
	r := descent(t, dir, "run", "seed", "--set", "optimizer.lr=1000", "--quiet", "--log", "s.jsonl", "--metrics", "m")
	oneSentence(t, r.err)
	if r.code != 1 || !strings.Contains(r.err, "not finite") {
		t.Errorf("exit %d, %q; want 1 and the step that is not finite", r.code, r.err)
	}
	lines := metrics(t, read(t, dir, "m"))
	if last, ok := lines[len(lines)-1]["loss"].(string); !ok || last != "NaN" && last != "+Inf" {
		t.Errorf("the last loss is %v, want the string NaN or +Inf", lines[len(lines)-1]["loss"])
	}
	if r := succeed(t, dir, "replay", "s.jsonl", "--quiet", "--metrics", "again"); !strings.Contains(r.err, "matched bit for bit") {
		t.Errorf("replay says %q", r.err)
	}
	same(t, dir, "m", "again")
}

func TestATornLastLineIsLeftOut(t *testing.T) {
	dir, log := record(t)
	write(t, dir, "torn.jsonl", strings.TrimSuffix(log, "\n")[:len(log)-20])
	r := succeed(t, dir, "replay", "torn.jsonl", "--quiet")
	if !strings.Contains(r.err, "matched bit for bit") || !strings.Contains(r.err, "3 decisions") {
		t.Errorf("replay says %q", r.err)
	}
}

// sums are the checksums at the ends of a log's lines.
var sums = regexp.MustCompile(`,"sum":"[0-9a-f]{8}"}`)

func TestAForgedLogDoesNotMatch(t *testing.T) {
	dir, log := record(t)
	write(t, dir, "forged.jsonl", strings.Replace(sums.ReplaceAllString(log, "}"), `"rmsprop"}`, `"momentum"}`, 1))
	r := descent(t, dir, "replay", "forged.jsonl", "--quiet")
	oneSentence(t, r.err)
	if r.code != 1 || !strings.Contains(r.err, "before step 200") {
		t.Errorf("exit %d, %q; want the first step whose state differs", r.code, r.err)
	}
}

func TestDamagedLogsAreRefused(t *testing.T) {
	dir, log := record(t)
	sealed := log
	log = sums.ReplaceAllString(log, "}")
	header, entries, _ := strings.Cut(log, "\n")
	first := func(line string) string { return header + "\n" + line + "\n" }
	for _, c := range []struct{ name, log, want string }{
		{"a flipped byte in the recipe", strings.Replace(sealed, "lr", "mr", 1), "l.jsonl:1: the recipe is damaged"},
		{"a flipped byte in a decision", strings.Replace(sealed, `"actor":"`, `"actor":"x`, 1), "l.jsonl:2: the line is damaged: its checksum does not match; `descent check --repair` writes a copy"},
		{"of a later version", strings.Replace(log, `"descent":1`, `"descent":99`, 1), "l.jsonl:1: the log is of version 99"},
		{"of an impossible version", strings.Replace(log, `"descent":1`, `"descent":-1`, 1), "l.jsonl:1:"},
		{"no log", "{\"step\":1,\"loss\":2}\n", "l.jsonl:1: this is not a log of descent"},
		{"no JSON", "once upon a time\n", "l.jsonl:1: this is not a log of descent"},
		{"a flipped byte in the first key", strings.Replace(sealed, "descent", "dessent", 1), "l.jsonl:1: the recipe is damaged: its checksum does not match; nothing can be recomputed without it"},
		{"empty", "", "this is not a log of descent"},
		{"torn in the header", header[:100], "this is not a log of descent"},
		{"without a recipe", "{\"descent\":1}\n" + entries, "[data] is missing"},
		{"a bad recipe", strings.Replace(log, `"model.init":"torch"`, `"model.init":"tarch"`, 1), "l.jsonl:1: the recipe is damaged: model.init"},
		{"a bad setting", strings.Replace(log, `"train.batch":32`, `"train.batch":-32`, 1), "l.jsonl:1: the recipe is damaged: train.batch"},
		{"a line cut in the middle", first(`{"branch":0,"step":`), "l.jsonl:2: the line is damaged"},
		{"an empty line", first(""), "l.jsonl:2:"},
		{"a line that has no command", first("{}"), "l.jsonl:2: the line "},
		{"an unknown branch", first(`{"branch":3,"step":5,"actor":"user","seek":{"step":4}}`), "l.jsonl:2: the line refers to branch 3"},
		{"an impossible branch", first(`{"branch":1,"step":5,"actor":"user","fork":{"parent":0,"step":4,"inherit":7,"label":""}}`), "l.jsonl:2: the line starts an invalid branch"},
		{"a decision in the past", first(`{"branch":0,"step":5,"actor":"user","set":{"path":"optimizer.lr","value":1}}` + "\n" + `{"branch":0,"step":4,"actor":"user","set":{"path":"optimizer.lr","value":1}}`), "l.jsonl:3: the line is a decision for a step in the past"},
		{"a step before the first", first(`{"branch":0,"step":1,"actor":"user","seek":{"step":-5}}`), "l.jsonl:2: the line "},
		{"an end before the first step", first(`{"branch":0,"step":1,"actor":"descent","end":{"step":-5,"hash":"","loss":0}}`), "l.jsonl:2: the line "},
		{"a value that is none", first(`{"branch":0,"step":5,"actor":"user","set":{"path":"optimizer.lr","value":null}}`), "l.jsonl:2: the line is damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, dir, "l.jsonl", c.log)
			r := descent(t, dir, "replay", "l.jsonl", "--quiet")
			oneSentence(t, r.err)
			if r.code != 2 || !strings.Contains(r.err, c.want) {
				t.Errorf("exit %d, %q; want 2 and %q", r.code, r.err, c.want)
			}
		})
	}
}
