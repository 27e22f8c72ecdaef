package cli

import (
	"fmt"
	"slices"
	"strings"

	"descent/core/knob"
	"descent/tui"
	"descent/tui/explain"

	"github.com/spf13/cobra"
)

// helpCommand shows the help of a command; a name that is none is refused, with
// what was probably meant.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "show the help of a command",
		Args:  cobra.ArbitraryArgs,
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			at, _ := below(c.Root(), args)
			var out []string
			for _, sub := range at.Commands() {
				if sub.IsAvailableCommand() {
					out = append(out, sub.Name()+"\t"+sub.Short)
				}
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			at, rest := below(c.Root(), args)
			if len(rest) > 0 {
				return usage(noCommand(at, rest[0]))
			}
			at.InitDefaultHelpFlag()
			at.InitDefaultVersionFlag()
			return at.Help()
		},
	}
}

// below is the command that words lead to, and those that lead no further.
func below(c *cobra.Command, words []string) (*cobra.Command, []string) {
	for len(words) > 0 {
		i := slices.IndexFunc(c.Commands(), func(sub *cobra.Command) bool { return sub.Name() == words[0] || sub.HasAlias(words[0]) })
		if i < 0 {
			break
		}
		c, words = c.Commands()[i], words[1:]
	}
	return c, words
}

// noCommand says that a word is no command below c, and what might be meant.
func noCommand(c *cobra.Command, word string) error {
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	if near := knob.Nearest(word, names); near != "" {
		path := strings.TrimPrefix(c.CommandPath()+" "+near, c.Root().Name()+" ")
		return fmt.Errorf("there is no command %q; did you mean `descent help %s`?", word, path)
	}
	if book, err := explain.New(tui.Manual()...); err == nil && len(book.Named(word)) > 0 {
		return fmt.Errorf("there is no command %q; did you mean `descent explain %s`?", word, quoted(word))
	}
	return fmt.Errorf("there is no command %q; `%s --help` lists what there is", word, c.CommandPath())
}

// strictCompletion makes the command that writes the scripts of shells refuse a
// shell that it does not know. The scripts go where c writes.
func strictCompletion(c *cobra.Command) {
	c.InitDefaultCompletionCmd()
	completion, _ := below(c, []string{"completion"})
	var shells []string
	for _, sub := range completion.Commands() {
		shells = append(shells, sub.Name())
	}
	completion.Use = "completion " + strings.Join(shells, "|")
	completion.Short = "write the completion script of a shell"
	completion.Args = cobra.ArbitraryArgs
	completion.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		if near := knob.Nearest(args[0], shells); near != "" {
			return usage(fmt.Errorf("there is no completion for %q; did you mean `descent completion %s`?", args[0], near))
		}
		return usage(fmt.Errorf("there is no completion for %q; there is one for %s", args[0], strings.Join(shells, ", ")))
	}
}
