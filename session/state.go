package session

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"descent/core"
	"descent/core/knob"
	"descent/core/optim"
	"descent/session/disk"
	"descent/session/history"
	"descent/session/journal"
	"descent/session/spill"
)

// A state file beside a log saves recomputation: it holds the head of every branch,
// its curves, and some snapshots. The log is authoritative; a missing or damaged
// state file only costs time.

// StateBytes is the target size of the snapshots in a state file.
const StateBytes = 16 << 20

// stateVersion is that of state files: those of the one before hold the vectors of
// snapshots among the rest, these behind it.
const stateVersion, formerVersion = 6, 5

// State is the contents of a state file.
type State struct {
	Version  int
	Created  string // of the log's header: a state belongs to one log
	Lines    int    // entries of the log that it covers
	At       journal.BranchID
	Step     int
	Applied  int
	Rewound  bool
	Branches []branchImage
	Visits   []Visit
}

type branchImage struct {
	Head   int
	Curves history.Track
	Kept   []keptImage
}

type keptImage struct {
	Applied             int
	Plateau             optim.PlateauMemory
	Stopping            optim.StoppingMemory
	Settings            []byte // JSON
	Step, Age           int
	Seen                int
	GradientEvaluations int
	LastUpdate          float64
	Report              core.Report
	Params              []float64
	Ages                []float64
	State               []knob.Buffer
	Tip                 history.Tip
	Lengths             []int // of Params and of each of State, where these follow
}

// vectors are those that are written behind the rest.
func (i *keptImage) vectors() []*[]float64 {
	out := []*[]float64{&i.Params}
	for n := range i.State {
		out = append(out, &i.State[n].Data)
	}
	return out
}

// State returns the contents of a state file: snapshots of about the given number
// of bytes, always including the last of the current branch; up to half for the
// other branches, the newest first. Snapshots are shared, since they are immutable.
func (s *Session) State(room int) *State {
	s.keep(s.cursor)
	s.park()
	out := &State{
		Version: stateVersion, Created: s.created, Lines: s.logLines,
		At: s.at.id, Step: s.trainer.StepCount(), Applied: s.applied, Rewound: s.rewound,
		Visits: slices.Clone(s.visits),
	}
	for _, b := range s.branches {
		bi := branchImage{Head: b.head, Curves: *b.curves} // it only grows
		out.Branches = append(out.Branches, bi)
	}
	add := func(id journal.BranchID, k kept) {
		bi := &out.Branches[id]
		bi.Kept = append([]keptImage{k.image()}, bi.Kept...)
		room -= k.bytes()
	}
	for i, rest := len(s.branches)-1, room/2; i >= 0 && room > rest; i-- {
		if list := s.branches[i].kept.list; len(list) > 0 && !list[len(list)-1].away() {
			add(journal.BranchID(i), list[len(list)-1])
		}
	}
	list := s.at.kept.list
	if n := len(list); n > 0 && len(out.Branches[s.at.id].Kept) == 0 {
		last := list[n-1]
		if whole, err := last.whole(); err == nil {
			last.state = whole
			add(s.at.id, last)
		}
	}
	// Then those of the current branch, denser towards the end.
	for gap, i := 1, len(list)-2; i >= 0 && room > 0; gap, i = gap+1, i-gap {
		if !list[i].away() {
			add(s.at.id, list[i])
		}
	}
	return out
}

func (k kept) image() keptImage {
	s := k.state
	settings, err := json.Marshal(s.Settings)
	if err != nil {
		panic("session: settings cannot be written: " + err.Error())
	}
	return keptImage{
		k.applied, k.plateau, k.stopping, settings, s.Step, s.Age, s.Seen, s.GradientEvaluations, s.LastUpdate, s.Report, s.Params, s.Ages, s.State, k.tip, nil,
	}
}

func (i keptImage) kept() (kept, error) {
	s := &core.Snapshot{
		Step: i.Step, Age: i.Age, Seen: i.Seen, GradientEvaluations: i.GradientEvaluations, LastUpdate: i.LastUpdate,
		Report: i.Report, Params: i.Params, Ages: i.Ages, State: i.State,
	}
	err := json.Unmarshal(i.Settings, &s.Settings)
	return kept{applied: i.Applied, state: s, plateau: i.Plateau, stopping: i.Stopping, tip: i.Tip}, err
}

// write writes a state: what is small, and the vectors behind it.
func (i *State) write(w io.Writer) error {
	small, behind := *i, [][]float64(nil)
	small.Branches = slices.Clone(i.Branches)
	for n := range small.Branches {
		b := &small.Branches[n]
		b.Kept = slices.Clone(b.Kept)
		for m := range b.Kept {
			k := &b.Kept[m]
			k.State, k.Lengths = slices.Clone(k.State), nil
			for _, v := range k.vectors() {
				k.Lengths = append(k.Lengths, len(*v))
				behind, *v = append(behind, *v), nil
			}
		}
	}
	if err := gob.NewEncoder(w).Encode(&small); err != nil {
		return err
	}
	for _, v := range behind {
		if err := spill.Write(w, v); err != nil {
			return err
		}
	}
	return nil
}

func decodeState(body []byte) (*State, error) {
	var of struct{ Version int } // alone at first: the rest may be of other types
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(&of); err != nil {
		return nil, err
	}
	if of.Version != stateVersion && of.Version != formerVersion {
		return nil, fmt.Errorf("it is of version %d", of.Version)
	}
	i, rest := &State{}, bytes.NewReader(body)
	if err := gob.NewDecoder(rest).Decode(i); err != nil || of.Version == formerVersion {
		return i, err
	}
	for n := range i.Branches {
		kept := i.Branches[n].Kept
		for m := range kept {
			vectors := kept[m].vectors()
			if len(vectors) != len(kept[m].Lengths) {
				return nil, errors.New("a snapshot lacks numbers")
			}
			for j, length := range kept[m].Lengths {
				if length < 0 || length > spill.Most(rest.Len()) {
					return nil, errors.New("a snapshot lacks numbers")
				}
				*vectors[j] = make([]float64, length)
				if err := spill.Read(rest, *vectors[j]); err != nil {
					return nil, err
				}
			}
			kept[m].Lengths = nil
		}
	}
	return i, nil
}

// Save writes the state beside a log.
func (i *State) Save(log string) error { return i.save(disk.Machine{}, log) }

func (i *State) save(d disk.Disk, log string) error { return journal.WriteState(d, log, i.write) }

// validate rejects a State that is not possible for this log: every number is
// checked before any of it is used.
func (i *State) validate(s *Session, lines int) error {
	other := errors.New("it belongs to another log")
	if i.Created != s.created || i.Lines < 0 || i.Lines > lines || len(i.Branches) > len(s.branches) {
		return other
	}
	if i.At < 0 || int(i.At) >= len(i.Branches) || !stepInRange(i.Step) || i.Applied < 0 {
		return errors.New("its position does not exist")
	}
	for n, b := range i.Branches {
		if err := b.validate(); err != nil {
			return fmt.Errorf("branch %d: %w", n, err)
		}
	}
	if len(i.Visits) > visitLimit {
		return errors.New("it has too many sizes")
	}
	for _, v := range i.Visits {
		if v.Branch < 0 || int(v.Branch) >= len(i.Branches) || v.Bytes < 0 || v.Dense < 0 || !stepInRange(v.Step) || !stepInRange(v.BestStep) || v.Bits < core.Mixed || v.Bits > 64 {
			return errors.New("a size in it is invalid")
		}
	}
	return nil
}

func stepInRange(step int) bool { return step >= 0 && step <= journal.MaxStep }

func (bi *branchImage) validate() error {
	if !stepInRange(bi.Head) {
		return errors.New("the end is out of range")
	}
	last := 0
	for _, p := range bi.Curves.Trajectory {
		if p.Step < last || p.Step > journal.MaxStep {
			return errors.New("the trajectory is invalid")
		}
		last = p.Step
	}
	if !bi.Curves.Counted() {
		return errors.New("a curve is invalid")
	}
	last = 0
	for _, k := range bi.Kept {
		if k.Applied < 0 || k.Step < last || !stepInRange(k.Step) || k.Age < 0 || k.Age > journal.MaxStep || k.Plateau.Bad < 0 || k.Plateau.Quiet < 0 || k.Stopping.Bad < 0 || k.Stopping.Step < 0 || k.Stopping.Step > k.Step {
			return errors.New("a snapshot is out of range")
		}
		last = k.Step
	}
	return nil
}
