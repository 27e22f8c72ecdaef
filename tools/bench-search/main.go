// Command bench-search compares the samplers of searches with each other and with
// Optuna's, on test functions and on tables of trainings:
//
//	go run -C tools/bench-search . [-seeds 30] [-trials 100] [-table FILE]... [-only tpe,gp] [-peers ""]
//	go run -C tools/bench-search . -study DIR|TABLE... [-seeds 30] [-trials 64] [-workers 2]
//	go run -C tools/bench-search . -make testdata -descent descent
//	go run -C tools/bench-search . -rows spiral
//
// It prints medians and quartiles of the regret, the best value found less the minimum,
// over the seeds. Optuna's samplers are asked by peers.py, for which a Python with
// optuna and cmaes is needed; values are computed here for all. With -study it compares
// pruners instead, on the curves of studies made by descent tune --pruner none, or of
// tables. -make trains the tables of testdata anew, and -rows prints the rows of a preset
// for whoever trains on them elsewhere.
package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"descent/core/search"
)

//go:embed peers.py
var peers string

// player is who proposes trials.
type player struct {
	name string
	play func(p problem, seed uint64, trials int) (best float64, err error)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench-search:", err)
		os.Exit(1)
	}
}

func run() error {
	problems := functions()
	seeds := flag.Int("seeds", 30, "studies of each sampler")
	trials := flag.Int("trials", 100, "trials of a study")
	python := flag.String("peers", "/usr/bin/python3", "the Python that has optuna and cmaes; empty to leave Optuna out")
	only := flag.String("only", "", "the samplers to run, separated by commas; empty for all")
	on := flag.String("on", "", "the problems to run on, separated by commas; empty for all")
	flag.Func("table", "a JSON file with a table of trainings (may be repeated)", func(path string) error {
		t, err := readTable(path)
		if err != nil {
			return err
		}
		p, err := t.problem()
		problems = append(problems, p)
		return err
	})
	rows := flag.String("rows", "", "print the rows of this preset as CSV: inputs, class, and train or validation")
	into := flag.String("make", "", "train the tables of testdata anew, into this folder")
	descent := flag.String("descent", "descent", "the program that does so")
	var folders studies
	flag.Var(&folders, "study", "compare pruners on the curves of this table, or of this study, all of whose trials were trained to their end (may be repeated)")
	workers := flag.Int("workers", 2, "workers that train the trials whose pruners are compared")
	flag.Parse()
	if *rows != "" {
		return printRows(os.Stdout, *rows)
	}
	if *into != "" {
		return makeTables(*descent, *into)
	}
	if len(folders) > 0 {
		return comparePruners(os.Stdout, folders, *seeds, *trials, *workers)
	}

	var players []player
	for _, r := range search.Catalogue {
		if r.Name != "list" && r.Name != "auto" { // auto is one of the others
			players = append(players, player{r.Name, own(r)})
		}
	}
	if *python != "" {
		o, err := start(*python)
		if err != nil {
			return err
		}
		defer o.stop()
		for _, name := range []string{"tpe", "cmaes", "random"} {
			players = append(players, player{"Optuna " + name, o.player(name)})
		}
	}
	if *only != "" {
		players = slices.DeleteFunc(players, func(p player) bool { return !slices.Contains(strings.Split(*only, ","), p.name) })
	}
	if *on != "" {
		problems = slices.DeleteFunc(problems, func(p problem) bool { return !slices.Contains(strings.Split(*on, ","), p.name) })
	}
	return compare(os.Stdout, players, problems, *seeds, *trials)
}

// compare prints a table with a row a player.
func compare(w io.Writer, players []player, problems []problem, seeds, trials int) error {
	head, rule := "| regret after "+strconv.Itoa(trials)+" trials |", "| --- |"
	for _, p := range problems {
		head += " " + p.name + " |"
		rule += " --- |"
	}
	fmt.Fprintln(w, head+" ms a trial |\n"+rule+" --- |")
	for _, player := range players {
		begun := time.Now()
		row := "| " + player.name + " |"
		for _, p := range problems {
			var regrets []float64
			for seed := range seeds {
				best, err := player.play(p, uint64(seed), trials)
				if err != nil {
					return fmt.Errorf("%s on %s: %w", player.name, p.name, err)
				}
				regrets = append(regrets, best-p.least)
			}
			slices.Sort(regrets)
			row += fmt.Sprintf(" %.3g [%.3g, %.3g] |", quantile(regrets, 0.5), quantile(regrets, 0.25), quantile(regrets, 0.75))
		}
		each := time.Since(begun).Seconds() * 1000 / float64(seeds*trials*len(problems))
		fmt.Fprintf(w, "%s %.2g |\n", row, each)
	}
	return nil
}

// quantile interpolates between sorted values.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// own plays a sampler of descent.
func own(r search.Row) func(problem, uint64, int) (float64, error) {
	return func(p problem, seed uint64, trials int) (float64, error) {
		sampler := r.New(search.Options{Points: trials})
		var told []search.Trial
		best := math.Inf(1)
		for i := range trials {
			proposed, err := sampler.Ask(search.Question{Space: p.space, Told: told, Number: i, Seed: seed, Objectives: 1})
			if errors.Is(err, search.ErrExhausted) {
				break
			}
			if err != nil {
				return 0, err
			}
			v := p.value(proposed.Point)
			best = min(best, v)
			t := search.Trial{Number: i, Point: proposed.Point, State: search.Complete, Values: []float64{v}, Note: proposed.Note}
			if math.IsInf(v, 1) || math.IsNaN(v) {
				t.State, t.Values = search.Failed, nil
			}
			told = append(told, t)
		}
		return best, nil
	}
}

// optuna is a process that asks samplers of Optuna.
type optuna struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func start(python string) (*optuna, error) {
	cmd := exec.Command(python, "-c", peers)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &optuna{cmd, in, bufio.NewScanner(out)}, cmd.Start()
}

func (o *optuna) stop() {
	o.in.Close()
	o.cmd.Wait()
}

func (o *optuna) say(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = o.in.Write(append(text, '\n'))
	return err
}

func (o *optuna) player(name string) func(problem, uint64, int) (float64, error) {
	return func(p problem, seed uint64, trials int) (float64, error) {
		if err := o.say(map[string]any{"sampler": name, "seed": seed, "trials": trials, "axes": p.space.Axes}); err != nil {
			return 0, err
		}
		best := math.Inf(1)
		for range trials {
			if !o.out.Scan() {
				return 0, fmt.Errorf("it ended early: %w", errors.Join(o.out.Err(), o.cmd.Wait()))
			}
			var raw map[string]json.RawMessage
			if err := json.Unmarshal(o.out.Bytes(), &raw); err != nil {
				return 0, err
			}
			point := search.Point{}
			for _, a := range p.space.Axes {
				if text, ok := raw[a.Path]; ok {
					v, err := value(a, text)
					if err != nil {
						return 0, err
					}
					point[a.Path] = v
				}
			}
			v := p.value(point)
			best = min(best, v)
			var answer any
			if !math.IsInf(v, 0) && !math.IsNaN(v) {
				answer = v
			}
			if err := o.say(answer); err != nil {
				return 0, err
			}
		}
		return best, nil
	}
}
