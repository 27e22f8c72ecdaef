package main_test

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
)

var advised = regexp.MustCompile(`--(set|at) (\S+=[^\s,;]+)`)

// Whoever follows what a run says after a blow-up comes to a run that is well:
// with the flags that it names and nothing else.
func TestTheAdviceAfterABlowUpLeadsToRecovery(t *testing.T) {
	var house, wide, plain strings.Builder
	house.WriteString("a,b,y\n")
	wide.WriteString("a,b,y\n")
	plain.WriteString("a,b,y\n")
	for i := range 60 {
		a, b := math.Sin(float64(i)), math.Cos(float64(3*i))
		fmt.Fprintf(&house, "%.4f,%.4f,%.1f\n", a, b, 200000+30000*a-20000*b)
		fmt.Fprintf(&wide, "%.1f,%.1f,%.4f\n", 5e4*a, 3e4+1e4*b, a-b)
		fmt.Fprintf(&plain, "%.4f,%.4f,%.4f\n", a, b, a-b*b)
	}
	const network = "[data]\nfile = \"d.csv\"\nvalidation = 0.2\n[model]\nlayers = %s\nactivation = \"relu\"\n[loss]\nname = \"mse\"\n[optimizer]\nname = %q\nlr = %g\n[train]\nbatch = 16\nsteps = 200\n"
	for _, c := range []struct {
		name, csv, preset string
		args              []string
		want              []string // in what is said
	}{
		{"a rate too high", plain.String(), fmt.Sprintf(network, "[2, 16, 1]", "sgd", 30.0), nil, []string{"the last good step is"}},
		{"a rate far too high", plain.String(), fmt.Sprintf(network, "[2, 16, 1]", "momentum", 1e4), nil, []string{"the last good step is"}},
		{"a rate that was raised", plain.String(), fmt.Sprintf(network, "[2, 16, 1]", "sgd", 0.05), []string{"--at", "100:optimizer.lr=50"}, []string{"the last good step is 99", "--at 100:optimizer.lr="}},
		{"an optimizer that was swapped", plain.String(), fmt.Sprintf(network, "[2, 16, 1]", "adam", 0.01), []string{"--at", "50:optimizer.name=sgd", "--at", "50:optimizer.lr=100"}, []string{"the last good step is 49"}},
		{"unscaled targets", house.String(), fmt.Sprintf(network, "[2, 16, 1]", "sgd", 0.01), nil, []string{"the targets are around 200,000 and not standardized: try --set data.standardize_target=true"}},
		{"unscaled inputs", wide.String(), fmt.Sprintf(network, "[2, 16, 1]", "sgd", 0.01), nil, []string{"the inputs are around", "--set data.standardize=true"}},
		{"a loss that grows and stays finite", house.String(), fmt.Sprintf(network, "[2, 1]", "sgd", 1.5), nil, []string{"training has diverged from step", "--set data.standardize_target=true"}},
		{"a rate at which weights grow and stay finite", plain.String(), fmt.Sprintf(network, "[2, 1]", "sgd", 1.5), nil, []string{"training has diverged from step", "the last good step is"}},
		{"a deep network", plain.String(), fmt.Sprintf(network, "[2, 64, 64, 64, 64, 64, 64, 1]", "sgd", 5.0), nil, []string{"the last good step is"}},
		{"a schedule", plain.String(), fmt.Sprintf(network, "[2, 16, 1]", "sgd", 20.0) + "[schedule]\nname = \"one-cycle\"\nmax_lr = 200\n", nil, []string{"schedule.max_lr="}},
		{"a surface", "", "[surface]\nname = \"rosenbrock\"\n[optimizer]\nname = \"gd\"\nlr = 1\n[train]\nsteps = 200\n", nil, []string{"--set optimizer.lr="}},
		{"a steep surface", "", "[surface]\nname = \"ravine\"\nx = 10\ny = 1\n[optimizer]\nname = \"momentum\"\nlr = 50\n[train]\nsteps = 200\n", nil, []string{"the last good step is"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, "p.toml", c.preset)
			write(t, dir, "d.csv", c.csv)
			args := append([]string{"run", "p.toml", "--quiet", "--metrics", "-"}, c.args...)
			first := 0.0
			for round := range 3 {
				r := descent(t, dir, args...)
				lines := metrics(t, r.out)
				if round == 0 {
					first = lines[0]["loss"].(float64)
				}
				if r.code == 0 {
					if last, ok := lines[len(lines)-1]["loss"].(float64); round == 0 || !ok || last > first {
						t.Errorf("after %d rounds the loss is %v, at first it was %v", round, last, first)
					}
					return
				}
				oneSentence(t, r.err)
				if round == 0 {
					for _, w := range c.want {
						if !strings.Contains(r.err, w) {
							t.Errorf("it says %q, want %q", r.err, w)
						}
					}
				}
				flags := advised.FindAllStringSubmatch(r.err, -1)
				if len(flags) == 0 {
					t.Fatalf("nothing to try in %q", r.err)
				}
				if round == 2 {
					t.Errorf("twice followed, and it says %q", r.err)
				}
				for _, f := range flags {
					if args = append(args, "--"+f[1], f[2]); strings.HasPrefix(f[2], "data.") {
						break // what is said first
					}
				}
			}
		})
	}
}
