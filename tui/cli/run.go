package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core"
	"descent/core/input"
	"descent/presets"
	"descent/session"
	"descent/session/bench"
	"descent/session/diagnosis"
	"descent/session/headless"
	"descent/session/journal"

	"github.com/spf13/cobra"
)

func runCommand() *cobra.Command {
	var o headless.Options
	var f training
	var integer bool
	var plot string
	c := &cobra.Command{
		Use:               "run PRESET",
		Short:             "train a preset without the workbench",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completePresets,
		RunE: func(c *cobra.Command, args []string) error {
			if o.Best && o.ModelOut == "" {
				return usage(errors.New("--best says which step --model-out writes; give it a file"))
			}
			p, err := f.read(c, args[0])
			if err != nil {
				return err
			}
			o.At = p.at
			var last core.Report
			var kept *core.Report
			var course *runPlot
			if plot != "" {
				format, err := plotFormat(plot, o.Force)
				if err != nil {
					return err
				}
				course = newRunPlot(plot, format, p.steps)
			}
			if stdout.terminal() && (o.WeightsOut == "-" || o.CompactOut == "-" || o.ModelOut == "-") {
				return usage(errors.New("weights are binary; write them to a file or a pipe, not to a terminal"))
			}
			if !slices.Contains(presets.Names(), args[0]) {
				o.Inputs = []string{args[0]}
			}
			o.Warn = func(err error) { stderr.printf("descent: %s\n", err) }
			o.Begin = func(t *core.Trainer) {
				given := f.idle()
				given.look(t)
				given.say(len(p.at) > 0)
				var said notes
				said.of(t)
				said.say()
			}
			o.Stopped = func(why string) { stderr.printf("stopped after step %d: %s\n", last.Step, why) }
			o.Kept = func(step int, r core.Report) {
				stderr.printf("the weights are those of step %d, the best evaluation (train.keep)\n", step)
				r.Step, kept = step, &r
			}
			o.Compact = func(s *core.CompactNetwork) { stderr.printf("%s\n", s) }
			var ill *diagnosis.Diagnosis
			if !f.quiet {
				o.Diagnosis = func(d diagnosis.Diagnosis) { ill = &d }
			}
			var found *bench.IntegerReport
			if integer {
				o.Integer = func(r bench.IntegerReport) { found = &r }
			}
			bar := newProgress()
			defer bar.end()
			o.Progress = func(done, total int, r core.Report) {
				if last = r; !f.quiet {
					bar.show(done, total, r)
				}
				if course != nil {
					course.add(done, r)
				}
			}
			tested := "" // what the test rows say
			o.Test = func(rows int, loss, accuracy float64) {
				tested = fmt.Sprintf("test_loss %.4g", loss)
				if !math.IsNaN(accuracy) {
					tested += fmt.Sprintf("  test_accuracy %.4f", accuracy)
				}
				tested += fmt.Sprintf("  (%d rows that chose nothing)", rows)
			}
			err = withoutScreen(&o, func(ctx context.Context) error {
				return headless.Run(ctx, p.recipe, p.steps, shelf(ctx, f.quiet), o)
			})
			if course != nil && last.Step > 0 {
				err = errors.Join(err, course.write(&p.recipe, p.at))
			}
			if err == nil && last.Step > 0 && !slices.Contains([]string{o.Metrics, o.WeightsOut, o.SplitOut, o.Log, o.CompactOut, o.ModelOut}, "-") {
				if stdout.terminal() {
					bar.wipe()
				}
				line := measured(last.Step, p.steps, last)
				if kept != nil { // the loss of the step is not of its weights
					_, evaluated, _ := strings.Cut(measured(kept.Step, p.steps, *kept), "  loss ")
					_, evaluated, _ = strings.Cut(evaluated, "  ")
					line = fmt.Sprintf("step %d of %d  %s", kept.Step, p.steps, evaluated)
				}
				stdout.printf("%s\n", line)
				if tested != "" {
					stdout.printf("%s\n", tested)
				}
			}
			if ill != nil && err == nil {
				diagnosed(*ill)
			}
			if found != nil {
				stderr.printf("%s\n", found)
			}
			return err
		},
	}
	f.flags(c, "number of steps (default: train.steps of the preset); 0 only writes the weights")
	threadsFlag(c, false)
	more := c.Flags()
	more.StringVar(&o.Metrics, "metrics", "", "write the metrics of each step to this file as JSON Lines, - for stdout")
	more.StringVar(&o.TensorBoard, "tensorboard", "", "write the metrics of each step to a file of events in this folder, for tensorboard --logdir, while training")
	more.StringVar(&o.WeightsOut, "weights-out", "", "write the final effective weights (pruned, quantized, adapters merged) to this file as safetensors")
	more.StringVar(&o.ModelOut, "model-out", "", "write the model to this file: weights, recipe, columns and metrics, for descent predict, eval and export, and to train on")
	more.BoolVar(&o.Best, "best", false, "the model of --model-out is that of the best evaluation instead of the last step")
	more.StringVar(&o.SplitOut, "split-out", "", "write to this file, - for stdout, whether each row is in the training, validation or test set: row,part")
	more.StringVar(&o.Log, "log", "", "write the log of the session to this file, for descent replay")
	more.StringVar(&o.CompactOut, "compact-out", "", "write the compact network to this file as safetensors: pruned neurons removed, weights packed at their bit width")
	plotFlag(c, &plot, "draw the course of the run: loss, validation loss and decisions,")
	forceFlag(c, &o.Force)
	more.BoolVar(&integer, "integer", false, "at the end, evaluate the network by int8 inference: agreement with fake quantization, accuracy, rows per second")
	return c
}

func replayCommand() *cobra.Command {
	var o headless.Options
	var quiet bool
	var files []string
	c := &cobra.Command{
		Use:   "replay LOG",
		Short: "recompute the session of a log and verify that it matches bit for bit",
		Args:  cobra.ExactArgs(1),

		ValidArgsFunction: completeSessions,
		RunE: func(_ *cobra.Command, args []string) error {
			path := journal.Find(args[0])
			content, err := input.Read(path, input.MaxLog)
			if err != nil {
				return usage(err)
			}
			rec, err := journal.Parse(path, bytes.NewReader(content))
			if err != nil {
				return usage(err)
			}
			where, err := relocated(files)
			if err != nil {
				return err
			}
			for _, now := range where.to {
				o.Inputs = append(o.Inputs, now)
			}
			var out session.Outcome
			bar := newProgress()
			defer bar.end()
			var ill *diagnosis.Diagnosis
			if !quiet {
				o.Progress = bar.show
				o.Diagnosis = func(d diagnosis.Diagnosis) { ill = &d }
			}
			err = withoutScreen(&o, func(ctx context.Context) error {
				out, err = headless.Replay(ctx, rec, where, o)
				return err
			})
			for _, n := range out.Notes {
				stderr.printf("descent: %s\n", n)
			}
			if err != nil {
				return err
			}
			stderr.printf("%s\n", out)
			if ill != nil {
				diagnosed(*ill)
			}
			return nil
		},
	}
	fileFlag(c, &files)
	threadsFlag(c, false)
	c.Flags().StringVar(&o.Metrics, "metrics", "", "write the metrics of each step to this file as JSON Lines, - for stdout")
	forceFlag(c, &o.Force)
	c.Flags().BoolVar(&quiet, "quiet", false, "no progress on stderr")
	return c
}
