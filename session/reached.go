package session

import (
	"bytes"
	"encoding/json"
	"io"

	"descent/core/input"
	"descent/session/disk"
)

// Beside a log that is being written lies a line of how far training has come, as
// the screen has it. It is written over with every frame, and not synced: it
// outlives a process that is killed, not a machine that loses power. Resume
// computes up to there again.

// reached is that line.
type reached struct {
	Created   string   `json:"created"` // of the log's header
	Lines     int      `json:"lines"`   // entries of the log
	Branch    BranchID `json:"branch"`
	Step      int      `json:"step"`
	Decisions int      `json:"decisions"`
	Undo      bool     `json:"undo,omitempty"` // as in Seek
	Racers    []racing `json:"racers,omitempty"`
}

// racing is how far a branch of a race has come.
type racing struct {
	Branch BranchID `json:"branch"`
	Step   int      `json:"step"`
}

func reachedPath(log string) string { return log + ".reached" }

// reached is how far the session has come.
func (s *Session) reached() reached {
	out := reached{Created: s.created, Lines: s.logLines, Branch: s.at.id, Step: s.trainer.StepCount(), Decisions: s.applied, Undo: s.rewound}
	for _, l := range s.race {
		out.Racers = append(out.Racers, racing{l.at.id, l.trainer.StepCount()})
	}
	return out
}

// Tracer writes that line. It only spares work: where it cannot be written
// nothing is said.
type Tracer struct {
	on   disk.Disk // nil for the machine's
	path string
	file disk.File
	last []byte
}

func (t *Tracer) disk() disk.Disk {
	if t.on == nil {
		return disk.Machine{}
	}
	return t.on
}

// Write notes how far a session has come, if that has changed.
func (t *Tracer) Write(s *Session) {
	if !s.log.Named() || s.log.open != nil {
		return
	}
	if t.path == "" {
		t.path = reachedPath(s.log.Path)
		_ = t.disk().Remove(t.path) // of a process that was killed
		t.file, _ = t.disk().Create(t.path, disk.Fresh, disk.Private)
	}
	at, ok := t.file.(io.WriterAt)
	if !ok {
		return
	}
	line, err := json.Marshal(s.reached())
	if err != nil || bytes.Equal(line, t.last) {
		return
	}
	t.last = line
	_, _ = at.WriteAt(sealed(bytes.Clone(line)), 0) // one call: a kill leaves the old line or the new one
}

// End takes the line away: the log has its end.
func (t *Tracer) End() {
	if t.file != nil {
		_ = t.file.Close()
		_ = t.disk().Remove(t.path)
	}
}

// follow says where a session stood that was killed: as logged, or further along
// if the line beside the log knows more of the same moment.
func (s *Session) follow(path string, lines int, logged standing) standing {
	content, err := input.Read(reachedPath(path), 1<<16)
	line, _, whole := bytes.Cut(content, []byte("\n"))
	var r reached
	if err != nil || !whole || broken(line) || json.Unmarshal(line, &r) != nil || r.Created != s.created || r.Lines != lines {
		return logged
	}
	can := func(id BranchID, step, decisions int) bool {
		if id < 0 || int(id) >= len(s.branches) {
			return false
		}
		b := s.branches[id]
		return !b.lost && stepInRange(step) && (!b.sealed || step <= b.head) && holds(b, step, decisions)
	}
	if !can(r.Branch, r.Step, r.Decisions) {
		return logged
	}
	for _, l := range append(r.Racers, racing{r.Branch, r.Step}) {
		if l.Branch < 0 || int(l.Branch) >= len(s.branches) || !stepInRange(l.Step) {
			continue
		}
		if b := s.branches[l.Branch]; !b.lost && !b.sealed {
			b.head = max(b.head, l.Step)
		}
	}
	return standing{position{branch: s.branches[r.Branch], step: r.Step, applied: r.Decisions}, r.Undo}
}
