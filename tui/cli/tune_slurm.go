package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"descent/session/study"

	"github.com/spf13/cobra"
)

// clustered are the flags of tune that print a job script instead of searching.
type clustered struct {
	slurm         bool
	tasks, atOnce int
}

func (f *clustered) flags(c *cobra.Command) {
	more := c.Flags()
	more.BoolVar(&f.slurm, "slurm", false, "train nothing: make the study, and print a job script for sbatch whose tasks work on it; needs --dir")
	more.IntVar(&f.tasks, "tasks", 8, "with --slurm: number of tasks of the job array, each with --workers processors (default 1)")
	more.IntVar(&f.atOnce, "at-once", 0, "with --slurm: how many of the tasks may run at once (default: all)")
}

// read says in one sentence what is wrong with the flags, of a study in a folder.
func (f *clustered) read(c *cobra.Command, dir string, minutes float64) error {
	if !f.slurm {
		for _, flag := range []string{"tasks", "at-once"} {
			if c.Flags().Changed(flag) {
				return fmt.Errorf("--%s belongs to --slurm", flag)
			}
		}
		return nil
	}
	for _, flag := range []string{"json", "preset-out"} {
		if c.Flags().Changed(flag) {
			return fmt.Errorf("--slurm only prints a job script; give --%s when the study is over", flag)
		}
	}
	switch {
	case dir == "":
		return errors.New("--slurm needs --dir: a folder that all machines of the cluster see")
	case f.tasks < 1:
		return fmt.Errorf("--tasks takes a number of at least 1, not %d", f.tasks)
	case f.atOnce < 0:
		return fmt.Errorf("--at-once takes a number of at least 0, for all, not %d", f.atOnce)
	case minutes > 0:
		return errors.New("--minutes counts the time of one process, and a cluster may keep it waiting; with --slurm give --trials, and limit the time of the tasks by `sbatch --time`")
	case strings.ContainsAny(dir, "\"\\\n"):
		return fmt.Errorf("--dir %q holds a quote, a backslash or a line break, which a job script cannot hold", dir)
	}
	return nil
}

// print prints the job script of a study.
func (f *clustered) print(s *study.Study, workers int) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("where this program lies is not known: %w", err)
	}
	dir, err := filepath.Abs(s.Dir())
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, outputs), 0o777); err != nil { // Slurm makes no folders
		return err
	}
	if _, err := stdout.Write([]byte(f.script(s.Spec().Name, program, dir, workers))); err != nil {
		return err
	}
	if stdout.terminal() {
		stderr.printf("note: submit this by `descent tune ... --slurm | sbatch`, whose flags override the lines above: sbatch --time=4:00:00 --partition=NAME\n")
		return nil
	}
	stderr.printf("the study is in %s; `descent study %s` shows how far it is\n", dir, shellWord(dir))
	return nil
}

// outputs is the folder, in that of a study, of what the tasks say.
const outputs = "slurm"

// script is a job script for sbatch. Slurm tells only the shell that the time is almost
// up; it tells the worker, waits until that has kept its state, and queues the task again.
func (f *clustered) script(preset, program, dir string, workers int) string {
	array := fmt.Sprintf("0-%d", f.tasks-1)
	if f.atOnce > 0 {
		array += fmt.Sprintf("%%%d", f.atOnce)
	}
	name := strings.TrimSuffix(filepath.Base(preset), ".toml")
	dirs := strings.ReplaceAll(filepath.Join(dir, outputs), "%", "%%")
	return fmt.Sprintf(`#!/bin/bash
#SBATCH --job-name="descent %s"
#SBATCH --array=%s
#SBATCH --cpus-per-task=%d
#SBATCH --time=01:00:00
#SBATCH --requeue
#SBATCH --signal=B:USR1@60
#SBATCH --open-mode=append
#SBATCH --output="%s/%%A_%%a.out"

again=no
trap 'again=yes; kill -USR1 "$worker"' USR1
trap 'kill -TERM "$worker"' TERM
%s worker --dir %s --workers %d &
worker=$!
wait "$worker"
status=$?
while kill -0 "$worker" 2>/dev/null; do
	wait "$worker"
	status=$?
done
case $again-$status in
yes-0 | yes-138) scontrol requeue "$SLURM_JOB_ID" ;;
esac
exit "$status"
`, clean(name), array, max(workers, 1), dirs, shellWord(program), shellWord(dir), max(workers, 1))
}

// clean leaves of a name what the line of a job script can hold.
func clean(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`"\%`, r) {
			return '-'
		}
		return r
	}, name)
}
