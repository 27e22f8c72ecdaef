package diagnosis

import (
	"context"
	"math"
	"slices"
	"time"

	"descent/core"
	"descent/core/data"
	"descent/core/loss"
	"descent/core/objective"
	"descent/core/probe"
	"descent/core/recipe"
	"descent/session"
	"descent/session/remedy"
)

const (
	// clears is at how many looks in a row it must be gone to be taken back.
	clears = 4
	// rewords is after how many looks the numbers of a sentence are renewed.
	rewords = 12
	// sampleLimit bounds the samples that are kept, listLimit the diagnoses.
	sampleLimit, listLimit = 64, 100
	// share is the part of the time that looking may take.
	share = 100
)

// Monitor looks at a session now and then, and keeps what it diagnosed. It belongs to
// whoever trains and never changes the session.
type Monitor struct {
	at      session.Position
	started bool
	rested  bool     // training did not go on since the last look
	samples []Sample // after the last decision, the latest last
	before  []Sample // of the whole run, thinned
	stride  int      // of before
	knobs   map[string]recipe.Setting
	held    map[string]int
	missed  int // looks since the current one was last found
	now     *Diagnosis
	worded  int         // looks since the sentence was made
	list    []Diagnosis // replaced, never modified

	set      *data.Set
	rows     rowFacts
	teacher  *objective.Teacher
	answers  *Teacher
	next     time.Time          // no look before then
	units    []probe.LayerUnits // the last that were counted
	unitsDue time.Time
	seldom   int // units are counted at every so many looks, not by the clock; 0 by the clock
	looks    int
}

// NewMonitor returns a monitor that has seen nothing.
func NewMonitor() *Monitor { return &Monitor{held: map[string]int{}, stride: 1} }

// WithoutClock makes what a monitor finds depend on the steps at which it looks alone:
// units are counted at every so many looks.
func (m *Monitor) WithoutClock(looks int) *Monitor {
	m.seldom = looks
	return m
}

// Now returns the present diagnosis, nil if all is well.
func (m *Monitor) Now() *Diagnosis {
	if m.now == nil {
		return nil
	}
	d := *m.now
	return &d
}

// List returns the last diagnoses, oldest first. The slice is never modified.
func (m *Monitor) List() []Diagnosis { return m.list }

// Tick looks if it is time to: after a decision or a jump at once, else at most a few
// times a second, and so seldom that it takes no more than a hundredth of the time.
// Where training rests one look is enough to name a trouble.
func (m *Monitor) Tick(s *session.Session, now time.Time, rests bool) {
	at := s.Position()
	if rests {
		if !m.rested || m.at != at {
			m.look(s, true)
		}
		m.rested = true
		return
	}
	m.rested = false
	if m.started && (m.at == at || now.Before(m.next) && !m.away(at)) {
		return
	}
	m.Look(s)
	m.next = now.Add(max(every, share*time.Since(now)))
}

// away reports whether a position is not simply further on than the last one.
func (m *Monitor) away(at session.Position) bool {
	return at.Branch != m.at.Branch || at.Step < m.at.Step || at.Decisions != m.at.Decisions
}

// every is the least time between two looks.
const every = 250 * time.Millisecond

// Look looks at the session as it stands, unless nothing has moved.
func (m *Monitor) Look(s *session.Session) {
	if !m.started || m.at != s.Position() {
		m.look(s, false)
	}
}

// look looks. With sure that is enough to name a trouble.
func (m *Monitor) look(s *session.Session, sure bool) {
	at := s.Position()
	jumped := m.started && (at.Branch != m.at.Branch || at.Step < m.at.Step)
	turned := m.started && m.away(at)
	if turned {
		m.samples, m.units, m.unitsDue = nil, nil, time.Time{}
		clear(m.held)
		m.end()
	}
	if jumped {
		m.before = slices.DeleteFunc(m.before, func(b Sample) bool { return b.Step > at.Step })
	}
	if !m.started || turned {
		m.knobs = effective(s.Trainer())
	}
	m.at, m.started = at, true
	f := m.gather(s)
	m.judge(f, sure || jumped)
}

// judge applies the rules. With sure a single look is enough.
func (m *Monitor) judge(f *Facts, sure bool) {
	var first *Diagnosis // in the order of the catalogue
	missed := m.now != nil
	for _, r := range Catalogue {
		found := r.find(f)
		if found == nil {
			delete(m.held, r.Name)
			continue
		}
		m.held[r.Name]++
		if m.now != nil && m.now.Rule == r.Name {
			missed = false
			if m.worded++; m.worded >= rewords || m.seldom > 0 {
				m.worded, m.now.Finding = 0, *found
				m.record()
			}
		}
		if first == nil && (sure || found.lasts || m.held[r.Name] >= confirms) {
			first = &Diagnosis{Finding: *found, Rule: r.Name, Step: f.Step}
		}
	}
	if m.missed++; !missed {
		m.missed = 0
	}
	if m.missed >= clears {
		m.end()
	}
	if first != nil && (m.now == nil || priority(first.Rule) < priority(m.now.Rule)) {
		m.begin(first)
	}
}

// begin makes a diagnosis the present one.
func (m *Monitor) begin(d *Diagnosis) {
	m.end()
	m.now, m.missed, m.worded = d, 0, 0
	if n := len(m.list); n > 0 && m.list[n-1].Rule == d.Rule && m.list[n-1].Step == d.Step {
		m.record() // the same step once more
		return
	}
	m.list = append(slices.Clone(m.list), *d)
	m.list = m.list[max(0, len(m.list)-listLimit):]
}

// record renews the entry of the present diagnosis in the list.
func (m *Monitor) record() {
	m.list = slices.Clone(m.list)
	m.list[len(m.list)-1] = *m.now
}

func (m *Monitor) end() {
	if m.now == nil {
		return
	}
	m.now.Past = true
	m.record()
	m.now = nil
}

func priority(name string) int {
	return slices.IndexFunc(Catalogue, func(r Rule) bool { return r.Name == name })
}

// Failed records a step that is not finite, and where that began.
func (m *Monitor) Failed(d *session.Diverged, r *remedy.Remedy) {
	m.begin(&Diagnosis{Finding: *notFinite(d, r), Rule: "nan", Step: d.Step})
}

// gather collects the facts at the position of a session.
func (m *Monitor) gather(s *session.Session) *Facts {
	t := s.Trainer()
	f := &Facts{
		Step: t.StepCount(), Curves: s.Curves(), Last: s.LastEvaluation(), LR: t.Last().LR,
		Layers: t.Layers(), Recipe: t.Recipe(), Data: t.Data(), Grad: math.NaN(),
	}
	for _, d := range s.Marks() {
		f.Since = max(f.Since, d.Step-1)
	}
	for _, r := range s.Recent() {
		if r.Step > f.Since {
			f.Losses = append(f.Losses, r.Loss)
		}
	}
	f.Initial, f.Best = math.NaN(), math.NaN()
	if c := f.Curves.Train; len(c) > 0 {
		f.Initial = c[0].Mean()
		for _, b := range c {
			if v := b.Mean(); !(v >= f.Best) && !math.IsNaN(v) {
				f.Best = v
			}
		}
	}
	f.knobs = m.knobs
	if row, ok := t.Surface(); ok {
		f.Surface, f.Unbounded, f.FullBatch = true, len(row.Minima) == 0, true
		noise, _ := f.num("surface.noise")
		f.Noisy = noise > 0
	}
	if n, ok := t.Network(); ok {
		m.network(f, t, n)
	}
	if f.Step > 0 {
		l := sample(f.Step, f.Layers, f.Units)
		f.Grad = l.Grad
		if n := len(m.samples); n > 0 && m.samples[n-1].Step == f.Step {
			m.samples = m.samples[:n-1]
		}
		m.samples = append(m.samples, l)
		m.samples = m.samples[max(0, len(m.samples)-sampleLimit):]
		m.remember(l)
	}
	f.Samples, f.Before = m.samples, m.before
	return f
}

// network adds the facts of a network.
func (m *Monitor) network(f *Facts, t *core.Trainer, n *objective.Network) {
	batch, _ := f.num("train.batch")
	f.FullBatch = n.Batches() <= 1 && (batch == 0 || int(batch) >= n.Epoch())
	if _, ok := f.knob("train.batch"); !ok {
		f.FullBatch = true
	}
	noise, _ := f.num("train.noise")
	f.Noisy = !f.FullBatch || noise > 0
	if m.set != n.Data() {
		m.set, m.rows = n.Data(), rowsOf(n.Data(), t)
	}
	f.rows = m.rows
	m.activations(t)
	f.Units = m.units
	if teacher, _ := n.Teacher(); teacher != m.teacher {
		m.teacher, m.answers = teacher, answersOf(teacher, n)
	}
	f.Teacher = m.answers
	f.Clipped, f.ClippedIn = clipped(t)
}

// activations counts dead and saturated units, where that is not too dear: a pass over
// 256 rows.
func (m *Monitor) activations(t *core.Trainer) {
	now := time.Now()
	switch {
	case m.seldom > 0:
		if m.looks++; m.looks%m.seldom != 0 {
			return
		}
	case now.Before(m.unitsDue):
		return
	}
	m.units, _ = probe.Units{}.Measure(context.Background(), t).([]probe.LayerUnits)
	m.unitsDue = now.Add(4 * share * time.Since(now))
}

// remember keeps a sample of the whole run, every other one once there are many.
func (m *Monitor) remember(l Sample) {
	if n := len(m.before); n > 0 && l.Step < m.before[n-1].Step+m.stride {
		return
	}
	m.before = append(m.before, l)
	if len(m.before) < 2*sampleLimit {
		return
	}
	for i := range sampleLimit {
		m.before[i] = m.before[2*i]
	}
	m.before = m.before[:sampleLimit]
	m.stride = max(2*m.stride, (m.before[sampleLimit-1].Step-m.before[0].Step)/sampleLimit)
}

// rowsOf counts classes and measures columns.
func rowsOf(d *data.Set, t *core.Trainer) (r rowFacts) {
	r.scale = remedy.UnscaledIn(t)
	if !d.ByClass || d.Train.Rows() == 0 {
		return r
	}
	r.counts = make([]int, len(d.Targets))
	for _, c := range d.Train.Classes {
		r.counts[c]++
	}
	most := 0
	for c, n := range r.counts {
		if n > r.counts[most] {
			most = c
		}
	}
	r.class, r.majority = d.Targets[most], float64(r.counts[most])/float64(d.Train.Rows())
	held := 0
	for _, c := range d.Held().Classes {
		if c == most {
			held++
		}
	}
	r.held = float64(held) / float64(d.Held().Rows())
	return r
}

// teacherRows bounds the rows that a teacher is asked about.
const teacherRows = 1024

// answersOf asks a teacher about the rows that the student is judged by; nil where
// there is none, or answers are neither right nor wrong.
func answersOf(t *objective.Teacher, n *objective.Network) *Teacher {
	p := n.Data().Held()
	if t == nil || p.Classes == nil || n.Reads() == loss.LogOdds {
		return nil
	}
	const block = 128
	rows := min(p.Rows(), teacherRows)
	right := 0
	for from := 0; from < rows; from += block {
		part := p.Cut(from, min(from+block, rows))
		out := t.Answer(part.X)
		for r, class := range part.Classes {
			if objective.Argmax(out.Data[r*out.Stride:r*out.Stride+out.Cols]) == class {
				right++
			}
		}
	}
	return &Teacher{Accuracy: float64(right) / float64(max(rows, 1))}
}

// clipped returns the largest share of a kernel's weights that lie outside the range
// of its grid, and its layer; 0 where weights are not quantized.
func clipped(t *core.Trainer) (most float64, where string) {
	if t.WeightBits() == 0 {
		return 0, ""
	}
	effective, stored := slices.Clone(t.Weights()), t.Dense()
	for _, k := range t.Layout().Kernels() {
		top := 0.0
		for _, v := range k.Of(effective) {
			top = max(top, math.Abs(v))
		}
		out, all := 0, 0
		for i, v := range k.Of(stored) {
			if k.Of(effective)[i] != 0 {
				all++
			}
			if top > 0 && math.Abs(v) > top*(1+1e-9) {
				out++
			}
		}
		if part := float64(out) / float64(max(k.Size(), 1)); all > 0 && part > most {
			most, where = part, k.Layer
		}
	}
	return most, where
}
