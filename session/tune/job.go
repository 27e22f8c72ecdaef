package tune

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"descent/core/search"
	"descent/session/journal"
	"descent/session/study"
)

// reportsMost is about how many values a trial reports.
const reportsMost = 100

// job is a claim under way.
type job struct {
	study.Claim
	spec    study.Spec
	from    *beginner
	told    func(study.Report) (study.Outcome, string, error) // nil for nobody
	breathe func() error                                      // called after every step

	runs    []*run // of the seeds that were begun; those that are over for good are nil, but for the first
	reports []study.Report
	values  [][]float64 // of the seeds that are done
	metrics []map[string]float64
}

// seeds is how many runs the job takes.
func (j *job) seeds() int {
	if j.Fresh {
		return 1
	}
	return max(j.spec.Seeds, 1)
}

// final reports whether the trial is at its end when the job is.
func (j *job) final() bool { return j.Fresh || j.Steps >= j.spec.Steps }

// interval is the least number of steps between two reports.
func (j *job) interval() int {
	most := max(reportsMost/j.seeds(), reportsMost/10)
	return max((j.spec.Steps+most-1)/most, 1)
}

// stopped ends a job early, with an outcome.
type stopped struct {
	outcome study.Outcome
	why     string
}

func (s stopped) Error() string { return s.why }

// train trains a job to its end. On an error that is not the trial's own, such as that
// of the context, the job can be gone on with.
func (j *job) train(ctx context.Context) (study.Result, error) {
	for i := len(j.values); i < j.seeds(); i++ {
		r, err := j.seed(ctx, i)
		s, broke := stopped{}, false
		switch {
		case errors.As(err, &s):
			return j.early(s, r), nil
		case ctx.Err() != nil:
			return study.Result{}, ctx.Err()
		case r != nil && r.over:
			broke = true
		case err != nil:
			return study.Result{}, err
		}
		var v []float64
		var m map[string]float64
		if broke {
			v = make([]float64, len(j.spec.Objectives))
			for k := range v {
				v[k] = math.Inf(1)
			}
			if j.failed(v) {
				return j.result(study.Failed, failure(i, j.seeds(), err)), nil
			}
		} else {
			m = measure(r)
			if v, err = values(j.spec.Objectives, m); err != nil {
				return j.result(study.Failed, err.Error()), nil
			}
			if k := unmeasured(v); k >= 0 && j.failed(v) {
				return j.result(study.Failed, fmt.Sprintf("%s is not finite", j.spec.Objectives[k])), nil
			}
		}
		j.values, j.metrics = append(j.values, v), append(j.metrics, m)
		if j.final() && i > 0 {
			j.runs[i] = nil
		}
		if s, err := j.tell(i, r, v); err != nil {
			return study.Result{}, err
		} else if s.outcome != "" && (i+1 < j.seeds() || !j.final()) {
			return j.early(s, r), nil
		}
	}
	if !j.final() {
		return j.result(study.Waiting, ""), nil
	}
	return j.result(study.Done, ""), nil
}

// unmeasured is the index of a value that is not finite, −1 for none.
func unmeasured(v []float64) int {
	for i, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return i
		}
	}
	return -1
}

// failed reports whether so many seeds have come to nothing, with the one of these
// values, that their median has.
func (j *job) failed(v []float64) bool {
	n := 0
	for _, w := range append(j.values[:len(j.values):len(j.values)], v) {
		if unmeasured(w) >= 0 {
			n++
		}
	}
	return 2*n >= j.seeds()
}

// seed trains the run of a seed to the end of the job. The error is why it ended
// early; if r.over is true, it has diverged.
func (j *job) seed(ctx context.Context, i int) (r *run, err error) {
	if i == len(j.runs) {
		if r, err = j.from.run(ctx, j.Point, j.from.seedOf(j.Job, i)); err != nil {
			if ctx.Err() == nil {
				err = stopped{study.Failed, err.Error()}
			}
			return nil, err
		}
		j.runs = append(j.runs, r)
	}
	r = j.runs[i]
	if r.over {
		return r, errors.New("it had diverged before")
	}
	r.trainer.Interrupt(func() bool { return ctx.Err() != nil })
	if i == 0 && r.done() == 0 && !j.Fresh {
		if why := foreseen(j.spec, r.trainer); why != "" {
			return r, stopped{study.Done, why}
		}
	}
	for r.done() < j.Steps {
		err := r.step()
		if errors.Is(err, errBroken) {
			return r, ctx.Err()
		}
		if err != nil {
			return r, err
		}
		if n := r.done(); n < j.Steps && r.trainer.Due() && n/j.interval() > r.told/j.interval() {
			v, err := values(j.spec.Objectives, j.measured(r))
			if err != nil {
				return r, stopped{study.Failed, err.Error()}
			}
			if s, err := j.tell(i, r, v); err != nil {
				return r, err
			} else if s.outcome != "" {
				return r, s
			}
		}
		if err := j.breathe(); err != nil {
			return r, err
		}
	}
	return r, r.end()
}

// measured is what a report needs, and no more: the rows that were trained on are not
// run through the network again.
func (j *job) measured(r *run) map[string]float64 {
	m := map[string]float64{"loss": r.loss()}
	for _, o := range j.spec.Objectives {
		switch strings.TrimPrefix(o, "-") {
		case "loss":
		case "bytes", "params", "multiply_adds":
			sizes(m, r.trainer)
		case "gradient_evaluations":
			m["gradient_evaluations"] = float64(r.trainer.Last().GradientEvaluations)
		case "val_loss", "val_accuracy":
			if set := r.trainer.Data(); set != nil && set.Val.Rows() > 0 {
				m["val_loss"], m["val_accuracy"] = r.trainer.Measure(set.Val)
				continue
			}
			return measure(r)
		default:
			return measure(r)
		}
	}
	return m
}

// tell reports values of a run as it stands; whoever is told may ask to stop.
func (j *job) tell(i int, r *run, v []float64) (stopped, error) {
	step := r.done()
	if j.Fresh || r.over || r.told == step {
		return stopped{}, nil
	}
	r.told = step
	report := study.Report{Seed: i, Step: step, Values: floats(v)}
	j.reports = append(j.reports, report)
	if j.told == nil {
		return stopped{}, nil
	}
	outcome, why, err := j.told(report)
	return stopped{outcome, why}, err
}

// early is the result of a job that was stopped in the midst of a run.
func (j *job) early(s stopped, r *run) study.Result {
	if r != nil && s.outcome != study.Failed {
		m := measure(r)
		if v, err := values(j.spec.Objectives, m); err == nil {
			out := j.result(s.outcome, s.why)
			out.Values, out.Metrics = floats(v), metricsOf([]map[string]float64{m})
			if s.outcome == study.Done {
				out.Seeds = [][]journal.Float{floats(v)}
			}
			return out
		}
	}
	return j.result(s.outcome, s.why)
}

// result is what the job has come to.
func (j *job) result(o study.Outcome, why string) study.Result {
	out := study.Result{Job: j.Job, Attempt: j.Attempt, Outcome: o, Why: why, Reports: j.reports, Metrics: metricsOf(j.metrics)}
	for i, r := range j.runs {
		switch {
		case r == nil:
			out.Steps += j.Steps
		case i == 0 && !r.over:
			out.Hash = r.trainer.Hash()
			out.Steps += r.done()
		default:
			out.Steps += r.done()
		}
	}
	if o == study.Failed {
		if len(j.runs) > 0 && j.runs[0] != nil {
			out.Metrics["gradient_evaluations"] = journal.Float(j.runs[0].trainer.Last().GradientEvaluations)
		}
		return out
	}
	for _, v := range j.values {
		out.Seeds = append(out.Seeds, floats(v))
	}
	if len(j.values) > 0 {
		all := make([]float64, len(j.spec.Objectives))
		for k := range all {
			var of []float64
			for _, v := range j.values {
				of = append(of, v[k])
			}
			all[k] = median(of)
		}
		out.Values = floats(all)
	}
	return out
}

// metricsOf are medians over seeds.
func metricsOf(seeds []map[string]float64) map[string]journal.Float {
	of := map[string][]float64{}
	for _, m := range seeds {
		for name, v := range m {
			of[name] = append(of[name], v)
		}
	}
	out := map[string]journal.Float{}
	for name, v := range of {
		out[name] = journal.Float(median(v))
	}
	return out
}

// state is what the job can be gone on from.
func (j *job) state() ([]byte, error) {
	s := &state{Job: j.Job, Reports: j.reports, Values: j.values, Metrics: j.metrics}
	for _, r := range j.runs {
		var i runState
		if r != nil {
			var err error
			if i, err = r.image(); err != nil {
				return nil, err
			}
		}
		s.Runs = append(s.Runs, i)
	}
	return encode(s)
}

// take goes on from a kept state: of this job, of the rung before, or of the parent.
func (j *job) take(ctx context.Context, b []byte) error {
	s, err := decode(b)
	if err != nil {
		return err
	}
	for i := range s.Runs {
		if s.Runs[i].Params == nil {
			j.runs = append(j.runs, nil)
			continue
		}
		r, err := s.Runs[i].run(ctx, j.from)
		if err != nil {
			return err
		}
		j.runs = append(j.runs, r)
	}
	if s.Job == j.Job {
		j.reports, j.values, j.metrics = s.Reports, s.Values, s.Metrics
		return nil
	}
	if j.Parent == nil {
		return nil
	}
	for _, r := range j.runs {
		if r == nil || r.over {
			continue
		}
		changes, err := live(r.trainer.Settings(), turning(j.Point, r))
		if err != nil {
			return err
		}
		if err := r.set("population", changes); err != nil {
			return err
		}
	}
	return nil
}

// turning is the part of a point that can change while training.
func turning(p search.Point, r *run) search.Point {
	out := search.Point{}
	for path, v := range p {
		if s, err := r.begins.Find(path); err != nil || !s.Knob.Fixed {
			out[path] = v
		}
	}
	return out
}
