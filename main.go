// Command descent trains small networks in the terminal, with every setting
// live.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"text/tabwriter"
	"time"

	"descent/core"
	"descent/core/data"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/nn"
	"descent/core/optim"
	"descent/core/probe"
	"descent/presets"
	"descent/session"
	"descent/tui"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
)

func main() {
	if os.Getenv("DESCENT_NO_ASM") != "" {
		core.PlainKernel()
	}
	err := root().Execute()
	if err != nil {
		fmt.Fprintln(os.Stderr, "descent:", err)
	}
	os.Exit(exitCode(err))
}

// exitCode: 1 when something failed, 2 when the command or a file was wrong,
// 130 when ctrl-C ended it.
func exitCode(err error) int {
	var usage session.UsageError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled):
		return 130
	case errors.As(err, &usage):
		return 2
	}
	return 1
}

func usage(err error) error {
	if err == nil {
		return nil
	}
	return session.UsageError{Err: err}
}

func root() *cobra.Command {
	var set []string
	var memory int
	c := &cobra.Command{
		Use:   "descent [PRESET|LOG]",
		Short: "train small networks in the terminal, with every setting live",
		Long: "descent trains small networks in the terminal, with every setting live.\n" +
			"Without a command it opens the workbench on PRESET, a built-in name or a TOML file,\n" +
			"or on the session of a LOG.",
		Args:          cobra.MaximumNArgs(1),
		SilenceErrors: true, SilenceUsage: true,
		ValidArgsFunction: completePresets,
		RunE: func(_ *cobra.Command, args []string) error {
			name := presets.Default
			if len(args) > 0 {
				name = args[0]
			}
			if isLog(name) {
				if len(set) > 0 {
					return usage(fmt.Errorf("%s is a log, and --set is for presets; turn the knob in the workbench", name))
				}
				return resume(name, nil, memory)
			}
			return workbench(name, set, memory)
		},
	}
	flagSet(c, &set)
	memoryFlag(c, &memory)
	c.AddCommand(runCommand(), raceCommand(), findCommand(), fitCommand(), replayCommand(), resumeCommand(), sessionsCommand(), listCommand())
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		text, _, _ := strings.Cut(err.Error(), ": strconv.")
		return usage(fmt.Errorf("%s; `%s --help` shows what there is", text, c.CommandPath()))
	})
	for _, sub := range append(c.Commands(), c) {
		check := sub.Args
		sub.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usage(fmt.Errorf("%w: the form is `%s`", err, c.UseLine()))
			}
			return nil
		}
	}
	return c
}

func flagSet(c *cobra.Command, set *[]string) {
	c.Flags().StringArrayVar(set, "set", nil, "PATH=VALUE: override a key of the preset (may be repeated)")
	_ = c.RegisterFlagCompletionFunc("set", completePaths) // fails only for an unknown flag
}

// load reads a preset and overrides its keys, names first.
func load(name string, set []string) (core.Recipe, error) {
	r, err := presets.Load(name)
	if err != nil {
		return r, usage(err)
	}
	for _, names := range []bool{true, false} {
		for _, text := range set {
			path, value, ok := strings.Cut(text, "=")
			if !ok {
				return r, usage(fmt.Errorf("--set %s: the form is PATH=VALUE", text))
			}
			if strings.HasSuffix(path, ".name") != names {
				continue
			}
			k, err := r.Find(path)
			if err != nil {
				return r, usage(fmt.Errorf("--set %s: %w", text, err))
			}
			v, err := k.Knob.Parse(value)
			if err == nil {
				err = r.Set(path, v)
			}
			if err != nil {
				return r, usage(fmt.Errorf("--set %s: %w", text, err))
			}
			r.Origin[path] = "--set " + text
			if strings.HasPrefix(path, "pretrain.") || path == "teacher.preset" {
				if err := presets.Resolve(&r, ""); err != nil {
					return r, usage(err)
				}
			}
		}
	}
	for _, path := range []*string{&r.Data.File, &r.Model.Weights, &r.Teacher.Weights} {
		if *path != "" {
			if abs, err := filepath.Abs(*path); err == nil {
				*path = abs
			}
		}
	}
	return r, usage(r.Check())
}

func workbench(name string, set []string, memory int) error {
	r, err := load(name, set)
	if err != nil {
		return err
	}
	if !terminal() {
		return usage(fmt.Errorf("the workbench needs a terminal; `descent run %s` trains without one", name))
	}
	t, hashes, err := session.Open(r, shelf(context.Background(), false))
	if err != nil {
		return err
	}
	log, logErr := session.NewLog(session.NewHeader(r, hashes))
	return show(session.New(t, log).Unsaved(logErr), name == presets.Default, memory)
}

func terminal() bool {
	return isatty.IsTerminal(os.Stdout.Fd()) && isatty.IsTerminal(os.Stdin.Fd()) && os.Getenv("TERM") != "dumb"
}

// show opens the workbench on a session, and says where it is kept.
func show(s *session.Session, playing bool, memory int) error {
	if memory < 1 {
		return errors.Join(usage(fmt.Errorf("--memory takes megabytes, at least 1, not %d", memory)), s.Finish())
	}
	s.Memory(memory << 20)
	r := s.Trainer().Recipe()
	runner := session.Run(s, playing)
	if r.Surface.Name != "" || r.Pretrain.Recipe != nil {
		_ = runner.SetSpeed(100).Wait() // what there is to see is over in a moment at full speed
	}
	err := tui.Run(runner, tui.Options{Encode: presets.Encode})
	path := runner.Frame().LogPath
	if err = errors.Join(err, runner.Close()); err == nil && path != "" {
		fmt.Fprintf(os.Stderr, "kept: `descent %s` goes on from here, `descent replay` computes it again\n", path)
	}
	return err
}

// shelf finds what recipes name, and says on stderr how far a preset is that has
// to be trained first.
func shelf(ctx context.Context, quiet bool) presets.Files {
	p := newProgress(os.Stderr, isatty.IsTerminal(os.Stderr.Fd()) && os.Getenv("TERM") != "dumb")
	var mu sync.Mutex // the runs of a race tell it from several goroutines
	return presets.Files{Cache: presets.CacheDir(), Told: func(preset string, done, total int) error {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case quiet:
		case done < total:
			p.say(done, total, fmt.Sprintf("%s comes first: step %d of %d", preset, done, total))
		default:
			p.end()
		}
		return ctx.Err()
	}}
}

// isLog tells a log from a preset by its first bytes.
func isLog(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(`{"descent":`))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == `{"descent":`
}

// moved finds files that lie elsewhere now.
type moved struct {
	presets.Files
	to map[string]string
}

func (m moved) File(path string) ([]byte, error) {
	if to, ok := m.to[path]; ok {
		return m.Files.File(to)
	}
	content, err := m.Files.File(path)
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("%w; if it lies elsewhere now, add --file %s=WHERE", err, path)
	}
	return content, err
}

func fileFlag(c *cobra.Command, files *[]string) {
	c.Flags().StringArrayVar(files, "file", nil, "OLD=NEW: where a file that the log names lies now (may be repeated)")
}

func relocated(files []string) (moved, error) {
	m := moved{Files: shelf(context.Background(), false), to: map[string]string{}}
	for _, text := range files {
		old, now, ok := strings.Cut(text, "=")
		if !ok {
			return m, usage(fmt.Errorf("--file %s: the form is OLD=NEW", text))
		}
		m.to[old] = now
	}
	return m, nil
}

func memoryFlag(c *cobra.Command, memory *int) {
	c.Flags().IntVar(memory, "memory", session.DefaultMemory>>20, "megabytes for going back in time")
}

func resumeCommand() *cobra.Command {
	var files []string
	var memory int
	var dry bool
	c := &cobra.Command{
		Use:   "resume [LOG]",
		Short: "open the last session, or that of a log, where it stood",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path, err := "", error(nil)
			if len(args) > 0 {
				path = args[0]
			} else if path, err = session.Latest(); err != nil {
				return usage(err)
			}
			if dry {
				return standing(path, files)
			}
			return resume(path, files, memory)
		},
	}
	fileFlag(c, &files)
	memoryFlag(c, &memory)
	c.Flags().BoolVar(&dry, "dry-run", false, "say where the session stands, and leave it so")
	return c
}

// reopen opens a log, and says on stderr what there is to say about it.
func reopen(path string, files []string) (*session.Session, error) {
	where, err := relocated(files)
	if err != nil {
		return nil, err
	}
	p := newProgress(os.Stderr, isatty.IsTerminal(os.Stderr.Fd()) && os.Getenv("TERM") != "dumb")
	start := time.Now()
	back, err := session.Resume(path, where, func(done, total int) bool {
		if time.Since(start) > time.Second {
			p.say(done, total, fmt.Sprintf("computing step %d of %d again", done, total))
		}
		return true
	})
	p.end()
	if err != nil {
		return nil, err
	}
	for _, n := range back.Notes {
		fmt.Fprintln(os.Stderr, "descent: "+n)
	}
	return back.Session, nil
}

func resume(path string, files []string, memory int) error {
	if !terminal() {
		return usage(errors.New("the workbench needs a terminal; `descent resume --dry-run` says where a session stands without one"))
	}
	s, err := reopen(path, files)
	if err != nil {
		return err
	}
	return show(s, false, memory)
}

func standing(path string, files []string) error {
	s, err := reopen(path, files)
	if err != nil {
		return err
	}
	fmt.Println(s.Standing())
	return s.Abandon()
}

func sessionsCommand() *cobra.Command {
	var keep int
	var asJSON bool
	c := &cobra.Command{
		Use:   "sessions",
		Short: "list the sessions that are kept, or remove old ones",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			all, err := session.List()
			if err != nil {
				return err
			}
			if c.Flags().Changed("keep") {
				return thin(all, keep)
			}
			if asJSON {
				e := json.NewEncoder(os.Stdout)
				e.SetIndent("", "  ")
				if all == nil {
					all = []session.Kept{}
				}
				return e.Encode(all)
			}
			if len(all) == 0 {
				fmt.Fprintln(os.Stderr, "no session is kept yet; `descent` begins one")
				return nil
			}
			w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "SESSION\tPRESET\tWRITTEN\tSTEP\tDECISIONS\tBRANCHES\tSIZE\tSTATE")
			for _, k := range all {
				fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%.1f kB\t%s\n", k.Name, k.Preset,
					strings.Replace(strings.TrimSuffix(k.Modified, "Z"), "T", " ", 1)[:16], k.Step, k.Decisions, k.Branches, float64(k.Bytes)/1000, k.State)
			}
			return w.Flush()
		},
	}
	c.Flags().IntVar(&keep, "keep", 0, "remove all but the last so many; one that is running stays")
	c.Flags().BoolVar(&asJSON, "json", false, "for machines")
	c.AddCommand(&cobra.Command{
		Use: "rm SESSION...", Short: "remove sessions", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return session.Remove(args...) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			all, _ := session.List()
			for _, k := range all {
				names = append(names, k.Name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	})
	return c
}

// thin removes all sessions but the last few.
func thin(all []session.Kept, keep int) error {
	if keep < 0 {
		return usage(fmt.Errorf("--keep takes a number of at least 0, not %d", keep))
	}
	var names []string
	for _, k := range all[min(keep, len(all)):] {
		if k.State != "running" {
			names = append(names, k.Name)
		}
	}
	if err := session.Remove(names...); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "removed: %d, kept: %d\n", len(names), len(all)-len(names))
	return nil
}

func runCommand() *cobra.Command {
	var o session.Options
	var set, at []string
	var steps, threads int
	var quiet, whole bool
	c := &cobra.Command{
		Use:               "run PRESET",
		Short:             "train without a screen",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completePresets,
		RunE: func(c *cobra.Command, args []string) error {
			r, err := load(args[0], set)
			if err != nil {
				return err
			}
			total := steps
			if !c.Flags().Changed("steps") {
				s, err := r.Settings.Find("train.steps")
				if err != nil {
					return err
				}
				total = int(s.Value.Num())
			} else if total < 0 {
				return usage(fmt.Errorf("--steps takes a number of at least 0, not %d", total))
			} else if total > 0 {
				if err := r.Set("train.steps", knob.Num(float64(total))); err != nil {
					return usage(err)
				}
			}
			if o.At, err = decisions(at); err != nil {
				return usage(err)
			}
			o.Compact = func(s *core.Small) { fmt.Fprintln(os.Stderr, s) }
			var found *session.IntegerReport
			if whole {
				o.Integer = func(r session.IntegerReport) { found = &r }
			}
			err = headless(threads, quiet, &o, func(ctx context.Context) error {
				return session.Headless(ctx, r, total, shelf(ctx, quiet), o)
			})
			if found != nil {
				fmt.Fprintln(os.Stderr, found)
			}
			return err
		},
	}
	f := c.Flags()
	f.IntVar(&steps, "steps", 0, "how many steps (default: train.steps of the preset); 0 only writes the weights")
	f.StringArrayVar(&at, "at", nil, "STEP:PATH=VALUE: turn a knob before that step (may be repeated)")
	f.StringVar(&o.Metrics, "metrics", "", "write a JSON object for each step to this file, - for stdout")
	f.StringVar(&o.WeightsOut, "weights-out", "", "write the effective weights at the end as safetensors")
	f.StringVar(&o.Log, "log", "", "write the session's log, for `descent replay`")
	f.IntVar(&threads, "threads", 0, "processors to use (default: all)")
	f.BoolVar(&quiet, "quiet", false, "no progress on stderr")
	f.StringVar(&o.CompactOut, "compact-out", "", "write what is left of the network, cut down and packed to its bits, as safetensors")
	f.BoolVar(&whole, "integer", false, "at the end, run the network in whole numbers: agreement with its simulation, accuracy, rows a second")
	flagSet(c, &set)
	_ = c.RegisterFlagCompletionFunc("at", cobra.NoFileCompletions)
	return c
}

func raceCommand() *cobra.Command {
	var set, at []string
	var over string
	var steps, seeds, threads int
	var quiet, asJSON, chart bool
	c := &cobra.Command{
		Use:               "race PRESET --over PATH=VALUE,VALUE,...",
		Short:             "train one recipe with several values of a knob, and compare",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completePresets,
		RunE: func(c *cobra.Command, args []string) error {
			r, err := load(args[0], set)
			if err != nil {
				return err
			}
			path, list, ok := strings.Cut(over, "=")
			if !ok {
				return usage(fmt.Errorf("--over %s: the form is PATH=VALUE,VALUE and so on", over))
			}
			k, err := r.Find(path)
			if err != nil {
				return usage(fmt.Errorf("--over %s: %w", over, err))
			}
			con := session.Contest{Over: path, Steps: steps, Seeds: seeds}
			for text := range strings.SplitSeq(list, ",") {
				v, err := k.Knob.Parse(text)
				if err != nil {
					return usage(fmt.Errorf("--over %s: %w", over, err))
				}
				con.Values = append(con.Values, v)
			}
			if !c.Flags().Changed("steps") {
				s, err := r.Settings.Find("train.steps")
				if err != nil {
					return err
				}
				con.Steps = int(s.Value.Num())
			} else if err := r.Set("train.steps", knob.Num(float64(steps))); err != nil {
				return usage(err)
			}
			if seeds < 1 {
				return usage(fmt.Errorf("--seeds takes a number of at least 1, not %d", seeds))
			}
			if con.At, err = decisions(at); err != nil {
				return usage(err)
			}
			var out []session.Racer
			p := newProgress(os.Stderr, isatty.IsTerminal(os.Stderr.Fd()) && os.Getenv("TERM") != "dumb")
			err = headless(threads, true, &session.Options{}, func(ctx context.Context) error {
				out, err = session.RunContest(ctx, r, shelf(ctx, quiet), con, func(done, total int) {
					if !quiet {
						p.say(done, total, fmt.Sprintf("run %d of %d", done, total))
					}
				})
				return err
			})
			p.end()
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(os.Stdout)
				e.SetIndent("", "  ")
				return e.Encode(out)
			}
			if chart || isatty.IsTerminal(os.Stdout.Fd()) {
				fmt.Println(tui.RaceChart(os.Stdout, out, con.Steps, 100, 20))
			}
			return raceTable(path, con, out)
		},
	}
	f := c.Flags()
	f.StringVar(&over, "over", "", "PATH=VALUE,VALUE,...: the knob and its values")
	f.IntVar(&steps, "steps", 0, "how many steps (default: train.steps of the preset)")
	f.BoolVar(&chart, "chart", false, "draw the curves too, as on a terminal: the median, and the quartiles as a band")
	f.IntVar(&seeds, "seeds", 1, "repeat over so many seeds: median and quartiles")
	f.StringArrayVar(&at, "at", nil, "STEP:PATH=VALUE: turn a knob before that step (may be repeated)")
	f.IntVar(&threads, "threads", 0, "processors to use (default: all)")
	f.BoolVar(&asJSON, "json", false, "for machines")
	f.BoolVar(&quiet, "quiet", false, "no progress on stderr")
	flagSet(c, &set)
	_ = c.MarkFlagRequired("over")
	return c
}

// raceTable prints who leads.
func raceTable(path string, c session.Contest, out []session.Racer) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	title := strings.ToUpper(path) + "\tLOSS"
	if out[0].ValLoss != nil {
		title += "\tVAL LOSS"
	}
	if out[0].Accuracy != nil {
		title += "\tVAL ACCURACY"
	}
	fmt.Fprintln(w, "\t"+title)
	cell := func(s session.Spread) string {
		if c.Seeds == 1 {
			return fmt.Sprintf("%.6g", float64(s.Median))
		}
		return fmt.Sprintf("%.4g  (%.4g to %.4g)", float64(s.Median), float64(s.Low), float64(s.High))
	}
	for i, r := range out {
		line := fmt.Sprintf("%d\t%s\t%s", i+1, r.Value, cell(r.Loss))
		if r.ValLoss != nil {
			line += "\t" + cell(*r.ValLoss)
		}
		if r.Accuracy != nil {
			line += "\t" + cell(*r.Accuracy)
		}
		if r.Diverged > 0 {
			line += fmt.Sprintf("\tnot finite in %d of %d runs", r.Diverged, c.Seeds)
		}
		fmt.Fprintln(w, line)
	}
	return w.Flush()
}

func findCommand() *cobra.Command {
	var set []string
	var asJSON bool
	finder := tui.RateFinder
	c := &cobra.Command{
		Use:               "find-lr PRESET",
		Short:             "try ever larger learning rates and suggest one",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completePresets,
		RunE: func(_ *cobra.Command, args []string) error {
			r, err := load(args[0], set)
			if err != nil {
				return err
			}
			if !(finder.From > 0 && finder.To > finder.From) || finder.Steps < 20 {
				return usage(errors.New("--from has to be above 0 and below --to, and --steps at least 20"))
			}
			t, _, err := session.Open(r, shelf(context.Background(), false))
			if err != nil {
				return err
			}
			return headless(0, true, &session.Options{}, func(ctx context.Context) error {
				found := finder.Measure(ctx, t).(probe.RateCurve)
				if asJSON {
					e := json.NewEncoder(os.Stdout)
					return e.Encode(map[string]any{
						"rates": found.Rates, "losses": found.Losses, "smooth": found.Smooth,
						"steepest": found.Steepest, "valley": found.Valley, "tenth": found.Tenth,
					})
				}
				fmt.Println(tui.RateChart(os.Stdout, found, 100, 24))
				return nil
			})
		},
	}
	f := c.Flags()
	f.Float64Var(&finder.From, "from", finder.From, "the first rate")
	f.Float64Var(&finder.To, "to", finder.To, "the last rate")
	f.IntVar(&finder.Steps, "steps", finder.Steps, "how many steps")
	f.BoolVar(&asJSON, "json", false, "for machines")
	flagSet(c, &set)
	return c
}

func fitCommand() *cobra.Command {
	var set, at []string
	var size string
	var steps int
	var quiet, asJSON bool
	recover := probe.RecoverySteps
	c := &cobra.Command{
		Use:               "fit PRESET --size SIZE",
		Short:             "train, then try what of pruning and rounding fits into a size",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completePresets,
		RunE: func(c *cobra.Command, args []string) error {
			r, err := load(args[0], set)
			if err != nil {
				return err
			}
			if r.Surface.Name != "" {
				return usage(fmt.Errorf("%s goes down a surface, which has no weights to fit into a size", args[0]))
			}
			o := session.Options{}
			if o.At, err = decisions(at); err != nil {
				return usage(err)
			}
			if !c.Flags().Changed("steps") {
				s, err := r.Settings.Find("train.steps")
				if err != nil {
					return err
				}
				steps = int(s.Value.Num())
			}
			if steps < 0 || recover < 0 {
				return usage(errors.New("--steps and --recover take numbers of at least 0"))
			}
			var found probe.Fitting
			var budget int
			p := newProgress(os.Stderr, isatty.IsTerminal(os.Stderr.Fd()) && os.Getenv("TERM") != "dumb")
			o.Then = func(ctx context.Context, t *core.Trainer) error {
				if budget, err = probe.Budget(size, t.Size().Dense); err != nil {
					return usage(fmt.Errorf("--size %s: %w", size, err))
				}
				found = probe.FitTo{Bytes: budget, Steps: recover}.Search(ctx, t, func(f probe.Fitting) {
					if !quiet {
						p.say(f.Done, max(f.Of, 1), fmt.Sprintf("proposals: %d, step %d of %d on copies", len(f.Proposals), f.Done, f.Of))
					}
				})
				p.end()
				return ctx.Err()
			}
			if err := headless(0, quiet, &o, func(ctx context.Context) error {
				return session.Headless(ctx, r, steps, shelf(ctx, quiet), o)
			}); err != nil {
				return err
			}
			if len(found.Proposals) == 0 {
				return fmt.Errorf("nothing fits into %d bytes; the least of what was tried takes %d", budget, found.Least)
			}
			if asJSON {
				e := json.NewEncoder(os.Stdout)
				e.SetIndent("", "  ")
				return e.Encode(fitted(found))
			}
			return fitTable(found)
		},
	}
	f := c.Flags()
	f.StringVar(&size, "size", "", `a size, as "8 kB" or 8000, or a share of the dense float32 network, as 20%`)
	f.IntVar(&steps, "steps", 0, "how long to train before (default: train.steps of the preset)")
	f.IntVar(&recover, "recover", recover, "steps that each proposal trains on a copy before it is judged")
	f.StringArrayVar(&at, "at", nil, "STEP:PATH=VALUE: turn a knob before that step (may be repeated)")
	f.BoolVar(&asJSON, "json", false, "for machines")
	f.BoolVar(&quiet, "quiet", false, "no progress on stderr")
	flagSet(c, &set)
	_ = c.MarkFlagRequired("size")
	return c
}

// proposal is one way to fit, for machines.
type proposal struct {
	Set      map[string]knob.Value `json:"set"` // the knobs that make it so
	Bytes    int                   `json:"bytes"`
	Loss     session.Float         `json:"loss"`
	Accuracy *float64              `json:"accuracy,omitempty"`
	AtOnce   session.Float         `json:"loss_at_once"`
}

func fitted(found probe.Fitting) []proposal {
	var out []proposal
	for _, p := range found.Proposals {
		one := proposal{Set: map[string]knob.Value{}, Bytes: p.Bytes, Loss: session.Float(p.Loss), AtOnce: session.Float(p.AtOnce.Loss)}
		for _, c := range p.Changes {
			one.Set[c.Path] = c.Value
		}
		if found.HasAccuracy {
			one.Accuracy = &p.Accuracy
		}
		out = append(out, one)
	}
	return out
}

// fitTable prints the proposals, and below them the network as it is dense.
func fitTable(found probe.Fitting) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	title, line := "\tBYTES\tLOSS AT ONCE\tLOSS", "%s\t%d\t%.4g\t%.4g"
	if found.HasAccuracy {
		title, line = title+"\tACCURACY", line+"\t%.4f"
	}
	fmt.Fprintln(w, title+"\tSET")
	row := func(name string, p probe.Proposal) {
		values := []any{name, p.Bytes, p.AtOnce.Loss, p.Loss}
		if found.HasAccuracy {
			values = append(values, p.Accuracy)
		}
		var set []string
		for _, c := range p.Changes {
			set = append(set, fmt.Sprintf("%s=%s", c.Path, c.Value))
		}
		fmt.Fprintf(w, line+"\t%s\n", append(values, strings.Join(set, " "))...)
	}
	for i, p := range found.Proposals {
		row(strconv.Itoa(i+1), p)
	}
	row("dense", found.Dense)
	return w.Flush()
}

// decisions reads every --at before anything is trained.
func decisions(at []string) ([]session.Decision, error) {
	known := map[string]knob.Knob{}
	for _, e := range core.Catalogue() {
		known[e.Knob.Path] = e.Knob
	}
	var out []session.Decision
	for _, text := range at {
		when, rest, ok1 := strings.Cut(text, ":")
		path, value, ok2 := strings.Cut(rest, "=")
		step, err := strconv.Atoi(when)
		if !ok1 || !ok2 || err != nil {
			return nil, fmt.Errorf("--at %s: the form is STEP:PATH=VALUE", text)
		}
		if c, ok, err := session.ParseAct(path, value); ok {
			if err != nil {
				return nil, fmt.Errorf("--at %s: %w", text, err)
			}
			out = append(out, session.Decision{Step: step, Path: path, Value: knob.Word(value), Act: c.Act})
			continue
		}
		v := knob.Word(value)
		if k, ok := known[path]; ok { // an unknown path is refused with the run's other decisions
			if v, err = k.Parse(value); err != nil {
				return nil, fmt.Errorf("--at %s: %w", text, err)
			}
		}
		out = append(out, session.Decision{Step: step, Path: path, Value: v})
	}
	return out, nil
}

// interrupted is ctrl-C, said in words.
type interrupted struct{}

func (interrupted) Error() string { return "stopped; everything up to here is written" }
func (interrupted) Unwrap() error { return context.Canceled }

var errInterrupted error = interrupted{}

// headless shows progress and listens for ctrl-C.
func headless(threads int, quiet bool, o *session.Options, body func(context.Context) error) error {
	if threads < 0 {
		return usage(fmt.Errorf("--threads takes a number of at least 1, not %d", threads))
	}
	if threads > 0 {
		runtime.GOMAXPROCS(threads)
	}
	o.Out = os.Stdout
	if !quiet {
		p := newProgress(os.Stderr, isatty.IsTerminal(os.Stderr.Fd()) && os.Getenv("TERM") != "dumb")
		o.Progress = p.show
		defer p.end()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := body(ctx)
	if errors.Is(err, context.Canceled) {
		return errInterrupted
	}
	return err
}

func replayCommand() *cobra.Command {
	var o session.Options
	var quiet bool
	var files []string
	c := &cobra.Command{
		Use:   "replay LOG",
		Short: "compute a log again and check that it matches",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			content, err := presets.Files{}.File(args[0])
			if err != nil {
				return usage(err)
			}
			rec, err := session.ReadLog(args[0], bytes.NewReader(content))
			if err != nil {
				return usage(err)
			}
			where, err := relocated(files)
			if err != nil {
				return err
			}
			var out session.Outcome
			err = headless(0, quiet, &o, func(ctx context.Context) error {
				out, err = session.Replay(ctx, rec, where, o)
				return err
			})
			if err != nil {
				return err
			}
			fmt.Fprintln(os.Stderr, out)
			return nil
		},
	}
	fileFlag(c, &files)
	c.Flags().StringVar(&o.Metrics, "metrics", "", "write a JSON object for each step to this file, - for stdout")
	c.Flags().BoolVar(&quiet, "quiet", false, "no progress on stderr")
	return c
}

// progress is a bar on a terminal, a line now and then elsewhere.
type progress struct {
	out      io.Writer
	terminal bool
	next     time.Time
	drawn    bool
}

func newProgress(out io.Writer, terminal bool) *progress {
	return &progress{out: out, terminal: terminal}
}

func (p *progress) show(done, total int, last core.Report) {
	if time.Now().Before(p.next) && done != total {
		return
	}
	text := fmt.Sprintf("step %d of %d  loss %.4g", done, total, last.Loss)
	if last.Evaluated && last.HasVal {
		text += fmt.Sprintf("  val_loss %.4g", last.ValLoss)
		if last.HasAccuracy {
			text += fmt.Sprintf("  val_accuracy %.4f", last.ValAccuracy)
		}
	}
	p.say(done, total, text)
}

// say shows how far something has come, if it is time.
func (p *progress) say(done, total int, text string) {
	now := time.Now()
	if now.Before(p.next) && done != total {
		return
	}
	if !p.terminal {
		p.next = now.Add(2 * time.Second)
		fmt.Fprintln(p.out, text)
		return
	}
	p.next, p.drawn = now.Add(100*time.Millisecond), true
	full := done * 20 / total
	fmt.Fprintf(p.out, "\r\x1b[K%s%s %s", strings.Repeat("━", full), strings.Repeat("╌", 20-full), text)
}

func (p *progress) end() {
	if p.drawn {
		fmt.Fprintln(p.out)
	}
}

// item is one row of a listing.
type item struct {
	Name    string   `json:"name"`
	Help    string   `json:"help"`
	Summary string   `json:"summary,omitempty"` // of a data set
	Kind    string   `json:"kind,omitempty"`
	Default any      `json:"default,omitempty"`
	Min     *float64 `json:"min,omitempty"`
	Max     *float64 `json:"max,omitempty"`
	Choices []string `json:"choices,omitempty"`
	Of      []string `json:"of,omitempty"`   // the optimizers, losses or schedules it belongs to
	Live    *bool    `json:"live,omitempty"` // it can turn while training

	shown string // the default as people say it
}

var topics = []struct {
	name string
	rows func() ([]item, error)
}{
	{"presets", func() (out []item, err error) {
		for _, n := range presets.Names() {
			r, err := presets.Load(n)
			if err != nil {
				return nil, err
			}
			out = append(out, item{Name: n, Help: r.Title + ". " + strings.ReplaceAll(r.Summary, "\n", " ")})
		}
		return out, nil
	}},
	{"optimizers", func() (out []item, err error) {
		for _, r := range optim.Catalogue {
			out = append(out, item{Name: r.Name, Help: r.Help})
		}
		return out, nil
	}},
	{"losses", func() (out []item, err error) {
		for _, r := range loss.Catalogue {
			out = append(out, item{Name: r.Name, Help: r.Help})
		}
		return out, nil
	}},
	{"schedules", func() (out []item, err error) {
		for _, r := range optim.Schedules {
			out = append(out, item{Name: r.Name, Help: r.Help})
		}
		return out, nil
	}},
	{"activations", func() ([]item, error) { return items(nn.Activations()), nil }},
	{"surfaces", func() ([]item, error) { return items(core.Surfaces()), nil }},
	{"layers", func() ([]item, error) { return items(nn.Kinds()), nil }},
	{"data", func() (out []item, err error) {
		for _, i := range append(items(presets.DataSets()), items(data.Generators())...) {
			i.Summary = presets.Summary(i.Name)
			out = append(out, i)
		}
		return out, nil
	}},
	{"knobs", knobItems},
}

func items(options []knob.Option) (out []item) {
	for _, o := range options {
		out = append(out, item{Name: o.Name, Help: o.Help})
	}
	return out
}

func knobItems() (out []item, err error) {
	for _, e := range core.Catalogue() {
		k, live := e.Knob, !e.Knob.Fixed
		i := item{Name: k.Path, Help: k.Help, Kind: k.Kind.String(), Default: k.Value(), Of: e.Owners, Live: &live, shown: k.Format(k.Value())}
		if k.Kind == knob.Number || k.Kind == knob.Whole {
			i.Min, i.Max = &k.Min, &k.Max
		}
		for _, o := range k.Options {
			i.Choices = append(i.Choices, o.Name)
		}
		out = append(out, i)
	}
	return out, nil
}

func listCommand() *cobra.Command {
	var asJSON bool
	var names []string
	for _, t := range topics {
		names = append(names, t.name)
	}
	c := &cobra.Command{
		Use:       "list [" + strings.Join(names, "|") + "]",
		Short:     "what there is to choose from",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: names,
		RunE: func(_ *cobra.Command, args []string) error {
			all := map[string][]item{}
			w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
			found := false
			for _, t := range topics {
				if len(args) > 0 && args[0] != t.name {
					continue
				}
				found = true
				rows, err := t.rows()
				if err != nil {
					return err
				}
				all[t.name] = rows
				if asJSON {
					continue
				}
				if len(args) == 0 {
					fmt.Fprintf(w, "%s\n", strings.ToUpper(t.name))
				}
				for _, r := range rows {
					switch t.name {
					case "knobs":
						fmt.Fprintf(w, "%s\t%s\t%s\n", r.Name, r.shown, r.Help)
					case "data":
						fmt.Fprintf(w, "%s\t%s\t%s\n", r.Name, r.Help, r.Summary)
					default:
						fmt.Fprintf(w, "%s\t%s\n", r.Name, r.Help)
					}
				}
				if len(args) == 0 {
					fmt.Fprintln(w)
				}
			}
			if !found {
				return usage(fmt.Errorf("there is no list of %q; there are %s", args[0], strings.Join(names, ", ")))
			}
			if asJSON {
				e := json.NewEncoder(os.Stdout)
				e.SetIndent("", "  ")
				if len(args) > 0 {
					return e.Encode(all[args[0]])
				}
				return e.Encode(all)
			}
			return w.Flush()
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "for machines")
	return c
}

func completePresets(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return presets.Names(), cobra.ShellCompDirectiveDefault
}

func completePaths(*cobra.Command, []string, string) (out []string, d cobra.ShellCompDirective) {
	for _, e := range core.Catalogue() {
		out = append(out, e.Knob.Path+"=")
	}
	return out, cobra.ShellCompDirectiveNoSpace
}
