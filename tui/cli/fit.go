package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"descent/core"
	"descent/core/knob"
	"descent/core/probe"
	"descent/core/whatif"
	"descent/session/headless"
	"descent/session/journal"

	"github.com/spf13/cobra"
)

func fitCommand() *cobra.Command {
	var f training
	var size string
	var asJSON bool
	recover := whatif.RecoverySteps
	c := &cobra.Command{
		Use:               "fit PRESET --size SIZE",
		Short:             "train, then search for the pruning and quantization that fit into a size",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completePresets,
		RunE: func(c *cobra.Command, args []string) error {
			p, err := f.read(c, args[0])
			if err != nil {
				return err
			}
			if p.recipe.Surface.Name != "" {
				return usage(fmt.Errorf("%s minimizes a test surface, which has no weights to compress", args[0]))
			}
			if size == "" {
				return usage(errors.New(`--size is missing: the size of the compressed network, as --size "8 kB" or --size 20%`))
			}
			if recover < 0 {
				return usage(fmt.Errorf("--recover takes a number of at least 0, not %d", recover))
			}
			bytes := func(dense int) (int, error) {
				n, err := whatif.Budget(size, dense)
				if err != nil {
					err = usage(fmt.Errorf("--size %s: %w", size, err))
				}
				return n, err
			}
			if _, err := bytes(1 << 20); err != nil { // before the training; how much a share is shows after it
				return err
			}
			var found whatif.Fitting
			var budget int
			judges := ""
			bar := newProgress() // of both, and then wiped out: the table stands for itself
			defer bar.end()
			given := f.idle()
			o := headless.Options{At: p.at, Begin: func(t *core.Trainer) {
				given.look(t)
				given.say(len(p.at) > 0)
				var said notes
				said.of(t)
				said.say()
			}, Then: func(ctx context.Context, t *core.Trainer) error {
				judges = judged(t)
				if budget, err = bytes(t.Size().Dense); err != nil {
					return err
				}
				t.Abandon(func() bool { return ctx.Err() != nil })
				found = whatif.FitTo{Bytes: budget, Steps: recover, File: !whatif.IsShare(size)}.Search(ctx, t, func(now whatif.Fitting) {
					if !f.quiet {
						bar.say(now.Done, max(now.Of, 1), fmt.Sprintf("candidates: %d, step %d of %d", len(now.Proposals), now.Done, now.Of))
					}
				})
				return ctx.Err()
			}}
			if !f.quiet {
				o.Progress = bar.show
			}
			if err := withoutScreen(&o, func(ctx context.Context) error {
				return headless.Run(ctx, p.recipe, p.steps, shelf(ctx, f.quiet), o)
			}); err != nil {
				return err
			}
			bar.wipe()
			if len(found.Proposals) == 0 {
				header := ", the header of its file included"
				if whatif.IsShare(size) {
					header = ""
				}
				return fmt.Errorf("nothing fits into %d bytes; the smallest candidate takes %d%s", budget, found.Least, header)
			}
			if asJSON {
				return printJSON(fitted(found))
			}
			if err := fitTable(found); err != nil {
				return err
			}
			stdout.printf("%s\n", judges)
			return nil
		},
	}
	f.flags(c, "number of training steps before the search (default: train.steps of the preset)")
	jsonFlag(c, &asJSON)
	threadsFlag(c, false)
	more := c.Flags()
	more.StringVar(&size, "size", "", `size of the file with its header, as "8 kB" or 8000, or fraction of the dense float32 weights, as 20%`)
	more.IntVar(&recover, "recover", recover, "fine-tuning steps of each candidate before it is evaluated")
	return c
}

// proposal is one way to fit, for machines.
type proposal struct {
	Set      map[string]knob.Value `json:"set"`   // the knobs that make it so
	Bytes    int                   `json:"bytes"` // of the weights
	File     int                   `json:"file"`  // of the file, with its header
	Loss     journal.Float         `json:"loss"`
	Accuracy *float64              `json:"accuracy,omitempty"`
	AtOnce   journal.Float         `json:"loss_at_once"`
}

func fitted(found whatif.Fitting) []proposal {
	var out []proposal
	for _, p := range found.Proposals {
		one := proposal{Set: map[string]knob.Value{}, Bytes: p.Bytes, File: p.File, Loss: journal.Float(p.Loss), AtOnce: journal.Float(p.AtOnce.Loss)}
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
func fitTable(found whatif.Fitting) error {
	w := stdout.table()
	title, line := "\tBYTES\tFILE\tLOSS AT ONCE\tLOSS", "%s\t%d\t%d\t%.4g\t%.4g"
	if found.HasAccuracy {
		title, line = title+"\tACCURACY", line+"\t%.4f"
	}
	fmt.Fprintln(w, title+"\tSET")
	row := func(name string, p whatif.Proposal) {
		values := []any{name, p.Bytes, p.File, p.AtOnce.Loss, p.Loss}
		if found.HasAccuracy {
			values = append(values, p.Accuracy)
		}
		var set []string
		for _, c := range p.Changes {
			set = append(set, quoted(fmt.Sprintf("%s=%s", c.Path, c.Value)))
		}
		w.printf(line+"\t%s\n", append(values, strings.Join(set, " "))...)
	}
	for i, p := range found.Proposals {
		row(strconv.Itoa(i+1), p)
	}
	row("dense", found.Dense)
	return w.Flush()
}

// judged says on which rows candidates are evaluated.
func judged(t *core.Trainer) string {
	rows, of := probe.Rows(t.Data()), t.Data().Held().Rows()
	kind := "validation"
	if t.Data().Val.Rows() == 0 {
		kind = "training"
	}
	if rows == of {
		return fmt.Sprintf("evaluated on all %d %s rows", of, kind)
	}
	return fmt.Sprintf("evaluated on %d of %d %s rows", rows, of, kind)
}

// quoted is text as a shell takes it for one word.
func quoted(text string) string {
	if text == "" || strings.ContainsAny(text, " \t\r\n'\"\\$`*?[](){}<>|&;#~!") {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return text
}
