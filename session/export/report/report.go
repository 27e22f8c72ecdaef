// Package report writes a session as a page for a browser: one file that asks nobody
// for anything.
package report

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"descent/core/metric"
	"descent/core/probe"
	"descent/session"
	"descent/session/disk"
	"descent/session/export/chart"
	"descent/session/export/format"
)

//go:embed page.html
var text string

var page = template.Must(template.New("page").Parse(text))

// mostClasses is up to how many classes a confusion matrix is drawn.
const mostClasses = 30

// shown is what the page is made of.
type shown struct {
	Title, Summary, When, Version, Story string
	Facts                                []fact
	Charts                               []template.HTML
	Decisions                            []decision
	Branches                             []branch
	Layers                               []layer
	Sizes                                []fact
	Data                                 []fact
	Columns                              []column
	Scores                               []fact
	Confusion                            *confusion
	Again                                []fact
	Preset                               string
	Log                                  template.URL
	LogName                              string
}

type fact struct{ Name, Value string }

type decision struct {
	Number, Step  int
	By, Words     string
	Before, After string // the validation loss, or that of training
}

type branch struct {
	Name, From string
	Steps      int
	Best, Last string
	Now        bool
	Decided    string
}

type layer struct {
	Name, Kind, Shape, Pruned, Bits string
	Params                          int
}

type column struct{ Name, Kind, Becomes string }

type confusion struct {
	Names []string
	Rows  []confusionRow
	Of    int
}

type confusionRow struct {
	Name  string
	Cells []cell
	Right string
}

type cell struct {
	Count int
	Shade template.CSS
}

// mostLog is up to how many bytes a log goes into the page, to be taken out again.
const mostLog = 8 << 20

// Write writes the page.
func Write(ctx context.Context, d disk.Disk, s format.Subject, path string) (files, notes []string, err error) {
	if s.Session == nil {
		return nil, nil, errors.New("a report is of a session, and a model alone has no course; export the log")
	}
	p, notes := describe(ctx, s)
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	var out bytes.Buffer
	if err := page.Execute(&out, p); err != nil {
		return nil, nil, err
	}
	return []string{path}, notes, disk.WriteAll(d, disk.Output{Path: path, Content: out.Bytes()})
}

func number(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return strconv.FormatFloat(v, 'g', 5, 64)
}

func describe(ctx context.Context, s format.Subject) (p shown, notes []string) {
	t := s.Session.Trainer()
	r := t.Recipe()
	position := s.Session.Position()
	p.Title, p.Story, p.Summary = plain(r.Name), plain(r.Summary), plain(s.Session.Summary())
	p.When, p.Version = plain(s.Record.Header.Created), s.Version
	p.Facts = append(p.Facts, fact{"steps", strconv.Itoa(t.StepCount())}, fact{"seed", strconv.FormatUint(r.Seed, 10)},
		fact{"arithmetic", plain(s.Record.Header.Arithmetic)})
	if best, ok := s.Session.Best(); ok {
		of := "best loss"
		if best.Validated {
			of = "best validation loss"
		}
		p.Facts = append(p.Facts, fact{of, fmt.Sprintf("%s at step %d", number(best.Value), best.Step)})
	}
	if spent := s.Session.Spent(); spent > 0 {
		p.Facts = append(p.Facts, fact{"training time", spent.Round(1e8).String()})
	}
	loss := chart.Loss(s.Session)
	if len(loss.Series) > 0 {
		p.Charts = append(p.Charts, template.HTML(loss.SVG())) // escaped by the chart
	}
	if c, ok := chart.Accuracy(s.Session); ok {
		p.Charts = append(p.Charts, template.HTML(c.SVG()))
	}
	p.Decisions = decisions(s.Session)
	p.Branches = branches(s.Session, position)
	network(&p, s)
	table(&p, s)
	scores(ctx, &p, s)
	again(&p, s)
	return p, notes
}

// decisions are those in effect, with the loss before and after each.
func decisions(s *session.Session) (out []decision) {
	curves := s.Curves()
	of := curves.Val
	if len(of) == 0 {
		of = curves.Train
	}
	at := func(step int, after bool) string {
		last := math.NaN()
		for _, b := range of {
			if after && b.First >= step {
				return number(b.Mean())
			}
			if b.Last < step {
				last = b.Mean()
			}
		}
		if after {
			return "–"
		}
		return number(last)
	}
	all := s.Decisions()
	for i, e := range all[:min(s.Position().Decisions, len(all))] {
		out = append(out, decision{i + 1, e.Step, plain(e.Actor), plain(e.Words), at(e.Step, false), at(e.Step, true)})
	}
	return out
}

func branches(s *session.Session, now session.Position) (out []branch) {
	all := s.Branches()
	for _, b := range all {
		if b.Deleted {
			continue
		}
		row := branch{Name: plain(b.Label), Steps: b.Head, Best: number(b.Loss), Last: number(b.Last), Now: b.ID == now.Branch}
		if b.Parent != b.ID && int(b.Parent) < len(all) {
			row.From = fmt.Sprintf("step %d of %s", b.From, plain(all[b.Parent].Label))
		}
		if b.Diverged > 0 {
			row.Last = fmt.Sprintf("diverged from step %d", b.Diverged)
		}
		var words []string
		for _, m := range b.Marks {
			words = append(words, fmt.Sprintf("%d: %s", m.Step, plain(m.Text)))
		}
		row.Decided = strings.Join(words, "; ")
		out = append(out, row)
	}
	return out
}

// network describes layers and sizes.
func network(p *shown, s format.Subject) {
	t := s.Session.Trainer()
	if _, ok := t.Network(); !ok {
		return
	}
	for _, l := range t.Layers() {
		row := layer{Name: l.Name, Kind: l.Kind, Shape: l.Shape(), Params: l.Params}
		if l.Kept < 1 && l.Params > 0 {
			row.Pruned = fmt.Sprintf("%.0f %%", 100*(1-l.Kept))
		}
		if l.Bits > 0 {
			row.Bits = strconv.Itoa(l.Bits)
		}
		p.Layers = append(p.Layers, row)
	}
	size := t.Size()
	p.Sizes = []fact{
		{"parameters", strconv.Itoa(size.Params)},
		{"in float32", kilobytes(size.Dense)},
		{"multiply-adds a row", strconv.Itoa(size.DenseWork)},
	}
	if size.Bytes != size.Dense || size.Kept != size.Params {
		p.Sizes = append(p.Sizes, fact{"parameters kept", strconv.Itoa(size.Kept)}, fact{"as it is stored", kilobytes(size.Bytes)},
			fact{"multiply-adds kept", strconv.Itoa(size.Work)})
	}
}

func kilobytes(n int) string { return fmt.Sprintf("%.1f kB", float64(n)/1000) }

// table describes the data.
func table(p *shown, s format.Subject) {
	set := s.Session.Trainer().Data()
	if set == nil {
		return
	}
	p.Data = []fact{{"data", plain(set.Summary)}, {"training rows", strconv.Itoa(set.Train.Rows())}, {"validation rows", strconv.Itoa(set.Val.Rows())}}
	for _, n := range set.Notes {
		p.Data = append(p.Data, fact{"note", plain(n)})
	}
	const mostColumns = 100
	if set.Transform == nil || len(set.Transform.Columns) > mostColumns {
		return
	}
	for _, c := range set.Transform.Columns {
		becomes := "1 input"
		if n := len(c.Inputs); n != 1 {
			becomes = fmt.Sprintf("%d inputs", n)
		}
		p.Columns = append(p.Columns, column{plain(c.Name), string(c.Kind), becomes})
	}
}

// scores are the metrics on the held-out rows, and which classes are taken for which.
func scores(ctx context.Context, p *shown, s format.Subject) {
	t := s.Session.Trainer()
	n, ok := t.Network()
	if !ok {
		return
	}
	if s.Model != nil {
		for _, r := range metric.Options() {
			if v, ok := s.Model.Metrics[r.Name]; ok {
				p.Scores = append(p.Scores, fact{r.Name, number(v)})
			}
		}
	}
	set := t.Data()
	if !n.Task().Classes || len(set.Targets) > mostClasses {
		return
	}
	m, ok := probe.Confusion{}.Measure(ctx, t).(probe.ConfusionMatrix)
	if !ok || m.Rows == 0 {
		return
	}
	c := &confusion{Of: m.Rows}
	for _, name := range set.Targets {
		c.Names = append(c.Names, plain(name))
	}
	for i, counts := range m.Counts {
		total := 0
		for _, v := range counts {
			total += v
		}
		row := confusionRow{Name: c.Names[i], Right: "–"}
		if total > 0 {
			row.Right = fmt.Sprintf("%.1f %%", 100*float64(counts[i])/float64(total))
		}
		for j, v := range counts {
			share := float64(v) / math.Max(1, float64(total))
			hue := 10 // a mistake
			if i == j {
				hue = 205
			}
			row.Cells = append(row.Cells, cell{v, template.CSS(fmt.Sprintf("background:hsl(%d 75%% 45%% / %.2f)", hue, share))})
		}
		c.Rows = append(c.Rows, row)
	}
	p.Confusion = c
}

// again says how to run it once more.
func again(p *shown, s format.Subject) {
	log := filepath.Base(s.Name)
	p.Again = []fact{
		{"check that it comes out the same, bit for bit", "descent replay " + quoted(log)},
		{"open it where it ended", "descent resume " + quoted(log)},
	}
	p.Preset = plain(s.Preset)
	if len(s.Log) > 0 && len(s.Log) <= mostLog {
		p.LogName = plain(log)
		p.Log = template.URL("data:application/jsonl;base64," + encoded(s.Log))
	}
}
