package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"descent/core/input"
	"descent/core/model"
	"descent/presets"
	"descent/session"
	"descent/session/disk"
	"descent/session/export"
	"descent/session/export/format"
	"descent/session/journal"

	"github.com/spf13/cobra"
)

func exportCommand() *cobra.Command {
	var to, path string
	var files []string
	var force bool
	var names, help []string
	for _, f := range exports() {
		names = append(names, f.Name)
		help = append(help, fmt.Sprintf("  %-12s %s", f.Name, f.Help))
	}
	c := &cobra.Command{
		Use:   "export MODEL|LOG",
		Short: "write a session or its network in a format of other programs",
		Long:  "write a session or its network in a format of other programs:\n\n" + strings.Join(help, "\n"),
		Args:  cobra.ExactArgs(1),

		ValidArgsFunction: completeSessions,
		RunE: func(_ *cobra.Command, args []string) error {
			i := slices.Index(names, to)
			if i < 0 {
				return usage(fmt.Errorf("--to takes one of %s, not %q", strings.Join(names, ", "), to))
			}
			f := exports()[i]
			s, err := exported(args[0], files)
			if err != nil {
				return err
			}
			if s.Session != nil {
				defer s.Session.Abandon()
			}
			if path == "" {
				path = strings.TrimSuffix(strings.TrimSuffix(filepath.Base(s.Name), ".jsonl"), export.ModelEnding) + f.Ending
			}
			if exists := disk.Existing(disk.Machine{}, path); exists != "" && !force {
				return usage(fmt.Errorf("%s exists already; give another name with -o, or --force to overwrite it", exists))
			}
			if f.Session && s.Session == nil {
				return usage(fmt.Errorf("%s takes a session, and %s is a model alone; give it a log", f.Name, s.Name))
			}
			if sameFile(path, args[0]) {
				return usage(fmt.Errorf("%s is what is exported, and would be overwritten; give another name with -o", path))
			}
			ctx, stop := interruptible()
			defer stop()
			p := newProgress()
			start := time.Now()
			s.Progress = func(done, total int) {
				if time.Since(start) > time.Second {
					p.say(done, total, fmt.Sprintf("computing step %d of %d again", done, total))
				}
			}
			wrote, notes, err := f.Write(ctx, disk.Machine{}, s, path)
			p.end()
			if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.Canceled) {
				return cause
			}
			if err != nil {
				return err
			}
			for _, n := range notes {
				stderr.printf("note: %s\n", n)
			}
			for _, w := range wrote {
				stdout.printf("%s\n", w)
			}
			return context.Cause(ctx)
		},
	}
	fileFlag(c, &files)
	forceFlag(c, &force)
	c.Flags().StringVar(&to, "to", "", "the format: "+strings.Join(names, ", "))
	c.Flags().StringVarP(&path, "output", "o", "", "the file, or for some formats the folder (default: the name of the session with the ending of the format)")
	_ = c.MarkFlagRequired("to")
	return c
}

// exported is what a name stands for: a model or a log.
func exported(name string, files []string) (format.Subject, error) {
	if presets.IsModel(name) {
		m, err := presets.ReadModel(name)
		return format.Subject{Name: filepath.Base(name), Model: m}, usage(err)
	}
	path := journal.Find(name)
	if !isLog(path) {
		return format.Subject{}, usage(errors.New(name + " is no model and no log; `descent sessions` lists the saved ones"))
	}
	content, err := input.Read(path, input.MaxLog)
	if err != nil {
		return format.Subject{}, usage(err)
	}
	record, err := journal.Parse(path, bytes.NewReader(content))
	if err != nil {
		return format.Subject{}, usage(err)
	}
	where, err := relocated(files)
	if err != nil {
		return format.Subject{}, err
	}
	s, err := reopen(path, files, session.Peek)
	if err != nil {
		return format.Subject{}, err
	}
	out := format.Subject{Name: filepath.Base(path), Session: s, Record: record, Files: where, Log: content, Version: release()}
	if preset, err := presets.Encode(record.Header.Recipe, "."); err == nil {
		out.Preset = string(preset)
	}
	if _, ok := s.Trainer().Network(); ok {
		if out.Model, err = model.Of(s.Trainer(), release()); err != nil {
			return out, errors.Join(err, s.Abandon())
		}
	}
	return out, nil
}

// sameFile reports whether two paths lead to one file.
func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	if b == "-" {
		y, err = os.Stdin.Stat()
	}
	return err == nil && os.SameFile(x, y)
}
