// Package optuna writes a study as a journal of Optuna, the format of its JournalStorage,
// and reads one: a JSON object a line, each an operation on studies and their trials.
package optuna

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"time"

	"descent/core/knob"
	"descent/core/search"
	"descent/session/study"
)

// The operations of a journal; later ones are ignored.
const (
	createStudy = iota
	deleteStudy
	studyUserAttr
	studySystemAttr
	createTrial
	trialParam
	trialState
	trialIntermediate
	trialUserAttr
	trialSystemAttr
)

// The states of a trial.
const (
	running = iota
	complete
	pruned
	failed
)

// The directions of an objective.
const (
	minimize = 1
	maximize = 2
)

// Write writes what is known of a study. Parameters are knob paths; values of lists are
// written as presets have them. times are when a trial was begun and when it ended, the
// zero time where that is not known. The reports of one run stand at their steps; those of
// several seeds after each other, each seed an arm of its own with the steps of a trial.
func Write(w io.Writer, r *study.Reading, times func(trial int) (begun, ended time.Time)) error {
	out := bufio.NewWriter(w)
	put := func(op int, fields object) {
		line := object{"op_code": op, "worker_id": "descent"}
		for k, v := range fields {
			line[k] = v
		}
		_, _ = out.WriteString(encode(line) + "\n") // the writer remembers the error
	}
	directions, names := list{}, list{}
	for _, o := range r.Spec.Objectives {
		d := minimize
		if o[0] == '-' {
			d, o = maximize, o[1:]
		}
		directions, names = append(directions, d), append(names, o)
	}
	put(createStudy, object{"study_name": filepath.Base(r.Dir), "directions": directions})
	put(studySystemAttr, object{"study_id": 0, "system_attr": object{"study:metric_names": names}})
	for _, a := range []object{{"preset": r.Spec.Name}, {"sampler": r.Spec.Sampler}, {"pruner": r.Spec.Pruner}, {"steps": r.Spec.Steps}, {"seeds": r.Spec.Seeds}, {"arithmetic": r.Spec.Arithmetic}, {"descent": r.Spec.Release}} {
		put(studyUserAttr, object{"study_id": 0, "user_attr": a})
	}
	for _, t := range r.Trials {
		begun, ended := times(t.Number)
		put(createTrial, trialOf(r, t, begun, ended))
	}
	return out.Flush()
}

// trialOf is the operation that makes a trial as it stands.
func trialOf(r *study.Reading, t *study.Trial, begun, ended time.Time) object {
	o := object{"study_id": 0, "state": running, "value": nil, "values": nil, "datetime_start": stamp(begun)}
	values := list{}
	for i, v := range t.Values {
		values = append(values, signed(r.Spec, i, v))
		if math.IsNaN(v) {
			values = nil
			break
		}
	}
	measured := len(values) == len(r.Spec.Objectives)
	switch t.State {
	case search.Complete:
		if o["state"] = complete; !measured {
			o["state"] = failed
		}
	case search.Pruned:
		o["state"] = pruned
	case search.Failed:
		o["state"], measured = failed, false
	case search.Waiting:
		if r.Over || r.Ending {
			o["state"] = pruned
		}
	}
	if o["state"] != running {
		o["datetime_complete"] = stamp(ended)
		if measured && o["state"] != failed {
			if o["values"] = values; len(values) == 1 {
				o["value"], o["values"] = values[0], nil
			}
		}
	}
	distributions, params := object{}, object{}
	for _, a := range axesOf(r, t) {
		if v, ok := t.Point[a.Path]; ok {
			d, internal := distribution(a, v)
			distributions[a.Path], params[a.Path] = encode(d), internal
		}
	}
	for path, v := range t.Point { // of a trial that was asked for by hand
		if params[path] == nil {
			d, internal := distribution(search.Axis{Path: path, Kind: search.Choice, Choices: []knob.Value{v}}, v)
			distributions[path], params[path] = encode(d), internal
		}
	}
	o["distributions"], o["params"] = distributions, params
	between := object{}
	for _, report := range t.Reports {
		if len(report.Values) > 0 {
			between[fmt.Sprint(report.Seed*r.Spec.Steps+report.Step)] = signed(r.Spec, 0, float64(report.Values[0]))
		}
	}
	o["intermediate_values"] = between
	o["user_attrs"], o["system_attrs"] = attributes(r, t), object{}
	if len(r.Spec.Where) > 0 && t.State == search.Complete {
		o["system_attrs"] = object{"constraints": list{t.Violation}}
	}
	return o
}

// attributes are what Optuna has no field for.
func attributes(r *study.Reading, t *study.Trial) object {
	out := object{"steps": t.Step}
	for name, v := range t.Metrics {
		out[name] = v
	}
	for name, text := range map[string]string{"hash": t.Hash, "why": t.Why, "note": t.Note, "imported": t.Claim.Imported} {
		if text != "" {
			out[name] = text
		}
	}
	if len(t.Seeds) > 1 {
		all := list{}
		for _, seed := range t.Seeds {
			one := list{}
			for i, v := range seed {
				one = append(one, signed(r.Spec, i, v))
			}
			all = append(all, one)
		}
		out["seeds"] = all
	}
	if t.State == search.Waiting {
		out["waiting"] = true
	}
	return out
}

// signed is a value as the metric has it: a search turns what is maximised round.
func signed(s study.Spec, objective int, v float64) float64 {
	if objective < len(s.Objectives) && s.Objectives[objective][0] == '-' {
		return -v
	}
	return v
}

// stamp is a time in UTC, as Optuna reads it.
func stamp(t time.Time) any {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000")
}

// axesOf is the search space when a trial was begun.
func axesOf(r *study.Reading, t *study.Trial) []search.Axis {
	axes := r.Spec.Axes
	for _, d := range r.Events[:min(t.Claim.Decisions, len(r.Events))] {
		if d.Axes != nil {
			axes = d.Axes
		}
	}
	return axes
}

// distribution is an axis as Optuna has it, wide enough for a value, and how the value is
// written in it.
func distribution(a search.Axis, v knob.Value) (d object, internal float64) {
	if a.Kind == search.Choice {
		i := a.Index(v)
		if i < 0 {
			i = len(a.Choices)
			a.Choices = append(a.Choices[:i:i], v)
		}
		choices := list{}
		for _, c := range a.Choices {
			choices = append(choices, plain(c))
		}
		return object{"name": "CategoricalDistribution", "attributes": object{"choices": choices}}, float64(i)
	}
	x := v.Num()
	low, high, step := min(a.Low, x), max(a.High, x), a.Step
	logarithmic := a.Log && low > 0
	if a.Kind == search.Int {
		n := max(int(step), 1)
		if logarithmic || (int(x)-int(low))%n != 0 {
			n = 1
		}
		high = low + float64((int(high)-int(low))/n*n)
		return object{"name": "IntDistribution", "attributes": object{"log": logarithmic, "step": n, "low": int(low), "high": int(high)}}, x
	}
	attributes := object{"log": logarithmic, "step": nil, "low": low, "high": high}
	if step > 0 && !logarithmic && low == a.Low && high == a.High {
		attributes["step"], attributes["high"] = step, low+step*math.Floor((high-low)/step+1e-9)
	}
	return object{"name": "FloatDistribution", "attributes": attributes}, x
}

// plain is a value of a knob as a choice of Optuna's: a number, a text or a switch.
func plain(v knob.Value) any {
	switch {
	case v.Equal(knob.Flag(v.On())):
		return v.On()
	case v.Equal(knob.Num(v.Num())):
		return v.Num()
	}
	return v.String()
}
