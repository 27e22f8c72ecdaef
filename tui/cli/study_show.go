package cli

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"descent/core/input"
	"descent/core/search"
	"descent/core/search/importance"
	"descent/presets"
	"descent/session/journal"
	"descent/session/study"
	"descent/session/study/optuna"
	"descent/session/tune"
	"descent/tui/draw"
	"descent/tui/export"
)

// show says how a study stands, or writes it elsewhere.
func (f *studying) show(s *study.Study, _ []string) error {
	r := s.Reading()
	switch {
	case f.journal != "":
		return f.writeJournal(s)
	case f.json:
		return printJSON(summarize(s, r).json())
	case f.csv:
		return f.table(s, nil)
	}
	spec, plan := r.Spec, r.Plan
	w := stdout.table()
	row := func(name, format string, parts ...any) { w.printf(name+"\t"+format+"\n", parts...) }
	row("study", "%s", r.Dir)
	var goals []string
	for i := range spec.Objectives {
		goals = append(goals, or(spec.Objectives[i][0] == '-', "highest ", "lowest ")+metricOf(spec, i))
	}
	for _, c := range spec.Where {
		goals = append(goals, c.String())
	}
	row("preset", "%s, %s a trial, %s", spec.Name, several(spec.Steps, "step"), strings.Join(goals, ", "))
	greed := ""
	if plan.Greed != 0 {
		greed = fmt.Sprintf(" with greed %g", plan.Greed)
	}
	row("sampler", "%s%s, pruner %s", plan.Sampler, greed, plan.Pruner)
	for i, a := range plan.Space.Axes {
		row(or(i == 0, "over", ""), "%s", study.FormatAxis(a))
	}
	if plan.Space.Around != nil {
		row("around", "%s, width %g", plan.Space.Around.Center.String(), plan.Space.Around.Width)
	}
	limit := ""
	if plan.Trials > 0 {
		limit = fmt.Sprintf(" of %d", plan.Trials)
	}
	row("trials", "%d%s: %s, %s steps", r.Counts.Total, limit, summarize(s, r).states(), thousands(r.Steps))
	row("state", "%s%s", stateOf(r), or(r.Ending && !r.Over, ": fresh seeds", ""))
	for _, one := range r.Workers {
		doing := "between two trials"
		if one.Job != nil {
			doing = one.Job.String()
		}
		row("worker", "%s on %s: %s%s", one.ID, one.Host, doing, or(one.Lost, ", gives no sign of life", ""))
	}
	if len(plan.Queue) > 0 {
		row("queue", "%s", several(len(plan.Queue), "setting"))
	}
	row("best", "%s", strings.TrimPrefix(bestText(r), "best "))
	if err := w.Flush(); err != nil {
		return err
	}
	if found := summarize(s, r); len(found.confirmed) > 0 && r.Over {
		fmt.Fprintln(stdout, found.verdict())
	}
	return nil
}

// best prints the best trial as it can be trained again.
func (f *studying) best(s *study.Study, _ []string) error {
	r := s.Reading()
	found := summarize(s, r)
	if f.json {
		return printJSON(found.json())
	}
	if len(r.Spec.Objectives) > 1 && len(r.Front) > 0 {
		found.front(stdout.table())
		return nil
	}
	if found.winner == nil {
		return fmt.Errorf("no trial is complete that could be the best: %s", found.states())
	}
	t := found.winner
	stdout.printf("trial %d: %s %.6g\n", t.number, metricOf(r.Spec, 0), valueOf(r.Spec, 0, t.values[0]))
	stdout.printf("%s\n", t.point)
	stdout.printf("as a preset: descent study %s export best --out best.toml\n", shellWord(r.Dir))
	return nil
}

// studyRow is a trial in the table.
type studyRow struct {
	tunedTrial
	Why      string                   `json:"why,omitempty"`
	Metrics  map[string]journal.Float `json:"metrics,omitempty"`
	Hash     string                   `json:"hash,omitempty"`
	Pinned   bool                     `json:"pinned,omitempty"`
	Outside  bool                     `json:"outside,omitempty"`
	Imported string                   `json:"imported,omitempty"`
}

// table prints all trials.
func (f *studying) table(s *study.Study, _ []string) error {
	r := s.Reading()
	switch {
	case f.json:
		found := summarize(s, r)
		out := []studyRow{}
		for _, t := range r.Trials {
			one := studyRow{tunedTrial: found.trial(t.Number, t.Point, t.Values), Why: t.Why, Hash: t.Hash, Pinned: r.Plan.Pinned[t.Number], Outside: t.Outside, Imported: t.Claim.Imported, Metrics: map[string]journal.Float{}}
			one.State, one.Steps = string(t.State), t.Step
			for name, v := range t.Metrics {
				one.Metrics[name] = journal.Float(v)
			}
			out = append(out, one)
		}
		return printJSON(out)
	case f.csv:
		return csvTable(r)
	case len(r.Trials) == 0:
		stderr.printf("there are no trials yet; `descent tune %s --dir %s` trains them\n", shellWord(r.Spec.Name), shellWord(r.Dir))
		return nil
	}
	w := stdout.table()
	head, rows := cells(r, func(v float64) string { return fmt.Sprintf("%.6g", v) }, "–")
	for i, name := range head {
		head[i] = strings.ToUpper(name)
	}
	fmt.Fprintln(w, strings.Join(head, "\t"))
	for _, row := range rows {
		for i, text := range row {
			row[i] = draw.Line(text)
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}

// cells are the table of the trials: numbers as number writes them, and what there is not
// as none.
func cells(r *study.Reading, number func(float64) string, none string) (head []string, rows [][]string) {
	head = []string{"trial", "state"}
	for i := range r.Spec.Objectives {
		head = append(head, metricOf(r.Spec, i))
	}
	head = append(head, "steps")
	var paths []string
	for _, a := range r.Plan.Space.Axes {
		paths = append(paths, a.Path)
	}
	more := map[string]bool{}
	for _, t := range r.Trials {
		for path := range t.Point {
			if !slices.Contains(paths, path) {
				more[path] = true
			}
		}
	}
	paths = append(paths, slices.Sorted(maps.Keys(more))...)
	head = append(append(head, paths...), "why")
	for _, t := range r.Trials {
		row := []string{strconv.Itoa(t.Number), string(t.State)}
		for i := range r.Spec.Objectives {
			text := none
			if i < len(t.Values) {
				text = number(valueOf(r.Spec, i, t.Values[i]))
			}
			row = append(row, text)
		}
		row = append(row, strconv.Itoa(t.Step))
		for _, path := range paths {
			text := none
			if v, ok := t.Point[path]; ok {
				text = v.String()
			}
			row = append(row, text)
		}
		rows = append(rows, append(row, t.Why))
	}
	return head, rows
}

func csvTable(r *study.Reading) error {
	head, rows := cells(r, func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }, "")
	w := csv.NewWriter(stdout)
	_ = w.Write(head) // Error tells of this one too
	for _, row := range rows {
		_ = w.Write(row)
	}
	w.Flush()
	return w.Error()
}

// importance prints which axes matter.
func (f *studying) importance(s *study.Study, _ []string) error {
	r := s.Reading()
	told := make([]search.Trial, len(r.Trials))
	for i, t := range r.Trials {
		told[i] = t.Trial
	}
	type row struct {
		Objective  string        `json:"objective"`
		Path       string        `json:"path"`
		Importance journal.Float `json:"importance"`
		Trials     int           `json:"trials"`
	}
	out := []row{}
	for i := range r.Spec.Objectives {
		for _, one := range importance.Sorted(importance.Of(r.Plan.Space, told, i)) {
			out = append(out, row{metricOf(r.Spec, i), one.Path, journal.Float(one.Fraction), one.Trials})
		}
	}
	switch {
	case f.json:
		return printJSON(out)
	case len(out) == 0:
		stderr.printf("nothing is known of importances before %d trials have ended\n", importance.Fewest)
		return nil
	}
	w := stdout.table()
	fmt.Fprintln(w, "OBJECTIVE\tAXIS\tIMPORTANCE\tTRIALS")
	for _, one := range out {
		w.printf("%s\t%s\t%.0f %%\t%d\n", one.Objective, one.Path, math.Round(100*float64(one.Importance)), one.Trials)
	}
	return w.Flush()
}

// verify proposes all trials again.
func (f *studying) verify(s *study.Study, _ []string) error {
	n, err := study.Verify(s)
	if f.json {
		answer := struct {
			Claims  int    `json:"claims"`
			Same    bool   `json:"same"`
			Differs string `json:"differs,omitempty"`
		}{Claims: n, Same: err == nil}
		if err != nil {
			answer.Differs = err.Error()
		}
		if e := printJSON(answer); e != nil {
			return e
		}
	}
	if err == nil && !f.json {
		stdout.printf("%s proposed again from what was known: the same\n", several(n, "claim"))
	}
	return err
}

// export writes a trial as a preset.
func (f *studying) export(s *study.Study, args []string) error {
	r := s.Reading()
	n, err := trialOf(s, args[0])
	if err != nil {
		return usage(err)
	}
	made, err := tune.Recipe(s.Recipe(), r.Trials[n].Point)
	if err != nil {
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	if f.out == "" || f.out == "-" {
		content, err := presets.Encode(made, dir)
		if err != nil {
			return err
		}
		_, err = stdout.Write(content)
		return err
	}
	if !f.force && export.Exists(f.out) {
		return usage(fmt.Errorf("--out %s: there is such a file; give another name, or --force to overwrite it", f.out))
	}
	content, err := presets.Encode(made, dirOf(dir, f.out))
	if err != nil {
		return err
	}
	return export.Write(f.out, content)
}

// writeJournal writes the study as Optuna reads it.
func (f *studying) writeJournal(s *study.Study) error {
	var out strings.Builder
	if err := optuna.Write(&out, s.Reading(), s.Times); err != nil {
		return err
	}
	if f.journal == "-" {
		_, err := stdout.data().Write([]byte(out.String()))
		return err
	}
	if !f.force && export.Exists(f.journal) {
		return usage(fmt.Errorf("--journal %s: there is such a file; give another name, or --force to overwrite it", f.journal))
	}
	return export.Write(f.journal, []byte(out.String()))
}

// take imports the trials of a journal of Optuna.
func (f *studying) take(s *study.Study, args []string) error {
	content, err := input.Read(args[0], input.MaxLog)
	if err != nil {
		return usage(err)
	}
	j, err := optuna.Read(content)
	if err != nil {
		return usage(fmt.Errorf("%s: %w", args[0], err))
	}
	trials, err := optuna.Trials(j, s.Spec(), s.Recipe())
	if err != nil {
		return usage(fmt.Errorf("%s: %w", args[0], err))
	}
	n, err := s.Import(trials)
	if err != nil {
		return err
	}
	stderr.printf("%s imported; %d were known\n", several(n, "trial"), len(trials)-n)
	return nil
}
