package optim

import "descent/core/knob"

// Plateau lowers the rate by Factor once Patience evaluations in a row did not
// bring the loss below (1 − Threshold) of the best; after that Cooldown
// evaluations are not counted. It is no function of the step: the session asks
// Observe after each evaluation and takes the decision, so that the rate itself
// moves. As torch's ReduceLROnPlateau with mode "min" and threshold_mode "rel".
type Plateau struct {
	Factor, Threshold, MinLR float64
	Patience, Cooldown       int
}

// PlateauMemory is what it remembers from one evaluation to the next.
type PlateauMemory struct {
	Begun      bool
	Best       float64
	Bad, Quiet int // evaluations without progress; still to be left out
}

// Knobs are those of the schedule.
func (p *Plateau) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("schedule.factor", &p.Factor, 0, 1, knob.Linear, "what the rate is multiplied by").WithStep(0.1),
		knob.Int("schedule.patience", &p.Patience, 0, 1<<40, "evaluations without progress that are borne").WithScale(knob.Log, 1),
		knob.Float("schedule.threshold", &p.Threshold, 0, 1, knob.Log, "by which share the loss has to fall to count as progress").WithScale(knob.Log, 1e-6),
		knob.Int("schedule.cooldown", &p.Cooldown, 0, 1<<40, "evaluations after a fall that are not counted").WithScale(knob.Log, 1),
		knob.Float("schedule.min_lr", &p.MinLR, 0, 1e6, knob.Log, "the rate does not fall below this").WithScale(knob.Log, 1e-9),
	}
}

// Rate is the base: it moves by decisions.
func (p *Plateau) Rate(base float64, _, _ int) float64 { return base }

// Observe takes note of an evaluated loss, and returns the rate that should
// hold from now on: lr itself, or a lower one.
func (p *Plateau) Observe(m *PlateauMemory, loss, lr float64) float64 {
	if !m.Begun || loss < float64(m.Best*(1-p.Threshold)) {
		m.Begun, m.Best, m.Bad = true, loss, 0
	} else {
		m.Bad++
	}
	if m.Quiet > 0 {
		m.Quiet--
		m.Bad = 0
	}
	if m.Bad <= p.Patience {
		return lr
	}
	m.Quiet, m.Bad = p.Cooldown, 0
	if next := max(float64(lr*p.Factor), p.MinLR); lr-next > 1e-8 {
		return next
	}
	return lr
}
