package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"descent/session/study"
	"descent/session/tune"

	"github.com/spf13/cobra"
)

// working are the flags of the command.
type working struct {
	dir, slot string
	until     time.Duration
	workers   int
	quiet     bool
}

func workerCommand() *cobra.Command {
	f := &working{}
	c := &cobra.Command{
		Use:   "worker --dir DIR",
		Short: "work on a study beside other processes, on this machine or others",
		Long: "worker takes trials from the folder of a study, trains them and writes what they\n" +
			"reached there, until the study is over. Any number of workers share a folder, which may\n" +
			"lie on a network file system; a trial whose worker died is gone on with by another.\n\n" +
			"SIGUSR1, SIGTERM and ctrl-C end it in order: the state of its trials is kept in the\n" +
			"folder, and others go on from there at once. After SIGUSR1, which schedulers send\n" +
			"before the time is up, and after --until it exits with 0.\n\n" +
			"Under Slurm, PBS, LSF, Grid Engine and as an indexed Job of Kubernetes it knows which\n" +
			"task it is, and one that was requeued goes on with its own trials.\n" +
			"`descent tune PRESET --dir DIR --slurm` makes a study and prints a job script for it.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return f.run() },
	}
	more := c.Flags()
	more.StringVar(&f.dir, "dir", "", "folder of the study")
	more.DurationVar(&f.until, "until", 0, "end in order after so much time, such as 55m (default: when the study is over)")
	more.IntVar(&f.workers, "workers", 0, "trials trained at once (default: the processors that the scheduler gave, or one per processor)")
	more.StringVar(&f.slot, "slot", "", "name of the task: whoever gets it next takes over its trials (default: the task of the scheduler)")
	more.BoolVar(&f.quiet, "quiet", false, "no progress on stderr")
	_ = c.MarkFlagDirname("dir") // fails only for an unknown flag
	return c
}

// processors are the variables in which schedulers say how many processors a task
// has.
var processors = []string{"SLURM_CPUS_PER_TASK", "LSB_DJOB_NUMPROC", "NSLOTS", "NCPUS"}

// slots are the variables in which schedulers say which task of which job this is. A
// task that is started again has the same.
var slots = []struct{ scheduler, job, task string }{
	{"slurm", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID"},
	{"slurm", "SLURM_JOB_ID", "SLURM_PROCID"},
	{"pbs", "PBS_ARRAY_ID", "PBS_ARRAY_INDEX"},
	{"lsf", "LSB_JOBID", "LSB_JOBINDEX"},
	{"sge", "JOB_ID", "SGE_TASK_ID"},
	{"kubernetes", "HOSTNAME", "JOB_COMPLETION_INDEX"}, // the host is named after the job and the index
}

// slotOf is the task of the scheduler that this process is, "" if it is none; get reads
// the environment.
func slotOf(get func(string) string) string {
	for _, s := range slots {
		task := get(s.task)
		if task == "" || task == "undefined" || s.scheduler == "lsf" && task == "0" { // a job that is no array
			continue
		}
		slot := s.scheduler + " " + get(s.job) + " " + task
		if one := get("SLURM_PROCID"); s.task == "SLURM_ARRAY_TASK_ID" && one != "" && one != "0" { // of several of the task
			slot += " " + one
		}
		return slot
	}
	return ""
}

// coresOf is how many trials are trained at once if nobody says.
func coresOf(get func(string) string) int {
	all := runtime.GOMAXPROCS(0)
	for _, name := range processors {
		if n, err := strconv.Atoi(get(name)); err == nil && n > 0 {
			return min(n, max(all, 1))
		}
	}
	return all
}

// read completes the flags, and says in one sentence what is wrong with them.
func (f *working) read() error {
	switch {
	case f.dir == "":
		return errors.New("--dir is missing: the folder of the study, which `descent tune PRESET --dir DIR` makes")
	case f.workers < 0:
		return fmt.Errorf("--workers takes a number of at least 1, not %d", f.workers)
	case f.until < 0:
		return fmt.Errorf("--until takes a time above 0, such as 55m, not %s", f.until)
	}
	if f.workers == 0 {
		f.workers = coresOf(os.Getenv)
	}
	if f.slot == "" {
		f.slot = slotOf(os.Getenv)
	}
	return nil
}

func (f *working) run() error {
	if err := f.read(); err != nil {
		return usage(err)
	}
	s, err := tune.Open(f.dir)
	if err != nil {
		return usage(err)
	}
	if f.workers < runtime.GOMAXPROCS(0) { // the others are somebody else's
		runtime.GOMAXPROCS(f.workers)
	}
	ctx, stop := relievable(f.until)
	defer stop()
	show := newSearchProgress(s, f.quiet)
	err = f.work(ctx, s, show)
	show.bar.end()
	if err != nil {
		if !study.Is(s.Dir()) {
			return fmt.Errorf("%s is gone, and with it what was under way", s.Dir())
		}
		return err
	}
	r := s.Reading()
	for _, note := range r.Notes {
		stderr.printf("note: %s\n", note)
	}
	if !f.quiet && !r.Over {
		stderr.printf("the study goes on without this worker: %s done%s\n", several(ended(r), "trial"), or(r.Best >= 0, ", "+bestText(r), ""))
	}
	cause := context.Cause(ctx)
	if r.Over || errors.As(cause, new(relieved)) {
		return nil
	}
	return cause
}

// work trains trials until the study is over or ctx ends.
func (f *working) work(ctx context.Context, s *study.Study, show *searchProgress) error {
	pool, err := tune.NewTask(s, shelf(ctx, f.quiet), f.slot, f.workers, show.show)
	switch {
	case errors.As(err, new(syscall.Errno)): // the folder cannot be written
		return err
	case err != nil:
		return usage(err)
	}
	return await(ctx, s, pool)
}
