package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"descent/core"
	"descent/core/kernel"
	"descent/presets"
	"descent/session/study"
	"descent/session/tune"
	"descent/tui/export"

	"github.com/spf13/cobra"
)

// tuning are all flags of the command.
type tuning struct {
	searching
	clustered
	dir, presetOut     string
	workers            int
	json, quiet, force bool
}

func tuneCommand() *cobra.Command {
	f := &tuning{}
	c := &cobra.Command{
		Use:   "tune PRESET [--over PATH=RANGE]...",
		Short: "search the best values of knobs",
		Long: "tune searches the best values of knobs: it trains a preset with many settings, each\n" +
			"chosen in the light of those before, and runs the best again on fresh seeds beside\n" +
			"the preset's own values. A range is LOW..HIGH, with log, linear or step N behind it;\n" +
			"a choice is VALUE,VALUE,... with lists in brackets. A path alone has a range around\n" +
			"the preset's value. Without --over the three knobs are searched that matter most for\n" +
			"the preset.\n\n" +
			"METRIC is one of " + metricNames() + ".\n\n" +
			"A study is a folder: ctrl-C keeps everything, and the same command with its --dir goes\n" +
			"on with it. Other machines can work on it: see `descent worker --help`.",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completePresets,
		RunE:              func(c *cobra.Command, args []string) error { return f.run(c, args[0]) },
	}
	f.searching.flags(c)
	f.clustered.flags(c)
	more := c.Flags()
	more.StringVar(&f.dir, "dir", "", "folder of the study (default: one in the state directory); one that holds a study is gone on with")
	more.IntVar(&f.workers, "workers", 0, "trials trained at once, each on a thread (default: one per processor, or --threads)")
	more.StringVar(&f.presetOut, "preset-out", "", "write the winner as a preset to this file")
	forceFlag(c, &f.force)
	jsonFlag(c, &f.json)
	threadsFlag(c, false)
	more.BoolVar(&f.quiet, "quiet", false, "no progress on stderr")
	return c
}

// run searches until all is done, or a signal ends it.
func (f *tuning) run(c *cobra.Command, preset string) error {
	if f.workers < 0 {
		return usage(fmt.Errorf("--workers takes a number of at least 1, not %d", f.workers))
	}
	if c.Flags().Changed("threads") && f.workers > kernel.Threads() {
		return usage(fmt.Errorf("--workers %d takes as many threads, and --threads allows %d", f.workers, kernel.Threads()))
	}
	if err := f.clustered.read(c, f.dir, f.minutes); err != nil {
		return usage(err)
	}
	if f.presetOut != "" && !f.force && export.Exists(f.presetOut) {
		return usage(fmt.Errorf("--preset-out %s: there is such a file; give another name, or --force to overwrite it", f.presetOut))
	}
	if _, err := os.Stat(filepath.Dir(f.presetOut)); f.presetOut != "" && err != nil { // before hours are trained
		return usage(fmt.Errorf("--preset-out %s: there is no folder %s", f.presetOut, filepath.Dir(f.presetOut)))
	}
	ctx, stop := interruptible()
	defer stop()
	files := shelf(ctx, f.quiet)
	s, again, err := f.open(c, preset, f.dir, files)
	if err != nil {
		return err
	}
	if f.slurm {
		return f.clustered.print(s, f.workers)
	}
	show := newSearchProgress(s, f.quiet)
	if !f.quiet {
		stderr.printf("%s %s\n", map[bool]string{true: "going on with the study in", false: "study:"}[again], s.Dir())
		if r := s.Reading(); r.Plan.Paused && !r.Over {
			stderr.printf("it is paused: `descent study %s resume` lets it go on\n", shellWord(s.Dir()))
		}
		if !again && len(f.over) == 0 && f.list == "" {
			var axes []string
			for _, a := range s.Spec().Axes {
				axes = append(axes, `--over "`+study.FormatAxis(a)+`"`)
			}
			stderr.printf("searching over what matters most here: %s\n", strings.Join(axes, " "))
		}
	}
	if err := f.work(ctx, s, files, show); err != nil {
		return err
	}
	r := s.Reading()
	for _, note := range r.Notes {
		stderr.printf("note: %s\n", note)
	}
	found := summarize(s, r)
	if err := f.writePreset(s, found); err != nil {
		return err
	}
	if f.json {
		return errors.Join(printJSON(found.json()), found.none())
	}
	return found.print(preset, f.presetOut, show.spent())
}

// writePreset writes the winner as a preset, if that is asked for.
func (f *tuning) writePreset(s *study.Study, found *searched) error {
	if f.presetOut == "" {
		return nil
	}
	if found.winner == nil {
		return errors.New("--preset-out: there is no trial that could be written")
	}
	r, err := tune.Recipe(s.Recipe(), found.winner.point)
	if err != nil {
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	content, err := presets.Encode(r, dirOf(dir, f.presetOut))
	if err != nil {
		return err
	}
	return export.Write(f.presetOut, content)
}

// work searches with workers of this process until all is done, or ctx ends: then it is
// said how to go on.
func (f *tuning) work(ctx context.Context, s *study.Study, files core.Files, show *searchProgress) error {
	if s.Reading().Over {
		return nil
	}
	workers := f.workers
	if workers == 0 {
		workers = kernel.Threads()
	}
	pool, err := tune.NewPool(s, files, workers, show.show)
	if err != nil {
		return usage(err)
	}
	err = await(ctx, s, pool)
	show.bar.end()
	r := s.Reading()
	if cause := context.Cause(ctx); (cause != nil || err != nil) && !r.Over {
		stderr.printf("%d trials are done%s; `descent tune %s --dir %s` goes on\n", ended(r), or(r.Best >= 0, ", "+bestText(r), ""), s.Spec().Name, shellWord(s.Dir()))
		return errors.Join(err, cause)
	}
	return err
}

// dirOf is the folder of a path, as seen from a working directory.
func dirOf(working, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Dir(path)
	}
	return filepath.Dir(filepath.Join(working, path))
}
