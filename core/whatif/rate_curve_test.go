package whatif

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// curved is a curve of losses that f gives for each rate, with its noise.
func curved(m RateFinder, trained bool, f func(rate float64) float64) RateCurve {
	var c RateCurve
	mean, weight := 0.0, 0.0
	for i := range m.Steps {
		rate := m.rate(i)
		loss := f(rate)
		if math.IsNaN(loss) {
			break
		}
		mean, weight = smoothing*mean+(1-smoothing)*loss, smoothing*weight+(1-smoothing)
		c.Rates, c.Losses, c.Smooth = append(c.Rates, rate), append(c.Losses, loss), append(c.Smooth, mean/weight)
	}
	c.suggest(m, trained)
	return c
}

var usual = RateFinder{From: 1e-6, To: 10, Steps: 300}

func TestNoiseSuggestsNoRate(t *testing.T) {
	for name, noise := range map[string]func(r *rand.Rand) float64{
		"normal":  func(r *rand.Rand) float64 { return 1 + 0.3*r.NormFloat64() },
		"small":   func(r *rand.Rand) float64 { return 1 + 0.001*r.NormFloat64() },
		"spikes":  func(r *rand.Rand) float64 { return 1e-11 * math.Exp(3*r.NormFloat64()) },
		"even":    func(r *rand.Rand) float64 { return r.Float64() },
		"none":    func(*rand.Rand) float64 { return 2.5 },
		"zero":    func(*rand.Rand) float64 { return 0 },
		"below 0": func(r *rand.Rand) float64 { return -3 + r.NormFloat64() },
	} {
		said := 0
		const rounds = 400
		for seed := range uint64(rounds) {
			r := rand.New(rand.NewPCG(seed, 1))
			// A network at its floor: nothing, and then it blows up or does not.
			blows := seed%2 == 0
			c := curved(usual, false, func(rate float64) float64 {
				if blows && rate > 0.1 {
					return noise(r) + rate
				}
				return noise(r)
			})
			if c.Suggests() {
				said++
			} else if !strings.Contains(c.Note, "did not fall by more than its noise") {
				t.Fatalf("%s: the note is %q", name, c.Note)
			}
		}
		if said > rounds/100 {
			t.Errorf("%s: rates are suggested in %d of %d", name, said, rounds)
		}
	}
}

func TestAFallIsFoundThroughItsNoise(t *testing.T) {
	for _, deviation := range []float64{0, 0.01, 0.2} {
		for seed := range uint64(100) {
			r := rand.New(rand.NewPCG(seed, 2))
			c := curved(usual, false, func(rate float64) float64 { // falls from 2.3 to 0.3 about 1e-3, and blows up from 0.1 on
				loss := 0.3 + 2/(1+math.Pow(rate/1e-3, 1.5)) + math.Pow(rate/0.3, 4)
				if loss > 20 {
					return math.NaN()
				}
				return loss + deviation*r.NormFloat64()
			})
			if !(c.Steepest > 2e-4 && c.Steepest < 1e-2) {
				t.Errorf("noise of %g, seed %d: the steepest fall is said to be at %g", deviation, seed, c.Steepest)
			}
			if !(c.Valley > 1e-5 && c.Valley < 0.1) || !(c.Tenth > 1e-4 && c.Tenth < 0.1) || c.Note != "" {
				t.Errorf("noise of %g, seed %d: valley %g, tenth %g, %q", deviation, seed, c.Valley, c.Tenth, c.Note)
			}
		}
	}
}

func TestTheRangeLimitsWhatIsSuggested(t *testing.T) {
	falls := func(rate float64) float64 { return 1 / (1 + rate/0.01) }
	still := curved(RateFinder{From: 1e-6, To: 0.1, Steps: 300}, false, falls)
	if still.Tenth != 0 || !(still.Steepest > 0) || !strings.Contains(still.Note, "still falls at the largest rate, 0.1") {
		t.Errorf("without a rise: %+v", still.Note)
	}
	faster := curved(usual, false, func(rate float64) float64 { return 1 - math.Exp(rate*10) })
	if faster.Suggests() || !strings.Contains(faster.Note, "ever faster") {
		t.Errorf("ever faster: steepest %g, %q", faster.Steepest, faster.Note)
	}
	early := curved(RateFinder{From: 0.01, To: 10, Steps: 100}, false, func(rate float64) float64 { return 1/(1+rate*50) + math.Pow(rate, 4)*300 })
	if early.Tenth != 0 && early.Tenth < 0.01 {
		t.Errorf("a tenth, %g, was never tried", early.Tenth)
	}
	atOnce := curved(usual, false, func(rate float64) float64 {
		if rate > 1.2e-6 {
			return math.NaN()
		}
		return 1
	})
	if atOnce.Suggests() || !strings.Contains(atOnce.Note, "not finite from a rate of 1.24e-06 on") {
		t.Errorf("it blows up at once: %q", atOnce.Note)
	}
	flat := curved(usual, true, func(float64) float64 { return 1 })
	if !strings.Contains(flat.Note, "trained already") {
		t.Errorf("a trained network: %q", flat.Note)
	}
	for _, c := range []RateCurve{still, faster, early, atOnce, flat} {
		for _, rate := range []float64{c.Steepest, c.Valley, c.Tenth} {
			if rate != 0 && (rate < c.Rates[0] || rate > c.Rates[len(c.Rates)-1]) {
				t.Errorf("%g lies outside of what was tried", rate)
			}
		}
	}
}
