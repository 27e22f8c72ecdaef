package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"descent/session/disk"
)

// Repair writes the lines that can be applied to a new log, and returns its path.
// Branches that are left out are not numbered.
func Repair(path string, lines [][]byte, rec *Record, read *Reading) (string, error) {
	number := map[BranchID]BranchID{}
	for _, b := range read.Branches {
		if !b.Lost {
			number[b.ID] = BranchID(len(number))
		}
	}
	var out bytes.Buffer
	put := func(line []byte) { // with a checksum, if it had none
		if HasSum(line) {
			out.Write(line)
		} else {
			out.Write(Seal(bytes.TrimRight(line, "\r\n")))
		}
	}
	put(lines[0])
	for i := range rec.Entries {
		if read.Aside[i] {
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
		out.Write(Seal(b))
	}
	end := func(b BranchID, step int, c Command) error {
		line, err := json.Marshal(Entry{Branch: number[b], Step: step + 1, Actor: "descent", Command: c})
		out.Write(Seal(line))
		return err
	}
	for _, b := range read.Branches { // the heads of branches that end earlier now
		if b.Sealed && !b.Lost {
			if err := end(b.ID, b.Last, Command{Reach: &Reach{Step: b.Last}}); err != nil {
				return "", err
			}
		}
	}
	if at := read.At; len(read.Faults) > 0 {
		if err := end(at.Branch, at.Step, Command{Seek: &Seek{Step: at.Step, Decisions: at.Decisions, Undo: at.Undo}}); err != nil {
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
