package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"descent/core/knob"
	"descent/presets"
	"descent/session"
	"descent/tui"

	"github.com/spf13/cobra"
)

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

// plainly says of a command and those below it how they are to be used, where
// there are too many arguments or too few.
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
			return usage(fmt.Errorf("an argument is missing: the usage is `%s`", c.UseLine()))
		}
		return usage(fmt.Errorf("there are too many arguments: the usage is `%s`", c.UseLine()))
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
