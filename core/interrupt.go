package core

// Interrupt lets a step that takes long be broken off: where poll, which is asked
// now and then in the midst of it by one goroutine at a time, says so, the step
// is taken back, and Broken tells. nil is never.
func (t *Trainer) Interrupt(poll func() bool) { t.breaker.poll = poll }

// Abandon is for copies that nobody needs once poll says so: whatever they are
// computing then comes to a quick and meaningless end.
func (t *Trainer) Abandon(poll func() bool) {
	t.breaker.abandon(poll)
	t.of.Watch(t.breaker.stop)
}

// Broken tells whether the last step was broken off and taken back.
func (t *Trainer) Broken() bool { return t.breaker.broken() }

// long is from how many multiply-adds on a pass is worth asking in: a few
// milliseconds.
var long = 1 << 26

// LongEvaluation tells whether an evaluation takes long enough to be noticed.
func (t *Trainer) LongEvaluation() bool { return t.of.Work(true) > 8*long }

// StepWork is about how many multiply-adds a step takes.
func (t *Trainer) StepWork() int { return t.of.Work(false) }

// EvaluatesNext tells whether the next step ends with an evaluation.
func (t *Trainer) EvaluatesNext() bool { return (t.step+1)%t.evalEvery() == 0 }

// TakeBackTo says what the state is before the next step, so that a step that may have to
// be taken back need not copy it.
func (t *Trainer) TakeBackTo(s *Snapshot) { t.given = s }

// arm makes the step to come one that can be broken off, if it takes long.
func (t *Trainer) arm(evaluates bool) (armed bool) {
	b, given := &t.breaker, t.given
	t.given = nil
	if b.poll == nil || b.armed {
		return false
	}
	b.off.Store(false)
	evaluates = evaluates && (t.step+1)%t.evalEvery() == 0
	work := t.of.Work(false)
	if t.parts.Row.OwnLength {
		work *= 25 // evaluations in a step
	}
	if evaluates {
		work += t.of.Work(true)
	}
	update := 0
	if m, ok := t.method().(interface{ Work() int }); ok {
		update = m.Work()
	}
	if work+update < long {
		return false
	}
	t.before = before{step: t.step, age: t.age, seen: t.seen, hops: t.gradientEvaluations, report: t.report}
	if t.parts.Row.OwnLength || evaluates || update > long || t.parts.View.Due(t.step) {
		if t.before.whole = given; given == nil {
			t.before.whole = t.Snapshot()
		}
	} else {
		t.before.partly = true
		t.before.state = append(copies(t.of.State()), copies(t.parts.View.Moved())...)
		t.before.ages, t.before.length = append([]float64(nil), t.tensors.ages...), t.updateNorm()
	}
	b.armed = true
	t.of.Watch(b.stop)
	return true
}

// asking is what an update asks that takes long; nil where a step that is broken
// off in its midst could not be taken back.
func (t *Trainer) asking() func() bool {
	if !t.breaker.armed || t.before.partly {
		return nil
	}
	return t.ask
}

// disarm ends what arm began, and takes the step back that was broken off.
func (t *Trainer) disarm() {
	t.breaker.armed = false
	t.of.Watch(nil)
	defer func() { t.before = before{} }()
	if !t.Broken() {
		return
	}
	b := &t.before
	if b.whole != nil {
		t.Restore(b.whole)
		return
	}
	t.step, t.age, t.seen, t.gradientEvaluations, t.report = b.step, b.age, b.seen, b.hops, b.report
	copy(t.tensors.ages, b.ages)
	t.lastUpdate, t.traced = b.length, false
	t.of.Restore(b.state)
	t.parts.View.RestoreMoved(b.state)
	t.sync()
}
