package tensorboard

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"descent/core"
	"descent/session"
	"descent/session/disk"
	"descent/session/export/format"
	"descent/session/history"
)

// Live writes the event file of a run that is going on.
type Live struct {
	path   string
	file   disk.File
	w      *bufio.Writer
	events *Events
	synced time.Time
	values []Scalar
}

// every is how long events may wait before they are written.
const every = time.Second

// Begin begins a run in a folder, which it makes.
func Begin(d disk.Disk, dir string) (*Live, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, disk.CannotWrite(dir, err)
	}
	now := time.Now()
	l := &Live{path: filepath.Join(dir, FileName(now)), synced: now}
	for n := 1; d.Exists(l.path); n++ { // two runs of one second
		l.path = filepath.Join(dir, fmt.Sprintf("%s.%d", FileName(now), n))
	}
	var err error
	if l.file, err = d.Create(l.path, disk.Fresh, disk.Public); err != nil {
		return nil, disk.CannotWrite(l.path, err)
	}
	l.w = bufio.NewWriter(l.file)
	l.events, err = NewEvents(l.w, now)
	return l, err
}

// Path is the file.
func (l *Live) Path() string { return l.path }

// Add writes the metrics of a step.
func (l *Live) Add(r core.Report) error { return l.add(time.Now(), r) }

func (l *Live) add(at time.Time, r core.Report) error {
	l.values = appendScalars(l.values[:0], r)
	if err := l.events.Scalars(at, r.Step, l.values...); err != nil {
		return disk.CannotWrite(l.path, err)
	}
	if now := time.Now(); now.Sub(l.synced) >= every {
		l.synced = now
		return disk.CannotWrite(l.path, l.w.Flush())
	}
	return nil
}

// Text writes a text under a tag.
func (l *Live) Text(step int, tag, text string) error {
	return disk.CannotWrite(l.path, l.events.Text(time.Now(), step, tag, text))
}

// Close writes what is left.
func (l *Live) Close() error {
	return disk.CannotWrite(l.path, cmp.Or(l.w.Flush(), l.file.Sync(), l.file.Close()))
}

// appendScalars are the metrics of a report, with loss and val_loss in one group.
func appendScalars(to []Scalar, r core.Report) []Scalar {
	r.Each(func(name string, v float64) { to = append(to, Scalar{tag(name), v}) })
	if r.HasNorms {
		to = append(to, Scalar{"norms/gradient", r.GradientNorm}, Scalar{"norms/relative_update", r.RelativeUpdate})
	}
	return to
}

// tag groups a metric: TensorBoard draws what has the same beginning under one heading.
func tag(name string) string {
	group := strings.TrimPrefix(strings.TrimPrefix(name, "val_"), "old_")
	return group + "/" + name
}

// Write writes a folder with a run for each branch of a session. The branch that the
// session ended on has each of its steps, the others the means of their curves.
func Write(ctx context.Context, d disk.Disk, s format.Subject, dir string) (files, notes []string, err error) {
	if s.Session == nil {
		return nil, nil, errors.New("TensorBoard draws the steps of a session, and a model alone has none; export the log")
	}
	created, _ := time.Parse(time.RFC3339, s.Record.Header.Created)
	if created.IsZero() {
		created = time.Unix(0, 0)
	}
	at := s.Session.Position().Branch
	defer func() {
		if err == nil {
			return
		}
		for _, path := range files { // nothing half written stays; folders with other files do
			_, _ = os.Remove(path), os.Remove(filepath.Dir(path))
		}
		_ = os.Remove(dir)
		files = nil
	}()
	begin := func(label string, id int) (*Live, error) {
		folder := filepath.Join(dir, folderOf(label, id))
		if err := os.MkdirAll(folder, 0o777); err != nil {
			return nil, disk.CannotWrite(folder, err)
		}
		l := &Live{path: filepath.Join(folder, FileName(created)), synced: time.Now()}
		f, err := d.Create(l.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, disk.Public)
		if err != nil {
			return nil, disk.CannotWrite(l.path, err)
		}
		files = append(files, l.path)
		l.file, l.w = f, bufio.NewWriter(f)
		l.events, err = NewEvents(l.w, created)
		return l, err
	}
	spent := func(c history.Curves) func(step int) time.Time { // when a step was, by the time it took
		return func(step int) time.Time {
			for _, b := range c.Train {
				if b.Last >= step {
					return created.Add(time.Duration(b.Millis) * time.Millisecond)
				}
			}
			return created
		}
	}
	others := map[int]session.Other{}
	ids := s.Session.Branches()
	for _, b := range ids {
		if b.ID == at || b.Deleted {
			continue
		}
		for _, o := range s.Session.Others(b.ID) {
			others[int(b.ID)] = o
		}
	}
	for _, b := range ids {
		if b.Deleted {
			continue
		}
		o, compared := others[int(b.ID)]
		if b.ID != at && !compared {
			continue
		}
		l, err := begin(b.Label, int(b.ID))
		if err != nil {
			return files, notes, err
		}
		if b.ID == at {
			when := spent(s.Session.Curves())
			err = format.Steps(ctx, s, func(r core.Report) error { return l.add(when(r.Step), r) })
		} else {
			err = curves(l, o.Curves, spent(o.Curves))
		}
		for _, m := range b.Marks {
			if err == nil {
				err = l.events.Text(created, m.Step, "decisions", fmt.Sprintf("step %d: %s", m.Step, m.Text))
			}
		}
		if err = cmp.Or(err, l.Close()); err != nil {
			return files, notes, err
		}
	}
	if len(others) > 0 {
		notes = append(notes, "branches besides the last have the values of their curves, which are means over several steps where they are long")
	}
	return files, notes, nil
}

// curves writes the stretches of the curves of a branch.
func curves(l *Live, c history.Curves, when func(step int) time.Time) error {
	for _, s := range []struct {
		name string
		of   []history.Bucket
	}{{"loss", c.Train}, {"val_loss", c.Val}, {"accuracy", c.Accuracy}, {"val_accuracy", c.ValAccuracy}, {"old_loss", c.Old}} {
		for _, b := range s.of {
			if b.Count == 0 {
				continue
			}
			if err := l.events.Scalars(when(b.Last), b.Last, Scalar{tag(s.name), b.Mean()}); err != nil {
				return disk.CannotWrite(l.path, err)
			}
		}
	}
	return nil
}

// folderOf is a label as the name of a folder.
func folderOf(label string, id int) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.=", r) {
			return r
		}
		return '-'
	}, disk.CutAt(label, 80))
	return fmt.Sprintf("%d-%s", id, name)
}
