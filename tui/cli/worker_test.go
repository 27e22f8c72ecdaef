package cli

import (
	"runtime"
	"testing"
)

func TestATaskOfASchedulerHasASlot(t *testing.T) {
	for _, one := range []struct {
		env  map[string]string
		want string
	}{
		{nil, ""},
		{map[string]string{"SLURM_JOB_ID": "9", "SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "2"}, "slurm 7 2"},
		{map[string]string{"SLURM_JOB_ID": "9", "SLURM_PROCID": "3"}, "slurm 9 3"},
		{map[string]string{"SLURM_JOB_ID": "9", "SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "2", "SLURM_PROCID": "3"}, "slurm 7 2 3"},
		{map[string]string{"HOSTNAME": "search-4", "JOB_COMPLETION_INDEX": "4"}, "kubernetes search-4 4"},
		{map[string]string{"PBS_ARRAY_ID": "12[]", "PBS_ARRAY_INDEX": "5"}, "pbs 12[] 5"},
		{map[string]string{"LSB_JOBID": "3", "LSB_JOBINDEX": "0"}, ""},
		{map[string]string{"JOB_ID": "3", "SGE_TASK_ID": "undefined"}, ""},
		{map[string]string{"JOB_ID": "3", "SGE_TASK_ID": "8"}, "sge 3 8"},
	} {
		if got := slotOf(func(name string) string { return one.env[name] }); got != one.want {
			t.Errorf("%v: %q, want %q", one.env, got, one.want)
		}
	}
}

func TestAWorkerTakesTheProcessorsThatItWasGiven(t *testing.T) {
	if got := coresOf(func(string) string { return "" }); got != runtime.GOMAXPROCS(0) {
		t.Errorf("%d without a scheduler", got)
	}
	env := map[string]string{"SLURM_CPUS_PER_TASK": "1"}
	if got := coresOf(func(name string) string { return env[name] }); got != 1 {
		t.Errorf("%d under Slurm with one", got)
	}
}
