package session

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"descent/core"
	"descent/core/knob"
	"descent/core/nn"
	"descent/core/recipe"
	"descent/session/disk"
	"descent/session/history"
	"descent/session/journal"
)

// Scheduled is one --at: a knob that turns before the batch of a step is drawn.
type Scheduled struct {
	Step  int
	Path  string
	Value knob.Value
	Act   *journal.Act // instead of a knob
}

// ParseScheduled reads STEP:PATH=VALUE, where PATH is a knob or an act. A path
// that is neither is refused when the run begins, with what the run's recipe
// says of it.
func ParseScheduled(text string) (d Scheduled, err error) {
	when, rest, ok1 := strings.Cut(text, ":")
	path, value, ok2 := strings.Cut(rest, "=")
	step, err := strconv.Atoi(when)
	if !ok1 || !ok2 || err != nil {
		return d, errors.New("the form is STEP:PATH=VALUE")
	}
	d = Scheduled{Step: step, Path: path, Value: knob.Word(value)}
	if c, ok, err := journal.ParseAct(path, value); ok {
		d.Act = c.Act
		return d, err
	}
	catalogue := recipe.Catalogue()
	i := slices.IndexFunc(catalogue, func(e recipe.Entry) bool { return e.Knob.Path == path })
	if i >= 0 {
		d.Value, err = catalogue[i].Knob.Parse(value)
	}
	return d, err
}

// String is the decision as it is typed.
func (d Scheduled) String() string { return fmt.Sprintf("--at %d:%s=%s", d.Step, d.Path, d.Value) }

// command is the decision for a session.
func (d Scheduled) command() journal.Command {
	if d.Act != nil {
		return journal.Command{Act: d.Act}
	}
	return journal.Turn(d.Path, d.Value)
}

// Options are what a run without a screen writes and says.
type Options struct {
	At         []Scheduled
	Metrics    string    // path of JSON Lines, - for Out, "" for none
	Out        io.Writer // stands for the path - of metrics and weights
	Log        string    // path, "" for none
	WeightsOut string    // path, "" for none
	SplitOut   string    // path of a table that says of each row to which part it belongs, - for Out, "" for none
	CompactOut string    // path, "" for none
	Force      bool      // outputs may overwrite files that descent did not write
	Inputs     []string  // paths read beside those that the recipe names: never overwritten
	Compact    func(*core.Small)
	Begin      func(*core.Trainer) // looks at what is to be trained; may be nil
	Progress   func(done, total int, last core.Report)
	Then       func(context.Context, *core.Trainer) error // looks at what was trained; may be nil
	Integer    func(IntegerReport)                        // hears at the end how the network runs in whole numbers; nil for not
	Warn       func(error)                                // hears at once that the log is not being written; may be nil

	on    disk.Disk                    // nil for the machine's
	watch func(step int, loss float64) // sees each loss; may be nil
}

func (o *Options) disk() disk.Disk {
	if o.on == nil {
		return disk.Machine{}
	}
	return o.on
}

// UsageError marks what is wrong with a command or a file, as against a
// failure while running.
type UsageError struct{ Err error }

func (u UsageError) Error() string { return u.Err.Error() }
func (u UsageError) Unwrap() error { return u.Err }

// Open makes a trainer, and says the hashes of what was read for it.
func Open(r recipe.Recipe, files core.Files) (*core.Trainer, *journal.Inputs, error) {
	h := &hashed{Files: files, seen: newInputs()}
	t, err := core.New(r, h)
	if err != nil {
		return nil, nil, UsageError{err}
	}
	return t, h.seen, nil
}

// OpenWhile is Open that gives up when ctx ends, with the context's error.
// Reading large files goes on behind it and comes to nothing.
func OpenWhile(ctx context.Context, r recipe.Recipe, files core.Files) (t *core.Trainer, of *journal.Inputs, err error) {
	h := &hashed{Files: files, seen: newInputs()}
	if t, err = loaded(ctx, r, h); err != nil {
		if ctx.Err() == nil {
			err = UsageError{err}
		}
		return nil, nil, err
	}
	return t, h.seen, nil
}

// loaded is a trainer of a recipe, unless ctx ends before it is made.
func loaded(ctx context.Context, r recipe.Recipe, files core.Files) (*core.Trainer, error) {
	type made struct {
		trainer *core.Trainer
		err     error
	}
	done := make(chan made, 1)
	go func() {
		t, err := core.New(r, files)
		done <- made{t, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case m := <-done:
		return m.trainer, m.err
	}
}

// Headless trains steps of a recipe without a screen. When ctx ends it stops
// after the current step, with everything written that belongs to it, and
// returns the context's error. With 0 steps only the weights are written.
func Headless(ctx context.Context, r recipe.Recipe, steps int, files core.Files, o Options) (err error) {
	if err := checkDecisions(r, steps, o.At); err != nil {
		return UsageError{err}
	}
	if err := o.checkOutputs(r); err != nil {
		return UsageError{err}
	}
	t, hashes, err := OpenWhile(ctx, r, files)
	if err != nil {
		return err
	}
	if err := fitting(t, o.At); err != nil {
		return UsageError{err}
	}
	if o.CompactOut != "" && t.Data() == nil {
		return UsageError{errors.New("--compact-out: a surface has no network to cut down")}
	}
	if o.SplitOut != "" && t.Data() == nil {
		return UsageError{errors.New("--split-out: a surface has no rows")}
	}
	if o.Integer != nil && len(o.At) == 0 { // else a decision may still make it so
		if _, err := t.Integer(); err != nil {
			return UsageError{fmt.Errorf("--integer: %w", err)}
		}
	}
	for _, path := range []string{o.WeightsOut, o.CompactOut, o.SplitOut} {
		if path == "" || path == "-" {
			continue
		}
		if err := writable(path); err != nil {
			return UsageError{err}
		}
	}
	if o.Begin != nil {
		o.Begin(t)
	}
	if o.SplitOut != "" {
		if err := o.writeOut(o.SplitOut, splitCSV(t.Data().Rows)); err != nil {
			return UsageError{err}
		}
	}
	var log *journal.Log
	if o.Log != "" {
		if log, err = journal.CreateOn(o.disk(), o.Log, journal.NewHeader(r, hashes), true); err != nil {
			return UsageError{err}
		}
	}
	t.Share(runtime.GOMAXPROCS(0))
	defer t.Close()
	s := New(t, log)
	trace := journal.NewTrace(o.disk())
	defer func() {
		failed := s.Finish()
		if failed == nil || log.Gone() != nil {
			trace.End()
		}
		err = also(err, failed)
	}()
	at := slices.Clone(o.At)
	slices.SortStableFunc(at, func(a, b Scheduled) int { return a.Step - b.Step })
	decide := func(step int) error {
		for ; len(at) > 0 && at[0].Step == step; at = at[1:] {
			if err := s.Do("--at", at[0].command()); err != nil {
				return fmt.Errorf("%s: %w", at[0], err)
			}
		}
		return nil
	}
	var growing history.Growth
	regular := false // a pipe has no file beside it
	if info, failed := os.Stat(o.Log); failed == nil {
		regular = o.Log != "" && info.Mode().IsRegular()
	}
	if regular {
		trace.Write(log, s.Reached()) // in place of what a process that was killed has left
	}
	traced := time.Now()
	o.watch = func(step int, loss float64) {
		growing.Add(step, loss)
		if regular && time.Since(traced) >= traceEvery {
			trace.Write(log, s.Reached())
			traced = time.Now()
		}
	}
	err = loop(ctx, s, steps, decide, o)
	var d *Diverged
	var grown error // told last: what was asked for is written all the same
	if err == nil && growing.Begun {
		if since, ok := growing.Since(0, steps); ok && t.Last().Loss > 0 { // a surface may fall for ever
			last := t.Last()
			d = &Diverged{Step: since, Grown: []float64{growing.Initial, last.Loss}, Report: last}
			grown = d
		}
	}
	if errors.As(err, &d) || grown != nil {
		d.Remedy = s.Remedy(d, remedyPatience)
	}
	if err != nil && !errors.Is(err, context.Canceled) && !errors.As(err, &d) {
		return err
	}
	if o.WeightsOut != "" {
		err = also(err, o.writeOut(o.WeightsOut, nn.EncodeWeights(t.Layout(), t.Weights(), t.Statistics()...)))
	}
	if o.CompactOut != "" && err == nil {
		small, failed := t.Compact()
		if failed != nil {
			return fmt.Errorf("--compact-out: %w", failed)
		}
		if err := o.writeOut(o.CompactOut, small.File); err != nil {
			return err
		}
		if o.Compact != nil {
			o.Compact(small)
		}
	}
	if o.Then != nil && err == nil {
		return o.Then(ctx, t)
	}
	if o.Integer != nil && err == nil {
		report, failed := MeasureInteger(ctx, t)
		if failed != nil {
			return fmt.Errorf("--integer: %w", failed)
		}
		o.Integer(report)
	}
	return also(err, grown)
}

// traceEvery is how often a run notes beside its log how far it has come.
const traceEvery = time.Second / 30

// remedyPatience is how long a run without a screen looks for what may help.
const remedyPatience = 3 * time.Second

// writeOut writes a file whole, or what stands for the path -.
func (o *Options) writeOut(path string, content []byte) error {
	if path != "-" {
		return disk.WriteFile(o.disk(), path, content)
	}
	_, err := o.Out.Write(content)
	return disk.Said("the output", err)
}

// also is an error and another that came after it. Who interrupts a run hears
// only what could not be written then: not all is well.
func also(err, later error) error {
	if later != nil && errors.Is(err, context.Canceled) {
		return later
	}
	return errors.Join(err, later)
}

// loop trains to a step and writes the metrics. before is called ahead of each
// step. The last step is evaluated.
func loop(ctx context.Context, s *Session, steps int, before func(step int) error, o Options) (err error) {
	w := o.Out
	switch o.Metrics {
	case "":
		w = io.Discard
	case "-":
	default:
		f, err := o.disk().Create(o.Metrics, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, disk.Public)
		if err != nil {
			return UsageError{disk.Said(o.Metrics, err)}
		}
		defer func() { err = also(err, disk.Said(o.Metrics, errors.Join(f.Sync(), f.Close()))) }()
		w = f
	}
	out := bufio.NewWriterSize(w, 1<<16)
	defer func() { err = also(err, disk.Said("the metrics", out.Flush())) }()
	var line []byte
	s.Interrupt(func() bool { return ctx.Err() != nil })
	defer s.Interrupt(nil)
	warned := false
	for step := s.trainer.StepCount() + 1; step <= steps; step++ {
		if err := before(step); err != nil {
			return err
		}
		report, failed := s.Step()
		if step%lookEvery == 0 {
			s.Look()
		}
		if s.logErr != nil && !warned && o.Warn != nil {
			o.Warn(s.logErr)
			warned = true
		}
		stop := ctx.Err()
		if errors.Is(failed, ErrInterrupted) {
			return stop
		}
		if failed == nil && (step == steps || stop != nil && !s.trainer.LongEvaluation()) {
			report = s.trainer.Evaluate()
		}
		line = append(report.AppendJSON(line[:0]), '\n')
		if _, err := out.Write(line); err != nil {
			return disk.Said("the metrics", err)
		}
		if o.Progress != nil {
			o.Progress(step, steps, report)
		}
		if o.watch != nil {
			o.watch(step, report.Loss)
		}
		if failed != nil {
			return failed
		}
		if stop != nil {
			return stop
		}
	}
	return nil
}

// lookEvery is after how many steps it is looked whether the log is still there.
const lookEvery = 1024

// writable tries whether a file can be written, and leaves it as it is.
func writable(path string) error {
	info, missing := os.Stat(path)
	if missing == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil // to open a pipe is to write to it
	}
	f, err := disk.Machine{}.Create(path, os.O_WRONLY|os.O_CREATE, disk.Public)
	if err != nil {
		return disk.Said(path, err)
	}
	if missing != nil {
		defer os.Remove(path)
	}
	return f.Close()
}

// checkDecisions refuses, before anything is trained, what could not be done
// later.
func checkDecisions(r recipe.Recipe, steps int, at []Scheduled) error {
	at = slices.Clone(at)
	slices.SortStableFunc(at, func(a, b Scheduled) int { return a.Step - b.Step })
	for _, d := range at {
		switch {
		case steps == 0:
			return fmt.Errorf("%s: the run has no steps", d)
		case d.Step < 1 || d.Step > steps:
			return fmt.Errorf("%s: the run goes from step 1 to %d", d, steps)
		}
		if err := d.check(&r); err != nil {
			return fmt.Errorf("%s: %w", d, err)
		}
	}
	return nil
}

// check takes a decision in a recipe, or says why it cannot be taken.
func (d Scheduled) check(r *recipe.Recipe) error {
	if d.Act == nil {
		next, err := r.Settings.With(d.Path, d.Value)
		if err != nil {
			return err
		}
		r.Settings = next
		return r.Means(d.Path)
	}
	if d.Act.Step >= d.Step {
		return fmt.Errorf("before step %d no step after %d is known", d.Step, d.Step-1)
	}
	switch d.Act.Name {
	case journal.Merge:
		if rank, err := r.Settings.Find("finetune.lora_rank"); err == nil && rank.Value.Num() == 0 {
			return errors.New("there are no adapters to merge; finetune.lora_rank brings them")
		}
	case journal.Teach:
		if r.Surface.Name != "" {
			return errors.New("a surface has no teacher")
		}
	}
	return nil
}

// fitting refuses decisions that what is to be trained does not allow, now that
// it is loaded.
func fitting(t *core.Trainer, at []Scheduled) error {
	at = slices.Clone(at)
	slices.SortStableFunc(at, func(a, b Scheduled) int { return a.Step - b.Step })
	settings := t.Settings()
	for _, d := range at {
		if d.Act != nil {
			continue
		}
		next, err := t.Allows(settings, d.Path, d.Value)
		if err != nil {
			return fmt.Errorf("%s: %w", d, err)
		}
		settings = next
	}
	return nil
}
