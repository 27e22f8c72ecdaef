package headless

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"descent/core"
	"descent/core/input"
	"descent/session"
	"descent/session/disk"
	"descent/session/journal"
)

// Defect is one defect of a session on disk.
type Defect struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"` // 0 if it concerns the whole file
	What   string `json:"what"`
	Repair string `json:"repair,omitempty"` // what a repair does about it; "" if nothing
}

// String describes the defect in one sentence.
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

// Checked is the result of Check for one session.
type Checked struct {
	Path      string   `json:"path"`
	Sound     bool     `json:"sound"`
	Lines     int      `json:"lines"` // complete ones
	Decisions int      `json:"decisions"`
	Branches  int      `json:"branches"`
	Replayed  string   `json:"replayed,omitempty"` // the outcome of the replay, if requested
	Defects   []Defect `json:"defects"`
	Repaired  string   `json:"repaired,omitempty"` // the path of the repaired copy, if one was written
}

// CheckOptions configure Check.
type CheckOptions struct {
	Replay   bool // replay the session, and compare its hashes
	Repair   bool // write a repaired copy beside the log, if it has defects
	Progress func(done, total int, last core.Report)
}

// Check verifies a session on disk: the checksum, the fields and the references of
// every line of its log, the files that it names, and the state file beside it. The
// log and the state file are not modified. It returns an error only if there is
// nothing to check.
func Check(ctx context.Context, path string, files core.Files, o CheckOptions) (c Checked, err error) {
	c = Checked{Path: path, Defects: []Defect{}}
	content, err := input.Read(path, input.MaxLog)
	if err != nil {
		return c, session.UsageError{Err: err}
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
	rec, err := journal.ParseAll(path, bytes.NewReader(content))
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
		if journal.HasSum(line) {
			sums++
		}
	}
	for i, line := range lines {
		if !journal.HasSum(line) && sums > 0 {
			found(i+1, "has one", "the line has no checksum, unlike others")
		}
	}
	damaged := map[int]bool{}
	for _, d := range rec.Damaged {
		damaged[d.Line] = true
		found(d.Line, "leaves it out", "the line is damaged: %v", d.Err)
	}
	t, notes, err := session.OpenRecord(ctx, rec, files)
	if ctx.Err() != nil {
		return c, ctx.Err()
	}
	var read *journal.Reading
	if err != nil {
		found(0, "", "the session cannot be opened: %v", err)
		read = rec.Read(nil, false)
	} else {
		defer t.Close()
		read = rec.Read(t, t.Data() == nil)
	}
	for _, text := range notes {
		found(0, "", "%s", text)
	}
	for _, f := range read.Faults {
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
	c.Branches = len(read.Branches)
	for _, b := range read.Branches {
		if b.Lost {
			c.Branches--
		}
		c.Decisions += len(b.Own)
	}
	if t != nil {
		if err := session.CheckState(t, path, rec, read); err != nil && !errors.Is(err, fs.ErrNotExist) {
			c.Defects = append(c.Defects, Defect{
				File:   journal.StatePath(path),
				What:   fmt.Sprintf("the state file is ignored, since %v; the session is recomputed from its log", disk.Reason(err)),
				Repair: "has no state",
			})
		}
	}
	if o.Replay && t != nil && len(read.Faults) == 0 && len(rec.Damaged) == 0 {
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
		if c.Repaired, err = journal.Repair(path, lines, rec, read); err != nil {
			return c, err
		}
	}
	return c, nil
}
