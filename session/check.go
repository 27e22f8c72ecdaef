package session

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"descent/core"
	"descent/core/input"
	"descent/session/disk"
)

// Defect is one thing that is wrong with a session on the disk.
type Defect struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"` // 0 where it is about the file
	What   string `json:"what"`
	Repair string `json:"repair,omitempty"` // what a repair does about it; "" where it can do nothing
}

// String says it in a sentence.
func (f Defect) String() string {
	text := f.File
	if f.Line > 0 {
		text += fmt.Sprintf(":%d", f.Line)
	}
	text += ": " + f.What
	if f.Repair != "" {
		text += "; a repaired copy " + f.Repair
	}
	return text
}

// Checked is what Check found of one session.
type Checked struct {
	Path      string   `json:"path"`
	Sound     bool     `json:"sound"`
	Lines     int      `json:"lines"` // complete ones
	Decisions int      `json:"decisions"`
	Branches  int      `json:"branches"`
	Replayed  string   `json:"replayed,omitempty"` // what a replay says, if it was asked for
	Defects   []Defect `json:"defects"`
	Repaired  string   `json:"repaired,omitempty"` // the path of the repaired copy, if one was written
}

// CheckOptions are what Check does beside reading.
type CheckOptions struct {
	Replay   bool // compute the session again, and compare its hashes
	Repair   bool // write a repaired copy beside the log, if something is wrong with it
	Progress func(done, total int, last core.Report)
}

// Check verifies a session on the disk: the checksum and the fields of every
// line of its log, what they refer to, the files that it names, and the state
// beside it. The log and the state are only read. The error says that there is
// nothing to check.
func Check(ctx context.Context, path string, files core.Files, o CheckOptions) (c Checked, err error) {
	c = Checked{Path: path, Defects: []Defect{}}
	content, err := input.Read(path, input.MaxLog)
	if err != nil {
		return c, UsageError{err}
	}
	found := func(line int, repair, format string, args ...any) {
		c.Defects = append(c.Defects, Defect{path, line, fmt.Sprintf(format, args...), repair})
	}
	defer func() {
		slices.SortStableFunc(c.Defects, func(a, b Defect) int {
			if a.File != b.File {
				return strings.Compare(a.File, b.File)
			}
			return a.Line - b.Line
		})
		c.Sound = len(c.Defects) == 0
	}()
	c.Lines = bytes.Count(content, []byte("\n"))
	rec, err := readLines(path, bytes.NewReader(content))
	if err != nil {
		line, what := 0, strings.TrimPrefix(err.Error(), path+": ")
		if rest, ok := strings.CutPrefix(err.Error(), path+":1: "); ok {
			line, what = 1, rest
		}
		found(line, "", "%s", what)
		return c, nil
	}
	lines := bytes.SplitAfter(content[:rec.Size], []byte("\n"))
	lines = lines[:len(lines)-1]
	if rec.Torn {
		found(c.Lines+1, "leaves it out", "the last line was cut off in the middle")
	}
	sums := 0
	for _, line := range lines {
		if hasSum(line) {
			sums++
		}
	}
	for i, line := range lines {
		if !hasSum(line) && sums > 0 {
			found(i+1, "has one", "the line has no checksum, as others have")
		}
	}
	damaged := map[int]bool{}
	for _, d := range rec.damaged {
		damaged[d.line] = true
		found(d.line, "leaves it out", "the line is damaged: %v", d.err)
	}
	h := &hashed{Files: files, seen: newInputs(), want: rec.Header.inputs()}
	t, err := core.New(rec.Header.Recipe, h)
	var read *reading
	if err != nil {
		found(0, "", "the session cannot be opened: %v", err)
		read = rec.read(nil, false)
	} else {
		defer t.Close()
		read = rec.read(t, t.Data() == nil)
	}
	for _, text := range h.notes {
		found(0, "", "%s", text)
	}
	for _, f := range read.faults {
		if damaged[f.Line] && f.With == 0 {
			continue
		}
		what := "the line " + f.What
		if f.Ends != "" {
			what += "; " + f.Ends
		}
		if f.With > 0 {
			what += "; later lines that depend on it: " + fmt.Sprint(f.With)
		}
		found(f.Line, "leaves out what cannot be applied", "%s", what)
	}
	c.Branches = len(read.branches)
	for _, b := range read.branches {
		if b.lost {
			c.Branches--
		}
		c.Decisions += len(b.own)
	}
	if t != nil {
		c.Defects = append(c.Defects, checkState(path, t, rec, read)...)
	}
	if o.Replay && t != nil && len(read.faults) == 0 && len(rec.damaged) == 0 {
		out, err := Replay(ctx, rec, files, Options{Progress: o.Progress})
		switch {
		case errors.Is(err, context.Canceled):
			return c, err
		case err != nil:
			found(0, "", "%v", err)
		default:
			c.Replayed = out.String()
		}
	}
	if o.Repair && slices.ContainsFunc(c.Defects, func(f Defect) bool { return f.Repair != "" }) {
		if c.Repaired, err = repair(path, lines, rec, read); err != nil {
			return c, err
		}
	}
	return c, nil
}

// checkState says what is wrong with the state beside a log: whether one is
// there or not costs no more than time.
func checkState(path string, t *core.Trainer, rec *Record, read *reading) []Defect {
	var out []Defect
	s := New(t.Twin(), nil)
	s.created = rec.Header.Created
	_, err := s.remember(statePath(path), rec, s.rebuild(read))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		out = append(out, Defect{File: statePath(path), What: fmt.Sprintf("the state is left aside, since %v; the session is computed again from its log", disk.Plain(err)), Repair: "has no state"})
	}
	return out
}

// hasSum tells whether a line ends in a checksum.
func hasSum(line []byte) bool {
	line = bytes.TrimRight(line, "\r\n")
	i := len(line) - len(sumKey) - len(`1c291ca3"}`)
	return i >= 0 && string(line[i:i+len(sumKey)]) == sumKey
}

// repair writes the lines that can be applied to a log of their own, and returns
// its path. Branches that are left out give their numbers up.
func repair(path string, lines [][]byte, rec *Record, read *reading) (string, error) {
	number := map[BranchID]BranchID{}
	for _, b := range read.branches {
		if !b.lost {
			number[b.id] = BranchID(len(number))
		}
	}
	var out bytes.Buffer
	put := func(line []byte) { // sealed again where it has no checksum
		if hasSum(line) {
			out.Write(line)
		} else {
			out.Write(sealed(bytes.TrimRight(line, "\r\n")))
		}
	}
	put(lines[0])
	for i := range rec.Entries {
		if read.aside[i] {
			continue
		}
		e := rec.Entries[i]
		same := number[e.Branch] == e.Branch
		e.Branch = number[e.Branch]
		if e.Fork != nil {
			f := *e.Fork
			same = same && number[f.Parent] == f.Parent
			f.Parent = number[f.Parent]
			e.Fork = &f
		}
		if e.Act != nil && e.Act.Name == Teach {
			a := *e.Act
			same = same && number[a.Branch] == a.Branch
			a.Branch = number[a.Branch]
			e.Act = &a
		}
		if same {
			put(lines[i+1])
			continue
		}
		b, err := json.Marshal(e)
		if err != nil {
			return "", err
		}
		out.Write(sealed(b))
	}
	end := func(b BranchID, step int, c Command) error {
		line, err := json.Marshal(Entry{Branch: number[b], Step: step + 1, Actor: "descent", Command: c})
		out.Write(sealed(line))
		return err
	}
	for _, b := range read.branches { // how far those came that end earlier now
		if b.sealed && !b.lost {
			if err := end(b.id, b.last, Command{Reach: &Reach{Step: b.last}}); err != nil {
				return "", err
			}
		}
	}
	if at := read.at; len(read.faults) > 0 {
		if err := end(at.branch, at.step, Command{Seek: &Seek{Step: at.step, Decisions: at.applied, Undo: at.rewound}}); err != nil {
			return "", err
		}
	}
	base := strings.TrimSuffix(path, ".jsonl")
	for n := 1; ; n++ {
		to := base + "-repaired.jsonl"
		if n > 1 {
			to = fmt.Sprintf("%s-repaired-%d.jsonl", base, n)
		}
		if _, err := os.Lstat(to); err == nil {
			continue
		}
		return to, disk.WriteFile(disk.Machine{}, to, out.Bytes())
	}
}

// Find is the log of a session by its path, or by its name under the state
// directory.
func Find(name string) string {
	if _, err := os.Stat(name); err == nil || strings.ContainsAny(name, `/\`) {
		return name
	}
	dir, err := sessionsDir()
	if err != nil {
		return name
	}
	path := filepath.Join(dir, name)
	if !strings.HasSuffix(path, ".jsonl") {
		path += ".jsonl"
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	return name
}
