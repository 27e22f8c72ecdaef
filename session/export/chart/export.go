package chart

import (
	"context"
	"errors"
	"math"
	"strings"

	"descent/session"
	"descent/session/disk"
	"descent/session/export/format"
	"descent/session/history"
)

// Loss is the chart of the loss of a session: training and validation of the branch
// that it stands on, and the other branches behind.
func Loss(s *session.Session) Chart {
	c := Chart{Title: s.Trainer().Recipe().Name, X: "step", Y: "loss"}
	now := s.Curves()
	if len(now.Train) > 0 {
		c.Series = append(c.Series, of("training loss", now.Train, true))
	}
	if len(now.Val) > 0 {
		c.Series = append(c.Series, of("validation loss", now.Val, false))
	}
	for _, o := range s.Others() {
		curve := o.Curves.Val
		if len(curve) == 0 {
			curve = o.Curves.Train
		}
		if len(curve) > 0 {
			line := of(o.Label, curve, false)
			line.Dashed = true
			c.Series = append(c.Series, line)
		}
	}
	for _, m := range s.Marks() {
		c.Marks = append(c.Marks, Mark{float64(m.Step), m.Text})
	}
	return c
}

// Accuracy is that of the accuracies, ok false where there are none.
func Accuracy(s *session.Session) (c Chart, ok bool) {
	c = Chart{Title: s.Trainer().Recipe().Name, X: "step", Y: "accuracy"}
	now := s.Curves()
	if len(now.Accuracy) == 0 {
		return c, false
	}
	c.Series = append(c.Series, of("training accuracy", now.Accuracy, false))
	if len(now.ValAccuracy) > 0 {
		c.Series = append(c.Series, of("validation accuracy", now.ValAccuracy, false))
	}
	for _, m := range s.Marks() {
		c.Marks = append(c.Marks, Mark{float64(m.Step), m.Text})
	}
	return c, true
}

// of is a curve as a line; with band a smoothed one over the values themselves.
func of(name string, buckets []history.Bucket, band bool) Series {
	s := Series{Name: name}
	smooth, known := 0.0, false
	for _, b := range buckets {
		v := b.Mean()
		if band {
			s.Raw = append(s.Raw, v)
			if b.Count > 0 && (!known || math.IsNaN(smooth)) {
				smooth, known = v, true
			} else if b.Count > 0 {
				smooth = float64(smoothing*smooth) + float64((1-smoothing)*v)
			}
			v = smooth
		}
		s.X, s.Y = append(s.X, float64(b.Last)), append(s.Y, v)
	}
	return s
}

// smoothing is the share of what was before in an exponential moving average.
const smoothing = 0.9

// SVG writes the chart of the loss as vectors.
func SVG(_ context.Context, d disk.Disk, s format.Subject, path string) (files, notes []string, err error) {
	return write(d, s, path, func(c Chart) ([]byte, error) { return c.SVG(), nil })
}

// PNG writes the chart of the loss as pixels.
func PNG(_ context.Context, d disk.Disk, s format.Subject, path string) (files, notes []string, err error) {
	return write(d, s, path, Chart.PNG)
}

func write(d disk.Disk, s format.Subject, path string, encode func(Chart) ([]byte, error)) (files, notes []string, err error) {
	if s.Session == nil {
		return nil, nil, errors.New("a chart is of the steps of a session, and a model alone has none; export the log")
	}
	c := Loss(s.Session)
	if len(c.Series) == 0 {
		return nil, nil, errors.New("the session has not taken a step yet; there is nothing to draw")
	}
	content, err := encode(c)
	if err != nil {
		return nil, nil, err
	}
	for i, m := range c.Marks {
		if i < 9 {
			notes = append(notes, strings.TrimSpace(number(m.X)+" is decision "+number(float64(i+1))+": "+m.Text))
		}
	}
	return []string{path}, notes, disk.WriteAll(d, disk.Output{Path: path, Content: content})
}
