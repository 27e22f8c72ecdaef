package main_test

import (
	"strings"
	"testing"
)

func TestRunSaysHowTheNetworkRunsInWholeNumbers(t *testing.T) {
	run := func(args ...string) (stderr string, err error) {
		cmd := command(t, t.TempDir(), append([]string{"run", "iris", "--steps", "20", "--quiet", "--integer"}, args...)...)
		var b strings.Builder
		cmd.Stderr = &b
		err = cmd.Run()
		return b.String(), err
	}
	line, err := run("--set", "quant.bits=8", "--set", "quant.activations=8")
	if err != nil || strings.Count(line, "\n") != 1 || !strings.HasPrefix(line, "integer inference: 45 of 45 rows as simulated") {
		t.Errorf("%v: %s", err, line)
	}
	line, err = run()
	if err == nil || line != "descent: --integer: integer inference needs quant.activations from 2 to 8, not 0\n" {
		t.Errorf("%v: %s", err, line)
	}
}
