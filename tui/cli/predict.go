package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"descent/core/input"
	"descent/core/model"
	"descent/presets"
	"descent/presets/parquet"
	"descent/session/disk"
	"descent/session/predict"

	"github.com/spf13/cobra"
)

func predictCommand() *cobra.Command {
	var o predict.Options
	var path string
	var force, quiet bool
	c := &cobra.Command{
		Use:   "predict MODEL FILE",
		Short: "answer for new rows with a trained model",
		Long: "answer for the rows of FILE (- for standard input) with a model that --model-out or\n" +
			"`s` in the workbench wrote. Columns are found by their names, in any order; the target\n" +
			"may be among them. Rows are read and answered as a stream, in their order.",
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := openModel(args[0])
			if err != nil {
				return err
			}
			if path == "" {
				path = "-"
			}
			if path != "-" {
				if sameFile(path, args[0]) || sameFile(path, args[1]) {
					return usage(fmt.Errorf("-o %s: this file is read, and would be overwritten; give another name", path))
				}
				if exists := disk.Existing(disk.Machine{}, path); exists != "" && !force && input.Kind(path) == "" {
					return usage(fmt.Errorf("%s exists already; give another name with -o, or --force to overwrite it", exists))
				}
			}
			if strings.HasSuffix(path, ".tsv") || path == "-" && strings.HasSuffix(strings.TrimSuffix(args[1], ".gz"), ".tsv") {
				o.Comma = '\t'
			}
			in, size, err := rowsOf(args[1], m)
			if err != nil {
				return usage(err)
			}
			defer in.Close()
			o.Name = shown(args[1])
			bar := newProgress()
			if !quiet && size > 0 {
				o.Progress = reading(bar, size)
			}
			ctx, stop := interruptible()
			defer stop()
			var s predict.Summary
			full := false // the answers are there, and cannot be written
			work := func(w io.Writer) (err error) {
				to := &failing{Writer: w}
				s, err = predict.Rows(ctx, m, in, to, o)
				full = to.failed || err == nil
				return err
			}
			if path == "-" {
				err = work(plainOut())
			} else {
				err = disk.Stream(disk.Machine{}, path, work)
			}
			bar.end()
			if err != nil && full {
				return err
			}
			if err != nil {
				return stopped(ctx, err)
			}
			for _, n := range s.Notes {
				stderr.printf("note: %s\n", n)
			}
			if !quiet && path != "-" {
				how := ""
				if s.Integer {
					how = ", in int8 arithmetic"
				}
				stderr.printf("%d rows answered%s: %s\n", s.Rows, how, path)
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringVarP(&path, "output", "o", "", "the file of the answers, CSV or TSV by its ending (default: standard output)")
	f.BoolVar(&o.Probabilities, "proba", false, "the probability of each class, a column each, instead of the class")
	f.StringArrayVar(&o.Keep, "keep", nil, "COLUMN: write this column of the input before the answers, such as an id (may be repeated)")
	f.BoolVar(&o.Floats, "float", false, "run quantized networks in float64 instead of int8 arithmetic")
	f.BoolVar(&quiet, "quiet", false, "no progress on stderr")
	forceFlag(c, &force)
	return c
}

// failing remembers whether what is behind it could not be written to.
type failing struct {
	io.Writer
	failed bool
}

func (f *failing) Write(b []byte) (int, error) {
	n, err := f.Writer.Write(b)
	f.failed = f.failed || err != nil
	return n, err
}

// openModel reads the model that a command is to use.
func openModel(path string) (*model.Model, error) {
	if !presets.IsModel(path) {
		if _, err := os.Stat(path); err == nil && isLog(path) {
			return nil, usage(fmt.Errorf("%s is a log, and no model; `descent resume` opens it, and s saves its model", path))
		}
	}
	m, err := presets.ReadModel(path)
	return m, usage(err)
}

// shown is what errors call a file of rows.
func shown(path string) string {
	if path == "-" {
		return "stdin"
	}
	return path
}

// rowsOf opens a file of rows, - for standard input.
func rowsOf(path string, m *model.Model) (in io.ReadCloser, size int64, err error) {
	if path == "-" {
		return io.NopCloser(os.Stdin), 0, nil
	}
	if shape := m.Images.Shape; len(shape) > 1 {
		grey := len(shape) == 2 || shape[2] == 1
		if content, _, ok, err := (presets.Files{}).Album(path, shape[:2], grey); ok || err != nil {
			return io.NopCloser(bytes.NewReader(content)), int64(len(content)), err
		}
	}
	if head, err := input.Head(path, 4); err == nil && parquet.Is(head) {
		content, err := presets.Files{}.File(path)
		return io.NopCloser(bytes.NewReader(content)), int64(len(content)), err
	}
	return input.Open(path)
}

// reading shows how far a file was read, where that takes longer than a moment.
func reading(p *progress, size int64) func(int64) {
	begun := time.Now()
	return func(n int64) {
		if time.Since(begun) > time.Second {
			p.say(int(n), int(size)+1, fmt.Sprintf("%d %% read", min(100*n/size, 100)))
		}
	}
}

// plainOut is where data go: as they are, but on a terminal.
func plainOut() io.Writer {
	if stdout.terminal() {
		return stdout
	}
	return stdout.data()
}

// stopped is the error of work that ctrl-C may have ended; others are of a file.
func stopped(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.Canceled) {
		return cause
	}
	return usage(err)
}
