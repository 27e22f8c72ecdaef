package pytorch

import (
	"slices"
	"strconv"
	"strings"

	"descent/core/recipe"
)

// script is a Python script on its way.
type script struct {
	source
	r       *record
	file    string // beside it, with weights and data
	name    string
	version string

	rates     map[string]string // functions by their bodies
	order     []string          // of the bodies
	effective bool              // weights are masked, rounded or have adapters
	closure   bool              // an optimizer takes the gradient itself
	apart     bool              // the loop takes decoupled decay off
	accum     bool
	grouped   bool // a group has a rate of its own
	trims     bool // gradients are clipped
	freezes   bool
	norms     bool // batch norms are frozen
	classes   bool // the loss takes classes
	masked    bool
	learned   bool // scales train
	taught    bool // a teacher has a share in the loss
	named     bool // parameters are found by name
	moved     bool
	mixed     bool // parameters are rounded for passes
	varied    bool // the precision changes on the way
}

// survey finds what the script needs at all.
func (s *script) survey() {
	s.rates = map[string]string{}
	s.masked = len(s.r.masks) > 0
	s.effective = s.masked
	taken := map[string]bool{}
	for i, m := range s.r.moments {
		if s.rates[m.rate] == "" {
			first := strings.ReplaceAll(m.word("schedule.name"), "-", "_") + "_rate"
			if m.word("schedule.name") == "plateau" {
				first = "constant_rate"
			}
			name := first
			for k := 2; taken[name]; k++ {
				name = first + "_" + strconv.Itoa(k)
			}
			taken[name] = true
			s.rates[m.rate] = name
			s.order = append(s.order, m.rate)
		}
		s.effective = s.effective || m.bits != nil || m.rank > 0
		s.taught = s.taught || s.r.answers != nil && m.alphaOf() > 0
		s.learned = s.learned || m.learned
		s.mixed = s.mixed || m.word("train.precision") == recipe.Mixed
		s.varied = s.varied || m.word("train.precision") != s.r.moments[0].word("train.precision")
		s.closure = s.closure || m.optimizer.closure
		s.accum = s.accum || m.parts.Train.Accumulate > 1 && !m.optimizer.full
		s.trims = s.trims || m.num("train.clip_norm") > 0 || m.num("train.clip_value") > 0
		s.freezes = s.freezes || m.trained != nil
		s.norms = s.norms || len(m.frozen) > 0
		s.classes = s.classes || m.loss.classes
		s.named = s.named || len(m.groups) > 1 || s.freezes || s.masked
		for _, g := range m.groups {
			s.apart = s.apart || m.optimizer.apart && g.decay > 0
			s.grouped = s.grouped || g.share != 1 || g.base != m.lr
		}
		if i > 0 {
			was := s.r.moments[i-1]
			s.moved = s.moved || was.word("optimizer.name") == m.word("optimizer.name") && (was.optimizer.class != m.optimizer.class || was.optimizer.decay != m.optimizer.decay || regrouped(was, m))
		}
	}
}

// regrouped tells whether the groups of two moments hold other tensors.
func regrouped(a, b moment) bool {
	return !slices.EqualFunc(a.groups, b.groups, func(g, h group) bool { return slices.Equal(g.names, h.names) })
}

// targets is the expression of what the outputs are held against.
func (s *script) targets(part, rows string) string {
	both := false
	for _, m := range s.r.moments {
		both = both || m.loss.classes != s.r.moments[0].loss.classes
	}
	switch {
	case both:
		return "(class_" + part + rows + " if by_class else y_" + part + rows + ")"
	case s.classes:
		return "class_" + part + rows
	}
	return "y_" + part + rows
}

func count(m *moment) int {
	if m.optimizer.full {
		return 1
	}
	return m.parts.Train.Accumulate
}
