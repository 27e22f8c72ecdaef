package optim

import "descent/core/knob"

var plateauDoc = knob.Doc{
	Formula: "η ← max(factor · η, min_lr) once patience + 1 evaluations in a row have not improved\n" +
		"improved: loss < best · (1 − threshold), accuracy > best · (1 + threshold); a change of η of 1e-8 or less is left out (eps in PyTorch)",
	Source:  knob.None,
	PyTorch: "torch.optim.lr_scheduler.ReduceLROnPlateau(mode, factor, patience, threshold, cooldown, min_lr), called at each evaluation",
	When:    "Where neither the length of the run nor good milestones are known. Each reduction is recorded in the log and can be undone. It needs validation rows, evaluated often enough.",
	Range:   "factor from 0.1 to 0.5, patience from 3 to 20",
}

// Plateau reduces the learning rate when the evaluated loss stops improving. It is no
// function of the step: after each evaluation whoever trains calls Observe and takes
// the decision, so that the base rate itself changes.
type Plateau struct {
	Factor, Threshold, MinLR float64
	Patience, Cooldown       int
	Monitor                  string
}

// PlateauMemory is the state of a Plateau between evaluations.
type PlateauMemory struct {
	Begun      bool
	Best       float64
	Bad, Quiet int // evaluations without improvement; evaluations left of the cooldown
}

// Knobs are its settings.
func (p *Plateau) Knobs() []knob.Knob {
	return []knob.Knob{
		monitorKnob("schedule.monitor", &p.Monitor, "metric that has to improve"),
		knob.Float("schedule.factor", &p.Factor, 0, 1, knob.Linear, "factor by which the learning rate is reduced").WithStep(0.1).Explained(knob.Doc{
			Formula: "η ← max(factor · η, min_lr)",
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.ReduceLROnPlateau(factor)",
			When:    "Closer to 1 for smaller, more frequent reductions.",
			Range:   "0.1 to 0.5; 0.1 to begin with",
		}),
		knob.Int("schedule.patience", &p.Patience, 0, 1<<40, "number of evaluations without improvement that are allowed").WithScale(knob.Log, 1).Explained(knob.Doc{
			Formula: "reduced after patience + 1 evaluations in a row without improvement",
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.ReduceLROnPlateau(patience)",
			When:    "Raise it where the evaluated loss is noisy, lower it where evaluations are rare.",
			Range:   "3 to 20; 10 to begin with",
		}),
		knob.Float("schedule.threshold", &p.Threshold, 0, 1, knob.Log, "relative change of the metric that counts as an improvement").WithScale(knob.Log, 1e-6).Explained(knob.Doc{
			Formula: "improved if loss < best · (1 − threshold), or accuracy > best · (1 + threshold)",
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.ReduceLROnPlateau(threshold, threshold_mode=\"rel\")",
			When:    "Raise it so that very slow progress counts as a plateau.",
			Range:   "1e-4 to 1e-2; 1e-4 to begin with",
		}),
		knob.Int("schedule.cooldown", &p.Cooldown, 0, 1<<40, "number of evaluations after a reduction that are not counted").WithScale(knob.Log, 1).Explained(knob.Doc{
			Formula: knob.None,
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.ReduceLROnPlateau(cooldown)",
			When:    "It gives the loss time to respond before the next reduction.",
			Range:   "0 to 10; 0 to begin with",
		}),
		knob.Float("schedule.min_lr", &p.MinLR, 0, 1e6, knob.Log, "lower bound of the learning rate").WithScale(knob.Log, 1e-9).Explained(knob.Doc{
			Formula: "η ← max(factor · η, min_lr)",
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.ReduceLROnPlateau(min_lr)",
			When:    "It keeps the learning rate from vanishing in long runs.",
			Range:   "0 to 1e-5; 0 to begin with",
		}),
	}
}

// Rate returns the base rate, which decisions change.
func (p *Plateau) Rate(base float64, _, _ int) float64 { return base }

// Observe records the value of an evaluation in m and returns the learning rate from
// now on: lr itself, or a lower one.
func (p *Plateau) Observe(m *PlateauMemory, value, lr float64) float64 {
	better := value < float64(m.Best*(1-p.Threshold))
	if rises(p.Monitor) {
		better = value > float64(m.Best*(1+p.Threshold))
	}
	if !m.Begun || better {
		m.Begun, m.Best, m.Bad = true, value, 0
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
