package core

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"

	"descent/core/knob"
	"descent/core/recipe"
)

// Snapshot is the whole state of a Trainer after a step. It is never modified.
type Snapshot struct {
	Step, Age, Seen int
	Looks           int
	LastUpdate      float64
	Settings        recipe.Settings
	Report          Report
	Params          []float64
	Ages            []float64     // of each tensor: its updates by the optimizer
	State           []knob.Buffer // of the optimizer and the mask
}

// Snapshot copies the state.
func (t *Trainer) Snapshot() *Snapshot {
	s := &Snapshot{
		Step: t.step, Age: t.age, Seen: t.seen, Looks: t.looks,
		LastUpdate: t.updateNorm(), Settings: t.settings, Report: t.report,
		Params: slices.Clone(t.params), Ages: slices.Clone(t.ages),
	}
	s.State = copies(t.state())
	return s
}

// copies are buffers with memory of their own, but for what nobody changes.
func copies(of []knob.Buffer) []knob.Buffer {
	out := slices.Clone(of)
	for i := range out {
		if !shared(out[i]) {
			out[i].Data = slices.Clone(out[i].Data)
		}
	}
	return out
}

// shared tells whether snapshots share a buffer: the weights of an appointed
// teacher are one copy, however often they are kept.
func shared(b knob.Buffer) bool { return b.Name == teacherState }

// state is every named buffer outside the parameters, live.
func (t *Trainer) state() []knob.Buffer {
	return append(append(t.parts.Method.State(), t.parts.View.State()...), t.of.state()...)
}

// Restore goes back to a snapshot of this trainer, or of one made from the
// same recipe.
func (t *Trainer) Restore(s *Snapshot) {
	if !t.Takes(s) {
		panic("core: a snapshot of another model")
	}
	t.step, t.age, t.seen, t.looks = s.Step, s.Age, s.Seen, s.Looks
	t.lastUpdate, t.traced = s.LastUpdate, false
	t.report, t.settings = s.Report, s.Settings
	t.parts = recipe.NewParts(s.Settings, t.network)
	t.layout = t.parts.View.Layout()
	t.params = append(t.params[:0], s.Params...)
	t.parts.Method.Init(t.layout)
	t.parts.Method.Restore(s.State)
	t.parts.View.Restore(s.State)
	t.of.restore(s.State)
	t.ages = make([]float64, len(t.layout))
	copy(t.ages, s.Ages)
	t.sync()
}

// Takes tells whether a snapshot is one of this network.
func (t *Trainer) Takes(s *Snapshot) bool {
	return len(s.Params) == recipe.NewParts(s.Settings, t.network).View.Layout().Size()
}

// Bytes is about how much memory the snapshot holds alone.
func (s *Snapshot) Bytes() int {
	n := len(s.Params) + len(s.Ages)
	for _, b := range s.State {
		if !shared(b) {
			n += len(b.Data)
		}
	}
	return 8*n + 512
}

// Hash is a digest of every number of the state: SHA-256 over step, age and
// the bits of the parameters and buffers.
func (t *Trainer) Hash() string {
	h := sha256.New()
	var block [4096]byte
	at := 0
	put := func(bits uint64) {
		if at == len(block) {
			h.Write(block[:])
			at = 0
		}
		binary.LittleEndian.PutUint64(block[at:], bits)
		at += 8
	}
	put(uint64(t.step))
	put(uint64(t.age))
	put(uint64(t.seen))
	for _, p := range t.params {
		put(math.Float64bits(p))
	}
	for _, b := range t.state() {
		for _, v := range b.Data {
			put(math.Float64bits(v))
		}
	}
	if t.from.Computes() != recipe.OneAge {
		for _, age := range t.ages {
			put(math.Float64bits(age))
		}
	}
	h.Write(block[:at])
	return hex.EncodeToString(h.Sum(nil)[:16])
}
