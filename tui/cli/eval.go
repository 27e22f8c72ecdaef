package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"descent/core/input"
	"descent/core/model"
	"descent/core/recipe"
	"descent/session/predict"

	"github.com/spf13/cobra"
)

func evalCommand() *cobra.Command {
	var o predict.Options
	var asJSON, quiet bool
	var labels string
	c := &cobra.Command{
		Use:   "eval MODEL FILE",
		Short: "measure how well a trained model answers for rows whose targets are known",
		Long: "measure how well a model answers for the rows of FILE (- for standard input), whose\n" +
			"target column has to be there: the metrics that `descent list metrics` explains.",
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := openModel(args[0])
			if err != nil {
				return err
			}
			in, size, err := rowsOf(args[1], m)
			if err != nil {
				return usage(err)
			}
			defer in.Close()
			o.Name = shown(args[1])
			if o.LabelsName = labels; labels != "" {
				if o.Labels, err = input.Read(labels, input.MaxData); err != nil {
					return usage(err)
				}
			}
			bar := newProgress()
			if !quiet && size > 0 {
				o.Progress = reading(bar, size)
			}
			ctx, stop := interruptible()
			defer stop()
			e, err := predict.Evaluate(ctx, m, in, o)
			bar.end()
			if err != nil {
				return stopped(ctx, err)
			}
			for _, n := range e.Notes {
				stderr.printf("note: %s\n", n)
			}
			var held map[string]float64
			if learned(m, args[1]) {
				text := filepath.Base(args[1]) + " holds the rows that the model was trained on"
				if m.Recipe.Data.Validation > 0 && len(m.Metrics) > 0 {
					held = m.Metrics
					text += "; VALIDATION is of the rows that were held out"
				}
				if !quiet && !asJSON {
					stderr.printf("note: %s\n", text)
				}
			}
			if asJSON {
				return printJSON(evaluated(e))
			}
			named, err := m.Recipe.Find(recipe.LossName)
			return showEvaluation(e, held, err == nil && named.Value.Word() == "quantile")
		},
	}
	f := c.Flags()
	f.StringVar(&labels, "labels", "", "the file of the labels, for IDX and NPY")
	f.BoolVar(&o.Floats, "float", false, "run quantized networks in float64 instead of int8 arithmetic")
	f.BoolVar(&quiet, "quiet", false, "no progress on stderr")
	jsonFlag(c, &asJSON)
	return c
}

// learned tells whether a file is the one by which a model was trained: what it says of
// its rows is then no measure of others.
func learned(m *model.Model, file string) bool {
	was, err := os.Stat(m.Recipe.Data.File)
	if m.Recipe.Data.File == "" || err != nil {
		return false
	}
	is, err := os.Stat(file)
	return err == nil && os.SameFile(was, is)
}

// object is a JSON object whose keys keep their order.
type object []field

type field struct {
	name  string
	value any
}

// MarshalJSON writes the fields in order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, f := range o {
		b.WriteByte("{,"[min(i, 1)])
		name, err := json.Marshal(f.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(f.value)
		if err != nil {
			return nil, err
		}
		b.Write(append(append(name, ':'), value...))
	}
	if len(o) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// figure is a number, or where it is not finite the word for it, as in metrics.
func figure(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return v
}

// evaluated is an evaluation for machines.
func evaluated(e *predict.Evaluation) object {
	out := object{{"rows", e.Rows}}
	for _, s := range e.Scores {
		out = append(out, field{s.Name, figure(s.Value)})
	}
	if e.Classes != nil {
		var classes []object
		for i, c := range e.Classes {
			classes = append(classes, object{{"name", e.Names[i]}, {"precision", figure(c.Precision)}, {"recall", figure(c.Recall)}, {"f1", figure(c.F1)}, {"rows", figure(c.Support)}})
		}
		out = append(out, field{"classes", classes})
	}
	if e.Confusion != nil {
		out = append(out, field{"confusion", e.Confusion})
	}
	return out
}

// telling reports whether people are shown a metric: not the other means over classes,
// nor whether the class is among as many as there are.
func telling(name string, classes int, quantile bool) bool {
	var top int
	if n, err := fmt.Sscanf(name, "top%d_accuracy", &top); n == 1 && err == nil {
		return top < classes
	}
	if name == "pinball" || name == "coverage" { // of quantiles
		return quantile
	}
	return !strings.HasSuffix(name, "_micro") && !strings.HasSuffix(name, "_weighted")
}

// mostClasses is the number of classes up to which the confusion matrix is printed.
const mostClasses = 16

// showEvaluation prints an evaluation for people. held are the metrics of the rows that
// were held out, where the others are not new; nil for none.
func showEvaluation(e *predict.Evaluation, held map[string]float64, quantile bool) error {
	how := ""
	if e.Integer {
		how = ", in int8 arithmetic"
	}
	stdout.printf("%d rows%s\n\n", e.Rows, how)
	w := stdout.table()
	if held == nil {
		fmt.Fprintln(w, "METRIC\tVALUE")
	} else {
		fmt.Fprintln(w, "METRIC\tALL ROWS\tVALIDATION")
	}
	left := 0
	for _, s := range e.Scores {
		if !telling(s.Name, len(e.Names), quantile) {
			left++
			continue
		}
		value, ok := held[s.Name]
		if w.printf("%s\t%s", s.Name, strconv.FormatFloat(s.Value, 'g', 6, 64)); ok {
			w.printf("\t%s", strconv.FormatFloat(value, 'g', 6, 64))
		}
		w.printf("\n")
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if left > 0 {
		stderr.printf("note: --json prints %d more metrics\n", left)
	}
	if e.Classes == nil {
		return nil
	}
	stdout.printf("\n")
	w = stdout.table()
	fmt.Fprintln(w, "CLASS\tPRECISION\tRECALL\tF1\tROWS")
	for i, c := range e.Classes {
		w.printf("%s\t%.4f\t%.4f\t%.4f\t%g\n", e.Names[i], c.Precision, c.Recall, c.F1, c.Support)
	}
	if err := w.Flush(); err != nil || e.Confusion == nil {
		return err
	}
	if len(e.Names) > mostClasses {
		stderr.printf("note: --json prints the confusion matrix of %d classes\n", len(e.Names))
		return nil
	}
	stdout.printf("\n")
	w = stdout.table()
	form := "%s" + strings.Repeat("\t%v", len(e.Names)) + "\n"
	head := []any{"TRUE, PREDICTED AS"}
	for _, name := range e.Names {
		head = append(head, name)
	}
	w.printf(form, head...)
	for i, of := range e.Confusion {
		cells := []any{e.Names[i]}
		for _, n := range of {
			cells = append(cells, n)
		}
		w.printf(form, cells...)
	}
	return w.Flush()
}
