package cli

import (
	"fmt"
	"runtime"

	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/session"
	"descent/session/headless"
	"descent/tui/config"

	"github.com/spf13/cobra"
)

// training are the flags of a command that trains without a screen.
type training struct {
	set, at []string
	steps   int
	least   int // the smallest number of steps there may be
	quiet   bool
}

// plan is what such a command is to train.
type plan struct {
	recipe recipe.Recipe
	steps  int
	at     []headless.Scheduled
}

func (f *training) flags(c *cobra.Command, steps string) {
	c.Flags().IntVar(&f.steps, "steps", 0, steps)
	c.Flags().StringArrayVar(&f.at, "at", nil, "STEP:PATH=VALUE: change a knob before that step (may be repeated)")
	c.Flags().BoolVar(&f.quiet, "quiet", false, "no progress on stderr")
	setFlag(c, &f.set)
	_ = c.RegisterFlagCompletionFunc("at", completeDecisions) // fails only for an unknown flag
}

// read makes the plan of a preset and the flags, all of it before anything is
// trained.
func (f *training) read(c *cobra.Command, preset string) (p plan, err error) {
	if p.recipe, err = presetWith(preset, f.set); err != nil {
		return p, err
	}
	if p.steps, err = f.length(c, &p.recipe); err != nil {
		return p, err
	}
	for _, text := range f.at {
		d, err := headless.ParseScheduled(text)
		if err != nil {
			return p, usage(fmt.Errorf("--at %s: %w", text, err))
		}
		p.at = append(p.at, d)
	}
	return p, nil
}

// length is for how many steps to train: as --steps says, for which schedules
// then stretch too, or else as the recipe says.
func (f *training) length(c *cobra.Command, r *recipe.Recipe) (int, error) {
	if !c.Flags().Changed("steps") {
		s, err := r.Settings.Find("train.steps")
		return int(s.Value.Num()), err
	}
	if f.steps < f.least {
		return 0, usage(fmt.Errorf("--steps takes a number of at least %d, not %d", f.least, f.steps))
	}
	if f.steps == 0 {
		return 0, nil
	}
	return f.steps, usage(r.Set("train.steps", knob.Num(float64(f.steps))))
}

func setFlag(c *cobra.Command, set *[]string) {
	c.Flags().StringArrayVar(set, "set", nil, "PATH=VALUE: override a key of the preset (may be repeated)")
	_ = c.RegisterFlagCompletionFunc("set", completeSettings) // fails only for an unknown flag
}

func memoryFlag(c *cobra.Command, memory *int) {
	c.Flags().IntVar(memory, "memory", session.DefaultMemory>>20, "megabytes for the snapshots that undo and seeking start from")
}

func plainFlag(c *cobra.Command, plain *bool) {
	c.Flags().BoolVar(plain, "plain", false, "lines instead of a screen, and typed commands from stdin: for screen readers, logs and scripts")
}

// threadsFlag lets a command compute on so many threads. Beside a screen there is one
// more, which draws.
func threadsFlag(c *cobra.Command, screen bool) {
	n := c.Flags().Int("threads", 0, "number of threads that compute (default: one per processor)")
	c.PreRunE = func(c *cobra.Command, _ []string) error {
		if !c.Flags().Changed("threads") {
			return nil
		}
		if *n < 1 || *n > config.MostThreads {
			return usage(fmt.Errorf("--threads takes a number from 1 to %d, not %d", config.MostThreads, *n))
		}
		computeOn(*n, screen)
		return nil
	}
}

// computeOn has so many threads compute.
func computeOn(n int, screen bool) {
	kernel.SetThreads(n)
	if screen {
		n++
	}
	runtime.GOMAXPROCS(n)
}

// threadsOf has as many threads compute as the settings say, unless a flag has said so.
func threadsOf(conf *config.Config) {
	if n, err := config.ParseThreads(conf.Threads); err == nil && n > 0 && !kernel.ThreadsSet() {
		computeOn(n, true)
	}
}

func forceFlag(c *cobra.Command, force *bool) {
	c.Flags().BoolVar(force, "force", false, "overwrite files that descent did not write; never one that the command reads")
}

func jsonFlag(c *cobra.Command, asJSON *bool) {
	c.Flags().BoolVar(asJSON, "json", false, "print JSON")
}

func printJSON(v any) error {
	return stdout.json(v, "  ")
}
