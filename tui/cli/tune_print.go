package cli

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"descent/core/search"
	"descent/session/study"
	"descent/tui/draw"
)

// none is an error where there is no winner: it says what has become of the trials.
func (f *searched) none() error {
	if f.winner != nil {
		return nil
	}
	if text := f.violated(); text != "" {
		return errors.New(text)
	}
	text := "no trial is complete that could be the best: " + f.states()
	for _, t := range f.reading.Trials {
		if t.Why != "" {
			return fmt.Errorf("%s; trial %d: %s", text, t.Number, t.Why)
		}
	}
	return errors.New(text)
}

// violated says that every trial that was trained violates a constraint, and what the
// nearest of them measured; "" if that is not so.
func (f *searched) violated() string {
	var nearest *study.Trial
	n := 0
	for _, t := range f.reading.Trials {
		if t.State != search.Complete || !(t.Violation > 0) || t.Step == 0 {
			continue
		}
		if n++; nearest == nil || t.Violation < nearest.Violation {
			nearest = t
		}
	}
	if nearest == nil {
		return ""
	}
	var where, has []string
	for _, c := range f.spec.Where {
		where = append(where, c.String())
		if v, ok := nearest.Metrics[c.Metric]; ok {
			has = append(has, fmt.Sprintf("%s %.4g", c.Metric, v))
		}
	}
	return fmt.Sprintf("none of the %s meets %s; the nearest, trial %d, has %s", several(n, "complete trial"), strings.Join(where, " and "), nearest.Number, strings.Join(has, ", "))
}

// paths are the columns of settings: the axes, and what else the trials that are shown
// have been given, as before an axis was dropped.
func (f *searched) paths() (out []string) {
	for _, a := range f.reading.Plan.Space.Axes {
		out = append(out, a.Path)
	}
	more := map[string]bool{}
	for _, c := range append([]candidate{*f.winner}, f.confirmed...) {
		for path := range c.point {
			if !slices.Contains(out, path) {
				more[path] = true
			}
		}
	}
	return append(out, slices.Sorted(maps.Keys(more))...)
}

// print says what was found, and how to go on.
func (f *searched) print(preset, presetOut string, spent time.Duration) error {
	if err := f.none(); err != nil {
		return err
	}
	w := stdout.table()
	metric := strings.ToUpper(metricOf(f.spec, 0))
	title := "SETTINGS"
	for _, path := range f.paths() {
		title += "\t" + strings.ToUpper(path)
	}
	if f.baseline != nil {
		title += fmt.Sprintf("\t%s, %s", metric, strings.ToUpper(several(f.spec.Fresh, "fresh seed")))
	}
	for i := range f.spec.Objectives {
		title += "\t" + strings.ToUpper(metricOf(f.spec, i)) + " IN THE SEARCH"
	}
	if f.baseline != nil {
		title += "\tLUCK"
	}
	fmt.Fprintln(w, title)
	if f.baseline != nil {
		f.row(w, f.baseline)
	}
	rows := f.confirmed
	if len(rows) == 0 {
		rows = []candidate{*f.winner}
	}
	for i := range rows {
		f.row(w, &rows[i])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	f.front(w)
	fmt.Fprintln(stdout, f.verdict())
	if len(f.wider) > 0 {
		fmt.Fprintln(stdout, f.ends())
	}
	fmt.Fprintf(stdout, "cost: %s (%s), %s steps, %s gradient evaluations, %s\n", several(len(f.reading.Trials), "trial"), f.states(), thousands(f.reading.Steps), thousands(f.evaluations()), span(spent))
	if presetOut != "" {
		fmt.Fprintf(stdout, "written: %s\n", draw.Line(presetOut))
		return nil
	}
	fmt.Fprintf(stdout, "the winner as a preset: descent tune %s --dir %s --preset-out best.toml\n", shellWord(preset), shellWord(f.reading.Dir))
	return nil
}

func (f *searched) row(w table, c *candidate) {
	name := "preset"
	if c.number >= 0 {
		name = fmt.Sprintf("trial %d", c.number)
	}
	for _, path := range f.paths() {
		text := "–"
		v, ok := c.point[path]
		if s, err := f.own.Find(path); c.number < 0 && !ok && err == nil {
			v, ok = s.Value, true
		}
		if ok {
			text = draw.Line(v.String())
		}
		name += "\t" + text
	}
	if f.baseline != nil {
		low, high := valueOf(f.spec, 0, c.low), valueOf(f.spec, 0, c.high)
		text := fmt.Sprintf("%.4g  (%.4g to %.4g)", valueOf(f.spec, 0, c.median), min(low, high), max(low, high))
		if len(c.fresh) == 1 {
			text = fmt.Sprintf("%.6g", valueOf(f.spec, 0, c.median))
		}
		name += "\t" + text
	}
	for i := range f.spec.Objectives {
		text := "–"
		if i < len(c.values) {
			text = fmt.Sprintf("%.6g", valueOf(f.spec, i, c.values[i]))
		}
		name += "\t" + text
	}
	if f.baseline != nil {
		text := "–"
		if luck := c.luck(); luck == luck {
			text = fmt.Sprintf("%.3g", luck)
		}
		name += "\t" + text
	}
	fmt.Fprintln(w, name)
}

// front prints the Pareto front of two objectives.
func (f *searched) front(w table) {
	if len(f.spec.Objectives) < 2 || len(f.reading.Front) == 0 {
		return
	}
	fmt.Fprintf(stdout, "\nPareto front of %s and %s:\n", metricOf(f.spec, 0), metricOf(f.spec, 1))
	fmt.Fprintf(w, "TRIAL\t%s\t%s\tSETTINGS\n", strings.ToUpper(metricOf(f.spec, 0)), strings.ToUpper(metricOf(f.spec, 1)))
	for _, n := range f.reading.Front {
		t := f.reading.Trials[n]
		w.printf("%d\t%.6g\t%.6g\t%s\n", n, valueOf(f.spec, 0, t.Values[0]), valueOf(f.spec, 1, t.Values[1]), t.Point)
	}
	_ = w.Flush()
	fmt.Fprintln(stdout)
}

// verdict says whether the search was worth it.
func (f *searched) verdict() string {
	w, b := f.winner, f.baseline
	metric := metricOf(f.spec, 0)
	if b == nil || len(w.fresh) == 0 {
		return fmt.Sprintf("the best is trial %d: %s %.6g, on the seeds of the search alone (--confirm and --fresh-seeds say how sure that is)", w.number, metric, valueOf(f.spec, 0, w.values[0]))
	}
	text := fmt.Sprintf("trial %d: %s %.4g against %.4g of the preset's own values, medians of %s", w.number, metric, valueOf(f.spec, 0, w.median), valueOf(f.spec, 0, b.median), several(len(w.fresh), "fresh seed"))
	switch {
	case !(w.median < b.median) && len(f.spec.Objectives) > 1:
		text = fmt.Sprintf("no setting on the front beats the preset's own values in %s: %.4g against %.4g, medians of %s", metric, valueOf(f.spec, 0, w.median), valueOf(f.spec, 0, b.median), several(len(w.fresh), "fresh seed"))
	case !(w.median < b.median):
		text = fmt.Sprintf("nothing better than the preset's own values was found: %s %.4g against %.4g, medians of %s", metric, valueOf(f.spec, 0, w.median), valueOf(f.spec, 0, b.median), several(len(w.fresh), "fresh seed"))
	case w.high >= b.low:
		text += "; their quartiles overlap, so the difference may be chance"
	}
	if luck := w.luck(); luck > 0 {
		text += fmt.Sprintf("; in the search it had %.4g, %.3g better by luck", valueOf(f.spec, 0, w.values[0]), luck)
	} else if luck == luck {
		text += fmt.Sprintf("; in the search it had %.4g, so it owes nothing to luck", valueOf(f.spec, 0, w.values[0]))
	}
	if f.spec.Population > 0 {
		text += "; a population's settings changed while it trained, and the fresh runs have its last ones from the start"
	}
	return text
}

// ends says which settings of the winner lie at an end of their range, and how one
// searches beyond it.
func (f *searched) ends() string {
	var names, ranges []string
	for _, a := range f.wider {
		names = append(names, a.Path)
		ranges = append(ranges, shellWord(study.FormatAxis(a)))
	}
	lie := names[0] + " lies at the end of its range"
	if n := len(names) - 1; n > 0 {
		lie = strings.Join(names[:n], ", ") + " and " + names[n] + " lie at the ends of their ranges"
	}
	return fmt.Sprintf("%s: `descent study %s widen %s`, and more --trials, look further", lie, shellWord(f.reading.Dir), strings.Join(ranges, " "))
}

// states counts the trials by what has become of them.
func (f *searched) states() string {
	c := f.reading.Counts
	var out []string
	for _, one := range []struct {
		n    int
		what string
	}{{c.Complete, "complete"}, {c.Pruned, "pruned"}, {c.Waiting, or(f.reading.Ending, "stopped early", "waiting")}, {c.Running, "running"}, {c.Failed, "failed"}} {
		if one.n > 0 {
			out = append(out, fmt.Sprintf("%d %s", one.n, one.what))
		}
	}
	if len(out) == 0 {
		return "no trials"
	}
	return strings.Join(out, ", ")
}

// thousands is a number with commas between its thousands.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
