package cli

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/search"
	"descent/core/search/pruner"
	"descent/session/journal"
	"descent/session/study"
	"descent/session/tune"

	"github.com/spf13/cobra"
)

// verbs are all, those that show first; see also steering.
func verbs() []verb {
	return append([]verb{
		{"best", "", "the best trial, or the Pareto front", 0, 0, []string{"json"}, (*studying).best},
		{"table", "", "all trials", 0, 0, []string{"json", "csv"}, (*studying).table},
		{"importance", "", "which axes matter, by PED-ANOVA", 0, 0, []string{"json"}, (*studying).importance},
		{"verify", "", "propose every trial again from what its claim says was known, and compare", 0, 0, []string{"json"}, (*studying).verify},
		{"export", "TRIAL|best", "a trial as a preset, to stdout or the file of --out", 1, 1, []string{"out", "force"}, (*studying).export},
		{"import", "FILE", "tell the sampler of the trials of an Optuna journal", 1, 1, nil, (*studying).take},
	}, steering...)
}

func studyCommand() *cobra.Command {
	f := &studying{}
	var table strings.Builder
	for _, v := range verbs() {
		fmt.Fprintf(&table, "\n  %-24s %s", strings.TrimSpace(v.name+" "+v.args), v.help)
	}
	c := &cobra.Command{
		Use:   "study [DIR [COMMAND [ARGUMENT]...]]",
		Short: "show a study, or steer it while it runs",
		Long: "study shows what a search has found, and takes decisions in it, also while others work\n" +
			"on it: they are in force at once, and nothing that was found is lost. DIR is a folder, or\n" +
			"the name of a study in the state directory; without it those are listed.\n" + table.String(),
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeStudy,
		RunE: func(c *cobra.Command, args []string) error {
			f.given = c.Flags().Changed
			return f.run(args)
		},
	}
	jsonFlag(c, &f.json)
	more := c.Flags()
	more.BoolVar(&f.csv, "csv", false, "print the table as CSV")
	more.StringVar(&f.journal, "journal", "", "write the study as a journal of Optuna to this file; - for stdout")
	more.StringVarP(&f.out, "out", "o", "", "file of export")
	more.Float64Var(&f.greed, "greed", 0, "of the sampler: from -1, explore more, to 1, exploit more")
	forceFlag(c, &f.force)
	return c
}

func (f *studying) run(args []string) error {
	if len(args) == 0 {
		return f.list()
	}
	s, err := openStudy(args[0])
	if err != nil {
		return usage(err)
	}
	name := ""
	if len(args) > 1 {
		name = args[1]
	}
	v := verb{flags: []string{"json", "csv", "journal", "force"}, run: (*studying).show}
	if name != "" {
		if v, err = verbOf(name); err != nil {
			return usage(err)
		}
		if n := len(args) - 2; n < v.least || v.most >= 0 && n > v.most {
			return usage(fmt.Errorf("the form is `descent study DIR %s`", strings.TrimSpace(v.name+" "+v.args)))
		}
	}
	for _, flag := range []string{"json", "csv", "journal", "out", "greed", "force"} {
		if f.given(flag) && !slices.Contains(v.flags, flag) {
			return usage(fmt.Errorf("--%s is not for %s", flag, or(name == "", "a study as a whole", "`"+name+"`")))
		}
	}
	if f.json && f.csv {
		return usage(fmt.Errorf("--json and --csv contradict each other; give one of them"))
	}
	if err := v.run(f, s, args[min(2, len(args)):]); err != nil {
		return err
	}
	for _, note := range s.Reading().Notes {
		stderr.printf("note: %s\n", note)
	}
	return nil
}

func verbOf(name string) (verb, error) {
	var names []string
	for _, v := range verbs() {
		if v.name == name {
			return v, nil
		}
		names = append(names, v.name)
	}
	if near := knob.Nearest(name, names); near != "" {
		return verb{}, fmt.Errorf("a study has no command %q; did you mean %s?", name, near)
	}
	return verb{}, fmt.Errorf("a study has no command %q; there are %s", name, strings.Join(names, ", "))
}

// openStudy opens the study of a folder, or of a name in the state directory.
func openStudy(name string) (*study.Study, error) {
	dir := name
	if !study.Is(dir) && !strings.ContainsRune(name, filepath.Separator) {
		if state, err := journal.StudiesDir(); err == nil && study.Is(filepath.Join(state, name)) {
			dir = filepath.Join(state, name)
		}
	}
	info, err := os.Stat(dir)
	switch {
	case os.IsNotExist(err):
		return nil, fmt.Errorf("there is no study %s; `descent study` lists those there are", name)
	case err == nil && !info.IsDir():
		return nil, fmt.Errorf("%s is a file, and a study is a folder", name)
	}
	return tune.Open(dir)
}

// storedStudies are the names of the studies in the state directory.
func storedStudies() (dir string, names []string, err error) {
	if dir, err = journal.StudiesDir(); err != nil {
		return "", nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		return "", nil, err
	}
	for _, e := range entries {
		if study.Is(filepath.Join(dir, e.Name())) {
			names = append(names, e.Name())
		}
	}
	slices.SortStableFunc(names, func(a, b string) int {
		stem, i := numbered(a)
		other, j := numbered(b)
		return cmp.Or(strings.Compare(stem, other), cmp.Compare(i, j))
	})
	return dir, names, nil
}

// numbered cuts a name such as spiral-12 at its number, which is 0 where there is none.
func numbered(name string) (stem string, number int) {
	if i := strings.LastIndex(name, "-"); i >= 0 {
		if n, err := strconv.Atoi(name[i+1:]); err == nil {
			return name[:i], n
		}
	}
	return name, 0
}

// studyItem is a row of the list.
type studyItem struct {
	Name       string   `json:"name"`
	Preset     string   `json:"preset"`
	Objectives []string `json:"objectives"`
	Trials     int      `json:"trials"`
	Best       string   `json:"best,omitempty"`
	State      string   `json:"state"`
	Problem    string   `json:"problem,omitempty"`
}

// list prints the studies in the state directory.
func (f *studying) list() error {
	dir, names, err := storedStudies()
	if err != nil {
		return err
	}
	items := []studyItem{}
	for _, name := range names {
		s, err := tune.Open(filepath.Join(dir, name))
		if err != nil {
			items = append(items, studyItem{Name: name, State: "damaged", Problem: err.Error()})
			continue
		}
		r := s.Reading()
		items = append(items, studyItem{name, r.Spec.Name, r.Spec.Objectives, r.Counts.Total, bestText(r), stateOf(r), ""})
	}
	if f.json {
		return printJSON(items)
	}
	if len(items) == 0 {
		stderr.printf("there are no studies; `descent tune PRESET` begins one\n")
		return nil
	}
	w := stdout.table()
	fmt.Fprintln(w, "STUDY\tPRESET\tTRIALS\tSTATE\tBEST")
	for _, i := range items {
		w.printf("%s\t%s\t%d\t%s\t%s\n", i.Name, i.Preset, i.Trials, i.State, or(i.Problem != "", i.Problem, i.Best))
	}
	return w.Flush()
}

// completeStudy completes a study, what can be done with it, and on what.
func completeStudy(_ *cobra.Command, args []string, typed string) (out []string, end cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		_, names, _ := storedStudies()
		return names, cobra.ShellCompDirectiveFilterDirs
	case 1:
		for _, v := range verbs() {
			out = append(out, v.name+"\t"+v.help)
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
	switch args[1] {
	case "sampler":
		return search.Names(), cobra.ShellCompDirectiveNoFileComp
	case "pruner":
		return pruner.Names(), cobra.ShellCompDirectiveNoFileComp
	case "add", "enqueue":
		return completeRaced(nil, nil, typed)
	case "import":
		return nil, cobra.ShellCompDirectiveDefault
	case "drop", "narrow", "widen":
		if s, err := openStudy(args[0]); err == nil {
			for _, a := range s.Reading().Plan.Space.Axes {
				if args[1] == "drop" {
					out = append(out, a.Path)
				} else {
					out = append(out, study.FormatAxis(a))
				}
			}
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
