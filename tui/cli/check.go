package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"descent/session/headless"
	"descent/session/journal"

	"github.com/spf13/cobra"
)

func checkCommand() *cobra.Command {
	var all, replay, repair, asJSON, quiet bool
	var files []string
	c := &cobra.Command{
		Use:   "check [LOG]",
		Short: "verify a saved session, and say what can be repaired",
		Long: "check verifies the last session, or that of a log (a path, or a name that `descent\n" +
			"sessions` lists): the checksum and the fields of every line, what they refer to, the\n" +
			"files that the log names, and the state beside it. Nothing that is checked is changed;\n" +
			"--repair writes a copy beside it, without what cannot be applied.\n" +
			"It exits with 0 if all is sound, with 1 if something is wrong.",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeSessions,
		RunE: func(_ *cobra.Command, args []string) error {
			logs, err := toCheck(args, all)
			if err != nil {
				return err
			}
			where, err := relocated(files)
			if err != nil {
				return err
			}
			var o headless.Options
			found := make([]headless.Checked, 0, len(logs))
			bar := newProgress()
			defer bar.end()
			if replay && !quiet {
				o.Progress = bar.show
			}
			err = withoutScreen(&o, func(ctx context.Context) error {
				for _, path := range logs {
					one, err := headless.Check(ctx, path, where, headless.CheckOptions{Replay: replay, Repair: repair, Progress: o.Progress})
					if err != nil {
						return err
					}
					found = append(found, one)
					if err := ctx.Err(); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
			return sayChecked(found, asJSON)
		},
	}
	fileFlag(c, &files)
	jsonFlag(c, &asJSON)
	threadsFlag(c, false)
	f := c.Flags()
	f.BoolVar(&all, "all", false, "check every saved session")
	f.BoolVar(&replay, "replay", false, "also recompute each session and compare its hashes")
	f.BoolVar(&repair, "repair", false, "write a repaired copy beside a damaged log")
	f.BoolVar(&quiet, "quiet", false, "no progress on stderr")
	return c
}

// toCheck are the paths of the logs that are meant.
func toCheck(args []string, all bool) ([]string, error) {
	switch {
	case all && len(args) > 0:
		return nil, usage(errors.New("--all checks every session; it takes no LOG"))
	case len(args) > 0:
		return []string{journal.Find(args[0])}, nil
	case !all:
		path, err := latest()
		return []string{path}, err
	}
	return journal.Paths()
}

func sayChecked(found []headless.Checked, asJSON bool) error {
	wrong, repair := 0, ""
	for _, c := range found {
		if !c.Sound {
			wrong++
		}
		if c.Repaired == "" && slices.ContainsFunc(c.Defects, func(d headless.Defect) bool { return d.Repair != "" }) {
			repair = "; --repair writes a copy of what is sound"
		}
	}
	if asJSON {
		if err := printJSON(found); err != nil {
			return err
		}
	} else {
		for _, c := range found {
			for _, f := range c.Defects {
				stdout.printf("%s\n", f)
			}
			if c.Sound {
				text := fmt.Sprintf("%s: sound; lines: %d, decisions: %d, branches: %d", c.Path, c.Lines, c.Decisions, c.Branches)
				if c.Replayed != "" {
					text += "; " + c.Replayed
				}
				stdout.printf("%s\n", text)
			}
			if c.Repaired != "" {
				stdout.printf("%s: a repaired copy is in %s\n", c.Path, c.Repaired)
			}
		}
	}
	switch {
	case wrong == 0:
		return nil
	case len(found) == 1:
		return errors.New("something is wrong with this session" + repair)
	}
	return fmt.Errorf("something is wrong with %d of %d sessions%s", wrong, len(found), repair)
}
