// Package cli is the commands: it parses, wires and prints.
package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"descent/core"
	"descent/core/knob"
	"descent/presets"
	"descent/session"
	"descent/tui"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Main runs the command of the process, and says how it is to exit: 1 when
// something failed, 2 when the command or a file was wrong, and 128 plus the
// number of the signal that ended it, 130 for ctrl-C. DESCENT_NO_ASM in the
// environment does without assembly.
func Main() int {
	if os.Getenv("DESCENT_NO_ASM") != "" {
		core.PlainKernel()
	}
	err := root().Execute()
	if err != nil {
		complain(err)
	}
	return exitCode(err)
}

func exitCode(err error) int {
	var usage session.UsageError
	var stopped interrupted
	var ended tui.Ended
	switch {
	case err == nil:
		return 0
	case errors.As(err, &stopped):
		return statusOf(stopped.signal)
	case errors.As(err, &ended):
		return statusOf(ended.Signal)
	case errors.Is(err, context.Canceled):
		return 130
	case errors.As(err, &usage):
		return 2
	}
	return 1
}

func usage(err error) error {
	if err == nil {
		return nil
	}
	return session.UsageError{Err: err}
}

func root() *cobra.Command {
	var set []string
	var memory int
	c := &cobra.Command{
		Use:   "descent [PRESET|LOG]",
		Short: "train small networks in the terminal, with every setting live",
		Long: "descent trains small networks in the terminal, with every setting live.\n" +
			"Without a command it opens the workbench on PRESET, a built-in name or a TOML file,\n" +
			"or on the session of a LOG.",
		Args:          cobra.MaximumNArgs(1),
		SilenceErrors: true, SilenceUsage: true,
		ValidArgsFunction: completePresets,
		RunE: func(c *cobra.Command, args []string) error {
			name := presets.Default
			if len(args) > 0 {
				name = args[0]
			}
			if err := misspelt(c, name); err != nil {
				return usage(err)
			}
			if isLog(name) {
				if len(set) > 0 {
					return usage(fmt.Errorf("%s is a log, and --set is for presets; turn the knob in the workbench", name))
				}
				return resume(name, nil, memory)
			}
			return workbench(name, set, memory)
		},
	}
	setFlag(c, &set)
	memoryFlag(c, &memory)
	c.AddCommand(runCommand(), raceCommand(), findCommand(), fitCommand(), replayCommand(), resumeCommand(), checkCommand(), sessionsCommand(), listCommand())
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		var wrong *pflag.InvalidValueError
		if errors.As(err, &wrong) && wrong.GetFlag().Value.Type() == "int" {
			return usage(fmt.Errorf("--%s takes a whole number, not %q", wrong.GetFlag().Name, wrong.GetValue()))
		}
		text, _, _ := strings.Cut(err.Error(), ": strconv.")
		return usage(fmt.Errorf("%s; `%s --help` shows what there is", text, c.CommandPath()))
	})
	plainly(c)
	c.SetOut(stdout)
	c.SetErr(stderr)
	return c
}

// plainly says of a command and those below it how they are to be written, where
// there are too many words or too few.
func plainly(c *cobra.Command) {
	for _, sub := range c.Commands() {
		plainly(sub)
	}
	check := c.Args
	c.Args = func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		if len(args) > 0 && !c.HasParent() && !slices.Contains(presets.Names(), args[0]) && !exists(args[0]) {
			if err := misspelt(c, args[0]); err != nil {
				return usage(err)
			}
			return usage(fmt.Errorf("there is no preset %q, nor a command; `descent --help` lists the commands, `descent list presets` the presets", args[0]))
		}
		if len(args) == 0 {
			return usage(fmt.Errorf("a word is missing: the form is `%s`", c.UseLine()))
		}
		return usage(fmt.Errorf("there are too many words: the form is `%s`", c.UseLine()))
	}
}

// misspelt is an error where a word is meant as a command: it is nearly one, and
// neither a preset, nearly a preset, nor a file.
func misspelt(root *cobra.Command, word string) error {
	if knob.Nearest(word, presets.Names()) != "" || exists(word) {
		return nil
	}
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	if near := knob.Nearest(word, names); near != "" {
		return fmt.Errorf("there is no preset %q, nor a command; did you mean `descent %s`?", word, near)
	}
	return nil
}

// exists tells whether there is a file of that name.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// headless shows progress and listens for ctrl-C.
func headless(threads int, quiet bool, o *session.Options, body func(context.Context) error) error {
	if threads < 0 {
		return usage(fmt.Errorf("--threads takes a number of at least 1, not %d", threads))
	}
	if threads > 0 {
		runtime.GOMAXPROCS(threads)
	}
	o.Out = stdout.data()
	if !quiet {
		p := newProgress()
		o.Progress = p.show
		defer p.end()
	}
	ctx, stop := interruptible()
	defer stop()
	err := body(ctx)
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.Canceled) {
		return cause
	}
	return err
}
