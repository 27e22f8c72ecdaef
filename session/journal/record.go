package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"descent/core/foreign"
	"descent/core/recipe"
)

// Record is a parsed log.
type Record struct {
	Name    string // of the file, for errors
	Header  Header
	Entries []Entry
	Torn    bool  // the last line was cut off and is not included
	Size    int64 // of the complete lines, in bytes

	Damaged []Damage
}

// Parse parses a log. name is used in errors. A last line without a newline is not
// included: the machine failed while it was written.
func Parse(name string, r io.Reader) (*Record, error) {
	out, err := ParseAll(name, r)
	if err == nil && len(out.Damaged) > 0 {
		d := out.Damaged[0]
		err = damaged(name, d.Line, d.Err)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Damage is a damaged line.
type Damage struct {
	Line int
	Err  error
}

// ParseAll is Parse that continues after damaged lines, which count as unknown
// entries.
func ParseAll(name string, r io.Reader) (*Record, error) {
	out := &Record{Name: name}
	in := bufio.NewReader(r)
	head, _ := in.Peek(in.Size())
	if err := foreign.Check(head, foreign.Log); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for line := 1; ; line++ {
		text, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s:%d: %w", name, line, err)
		}
		if errors.Is(err, io.EOF) {
			out.Torn = len(bytes.TrimSpace(text)) > 0
			if line == 1 {
				return nil, fmt.Errorf("%s: this is not a log of descent: it has no complete first line", name)
			}
			return out, nil
		}
		out.Size += int64(len(text))
		if line == 1 {
			if err := out.Header.read(name, text); err != nil {
				return nil, err
			}
			continue
		}
		var e Entry
		err = json.Unmarshal(text, &e)
		wrong := (*json.SyntaxError)(nil)
		switch {
		case broken(text):
			err = errSum
			out.Damaged = append(out.Damaged, Damage{line, err})
		case errors.As(err, &wrong):
			out.Damaged = append(out.Damaged, Damage{line, err})
		}
		if err != nil {
			e = unread(text, err)
		}
		if c := e.Set; c != nil {
			c.Path, c.Value = recipe.Current(c.Path, c.Value)
		}
		out.Entries = append(out.Entries, e)
	}
}

// unread is a damaged entry, of which at most the branch is known, −1 if not.
func unread(line []byte, err error) Entry {
	var at struct {
		Branch *BranchID `json:"branch"`
	}
	e := Entry{Branch: -1, unread: inWords(err)}
	if json.Unmarshal(line, &at) == nil && at.Branch != nil {
		e.Branch = *at.Branch
	}
	return e
}

// repairing is the advice for a line that cannot be applied.
const repairing = "`descent check --repair` writes a copy without the damage"

func damaged(name string, line int, err error) error {
	return fmt.Errorf("%s:%d: the line is damaged: %w; %s", name, line, err, repairing)
}
