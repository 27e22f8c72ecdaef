// Package cli is the commands: it parses, wires and prints.
package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"descent/core/kernel"
	"descent/presets"
	"descent/session/journal"
	"descent/session/study"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Main runs the command of the process, and says how it is to exit: 1 when
// something failed, 2 when the command or a file was wrong, and 128 plus the
// number of the signal that ended it, 130 for ctrl-C. DESCENT_NO_ASM in the
// environment does without assembly.
func Main() int {
	if os.Getenv("DESCENT_NO_ASM") != "" {
		kernel.UsePlain()
	}
	collect()
	err := root().Execute()
	if err != nil {
		complain(err)
	}
	return exitCode(err)
}

func root() *cobra.Command {
	var set []string
	var memory int
	var plain bool
	c := &cobra.Command{
		Use:   "descent [PRESET|DATA|LOG|STUDY]",
		Short: "train small neural networks in the terminal, with every setting live",
		Long: "descent trains small neural networks in the terminal, with every setting live.\n" +
			"Without a command it opens the workbench on PRESET, a built-in name or a TOML file,\n" +
			"on DATA, a table of your own (CSV, TSV, NPY, NPZ, IDX; also gzipped, - for stdin),\n" +
			"on the session of a LOG, or on the search in the folder of a STUDY; without these,\n" +
			"the gallery of presets and sessions.",
		Args:          cobra.MaximumNArgs(1),
		SilenceErrors: true, SilenceUsage: true,
		ValidArgsFunction: completeAll,
		RunE: func(c *cobra.Command, args []string) error {
			name := ""
			switch {
			case len(args) > 0:
				name = args[0]
			case len(set) > 0:
				name = presets.Default
			}
			if name == "" && !plain {
				return workbench("", nil, memory)
			}
			if name == "" {
				name = presets.Default
			}
			if !slices.Contains(presets.Names(), name) && study.Is(name) {
				if len(set) > 0 || plain {
					return usage(fmt.Errorf("%s is a study; --set and --plain are for presets", name))
				}
				return studied(name, memory)
			}
			if log := journal.Find(name); !slices.Contains(presets.Names(), name) && isLog(log) {
				if len(set) > 0 {
					return usage(fmt.Errorf("%s is a log, and --set is for presets; change the knob in the workbench", name))
				}
				return resume(log, nil, memory, plain)
			}
			if err := misspelt(c, name); err != nil {
				return usage(err)
			}
			if plain {
				return typedPreset(name, set, memory)
			}
			return workbench(name, set, memory)
		},
	}
	setFlag(c, &set)
	memoryFlag(c, &memory)
	plainFlag(c, &plain)
	threadsFlag(c, true)
	c.AddCommand(newCommand(), runCommand(), raceCommand(), tuneCommand(), studyCommand(), workerCommand(), findCommand(), fitCommand(), replayCommand(), resumeCommand(), checkCommand(), exportCommand(), predictCommand(), evalCommand(), sessionsCommand(), listCommand(), explainCommand(), configCommand(), manCommand())
	c.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		var wrong *pflag.InvalidValueError
		if errors.As(err, &wrong) && wrong.GetFlag().Value.Type() == "int" {
			return usage(fmt.Errorf("--%s takes an integer, not %q", wrong.GetFlag().Name, wrong.GetValue()))
		}
		text, _, _ := strings.Cut(err.Error(), ": strconv.")
		return usage(fmt.Errorf("%s; `%s --help` shows what there is", text, c.CommandPath()))
	})
	c.SetOut(stdout)
	c.SetErr(stderr)
	c.Version = version()
	c.SetVersionTemplate("{{.Version}}")
	c.SetHelpCommand(helpCommand())
	strictCompletion(c)
	plainly(c)
	return c
}
