package cli

import (
	"errors"

	"descent/tui"
	"descent/tui/config"

	"github.com/spf13/cobra"
)

// settings reads what the user has set for the workbench.
func settings() (*config.Config, error) {
	c, err := config.Load(tui.Actions())
	return c, usage(err)
}

func configCommand() *cobra.Command {
	var path bool
	c := &cobra.Command{
		Use:   "config",
		Short: "print the settings of the workbench, each with its default and its comment",
		Long: "Print the settings of the workbench as a file, each with its comment; those that\n" +
			"have their default are commented out. Theme, pace, style of curves, bell, title,\n" +
			"mouse, threads and keys are read from config.toml in $XDG_CONFIG_HOME/descent, by default\n" +
			"~/.config/descent. What is chosen in the workbench is remembered, and holds until\n" +
			"the file changes.",
		Example: "  descent config\n  \"${EDITOR:-vi}\" \"$(descent config --path)\"",
		Args:    cobra.NoArgs,

		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			if path {
				if config.Path() == "" {
					return errors.New("there is no home directory, so no file is read: set XDG_CONFIG_HOME")
				}
				stdout.printf("%s\n", config.Path())
				return nil
			}
			c, err := settings()
			if err != nil {
				return err
			}
			_, err = stdout.Write([]byte(c.Print(tui.Actions())))
			return err
		},
	}
	c.Flags().BoolVar(&path, "path", false, "print where the file is looked for")
	return c
}
