package core

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core/knob"
	"descent/core/objective"
	"descent/core/recipe"
)

// Snapshot copies the state.
func (t *Trainer) Snapshot() *Snapshot {
	s := t.scalars()
	s.State = copies(t.state())
	return s
}

// scalars is a snapshot without State.
func (t *Trainer) scalars() *Snapshot {
	return &Snapshot{
		Step: t.step, Age: t.age, Seen: t.seen, GradientEvaluations: t.gradientEvaluations,
		LastUpdate: t.updateNorm(), Settings: t.settings, Report: t.report,
		Params: slices.Clone(t.live()), Ages: slices.Clone(t.tensors.ages),
	}
}

// Look is a snapshot without the optimizer's state, unless an average of the weights is in
// it: for a copy that looks at weights, and neither trains nor asks for that state.
func (t *Trainer) Look() *Snapshot {
	if shown, live := t.averaged(), t.live(); len(live) > 0 && &shown[0] != &live[0] {
		return t.Snapshot()
	}
	s := t.scalars()
	s.State = copies(append(t.parts.View.State(), t.of.State()...))
	return s
}

// state is every named buffer outside the parameters, live.
func (t *Trainer) state() []knob.Buffer {
	return append(append(t.method().State(), t.parts.View.State()...), t.of.State()...)
}

// Restore goes back to a snapshot of this trainer, or of one made from the
// same recipe.
func (t *Trainer) Restore(s *Snapshot) {
	if !t.Takes(s) {
		panic("core: a snapshot of another model")
	}
	t.step, t.age, t.seen, t.gradientEvaluations = s.Step, s.Age, s.Seen, s.GradientEvaluations
	t.lastUpdate, t.traced = s.LastUpdate, false
	t.report, t.settings = s.Report, s.Settings
	t.parts = recipe.NewParts(s.Settings, t.network)
	t.layout = t.parts.View.Layout()
	t.singles.ahead = false
	t.params = append(t.params[:0], s.Params...)
	t.later = s
	t.parts.View.Restore(s.State)
	t.of.Restore(s.State)
	t.tensors.ages = make([]float64, len(t.layout))
	copy(t.tensors.ages, s.Ages)
	t.sync()
}

// Takes tells whether a snapshot is one of this network.
func (t *Trainer) Takes(s *Snapshot) bool {
	return len(s.Params) == recipe.NewParts(s.Settings, t.network).View.Layout().Size()
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
	for _, p := range t.live() {
		put(math.Float64bits(p))
	}
	for _, b := range t.state() {
		for _, v := range b.Data {
			put(math.Float64bits(v))
		}
	}
	if t.from.Computes() != recipe.OneAge {
		for _, age := range t.tensors.ages {
			put(math.Float64bits(age))
		}
	}
	h.Write(block[:at])
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Copy is a trainer of the same recipe in the same state. The two share the
// data, which nobody changes, and nothing else: they may run on two goroutines,
// and what becomes of one does not touch the other.
func (t *Trainer) Copy() *Trainer {
	copied := assemble(t.from, t.settings, t.of.Copy())
	copied.start, copied.fisher = t.start, t.fisher
	copied.Restore(t.Snapshot())
	if t.breaker.armed { // it is a copy that may be abandoned, and so is this
		copied.breaker.abandon(t.breaker.poll)
		copied.of.Watch(copied.breaker.stop)
	}
	return copied
}

// most bounds what a snapshot counts.
const most = 1 << 50

// Sound says what is wrong with a snapshot that comes from a file: one that
// Restore takes, and every step after it. nil if it could be one of this trainer.
func (t *Trainer) Sound(s *Snapshot) error {
	for _, n := range []int{s.Step, s.Seen, s.GradientEvaluations} {
		if n < 0 || n > most {
			return fmt.Errorf("a snapshot counts %d", n)
		}
	}
	if !t.Takes(s) {
		return errors.New("a snapshot is of another network")
	}
	g := recipe.NewParts(s.Settings, t.network)
	for _, path := range []string{"finetune.freeze", "quant.layers", recipe.LossName} {
		now, err := s.Settings.Find(path)
		if err == nil {
			_, err = t.Allows(s.Settings, path, now.Value)
		}
		if err != nil {
			return err
		}
	}
	g.Method.Init(g.View.Layout())
	g.Method.Restore(s.State)
	g.View.Restore(s.State)
	want := map[string]int{}
	for _, buffers := range [][]knob.Buffer{g.Method.State(), g.View.State(), t.Statistics()} {
		for _, b := range buffers {
			want[b.Name] = len(b.Data)
		}
	}
	if _, ok := t.Network(); ok { // a teacher has the model of the student
		want[objective.TeacherState] = t.network.Size()
		for _, b := range t.Statistics() {
			want[objective.TeacherState+"/"+b.Name] = len(b.Data)
		}
	}
	seen := map[string]bool{}
	for _, b := range s.State {
		size, known := want[b.Name]
		switch {
		case !known || size != len(b.Data):
			return fmt.Errorf("a snapshot holds %d numbers under %q", len(b.Data), b.Name)
		case seen[b.Name]:
			return fmt.Errorf("a snapshot holds %q twice", b.Name)
		case strings.HasPrefix(b.Name, objective.TeacherState+"/") && !seen[objective.TeacherState]:
			return fmt.Errorf("a snapshot holds %q of no teacher", b.Name)
		}
		seen[b.Name] = true
	}
	return nil
}
