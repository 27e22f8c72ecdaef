package export

import (
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"descent/session/disk"
	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/picture"
)

// Content returns what is exported in a format: of a drawn screen, as the terminal is
// given it, a picture or its text; of a frame its curves.
func Content(format, screen string, t *draw.Theme, f *live.Frame) ([]byte, error) {
	if format == CSV {
		return []byte(Curves(f)), nil
	}
	ink, paper := t.Paper()
	p := picture.Of(screen, ink, paper)
	switch format {
	case SVG:
		return p.SVG(), nil
	case PNG:
		return p.PNG()
	}
	return []byte(p.Text()), nil
}

// Exists reports whether there is a file of that name.
func Exists(path string) bool { return disk.Machine{}.Exists(path) }

// Write writes a file, in place of one of that name, by the user's umask.
func Write(path string, content []byte) error { return disk.WriteFile(disk.Machine{}, path, content) }

// mostCopied is the number of bytes that terminals take for the clipboard.
const mostCopied = 74_994

// Clipboard returns the code that puts a text on the clipboard of the terminal (xterm,
// OSC 52).
func Clipboard(text []byte) (string, error) {
	if len(text) > mostCopied {
		return "", fmt.Errorf("%s are more than a terminal takes for the clipboard; export it to a file", draw.Bytes(len(text)))
	}
	if len(text) == 0 {
		return "", errors.New("there is nothing to copy yet")
	}
	return "\x1b]52;c;" + base64.StdEncoding.EncodeToString(text) + "\a", nil
}

// Curves returns the curves of a frame as CSV, a row for each stretch of a series:
// branch and series, the first and the last step of the stretch, how many values it
// holds, their mean, least and greatest, and for the training loss the gradient
// evaluations and the milliseconds of training up to its end.
func Curves(f *live.Frame) string {
	var out strings.Builder
	w := csv.NewWriter(&out)
	write := func(row ...string) { _ = w.Write(row) } // a builder does not fail
	write("branch", "series", "first", "last", "count", "mean", "min", "max", "gradient_evaluations", "milliseconds")
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	curves := func(label string, c history.Curves) {
		all := append([]history.Scored{{Name: "loss", Buckets: c.Train}, {Name: "val_loss", Buckets: c.Val}, {Name: "accuracy", Buckets: c.Accuracy}, {Name: "val_accuracy", Buckets: c.ValAccuracy}, {Name: "old_loss", Buckets: c.Old}}, c.Scores...)
		for _, s := range all {
			for _, b := range s.Buckets {
				row := []string{draw.Line(label), s.Name, strconv.Itoa(b.First), strconv.Itoa(b.Last), strconv.Itoa(b.Count), number(b.Mean()), "", "", "", ""}
				if b.Count > 0 {
					row[6], row[7] = number(b.Min), number(b.Max)
				}
				if s.Name == "loss" {
					row[8], row[9] = strconv.Itoa(b.GradientEvaluations), strconv.Itoa(b.Millis)
				}
				write(row...)
			}
		}
		for _, p := range c.Trajectory {
			step := strconv.Itoa(p.Step)
			write(draw.Line(label), "x", step, step, "1", number(p.X), number(p.X), number(p.X), "", "")
			write(draw.Line(label), "y", step, step, "1", number(p.Y), number(p.Y), number(p.Y), "", "")
		}
	}
	label := ""
	for _, b := range f.Branches {
		if b.ID == f.Branch {
			label = b.Label
		}
	}
	curves(label, f.Curves)
	if !f.Ghosts {
		for _, o := range f.Others {
			curves(o.Label, o.Curves)
		}
	}
	w.Flush()
	return out.String()
}
