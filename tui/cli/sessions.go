package cli

import (
	"errors"
	"fmt"
	"strings"

	"descent/session/journal"

	"github.com/spf13/cobra"
)

func sessionsCommand() *cobra.Command {
	var keep int
	var asJSON bool
	c := &cobra.Command{
		Use:   "sessions",
		Short: "list the saved sessions, or remove old ones",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("keep") {
				return thin(keep)
			}
			all, err := journal.List()
			if err != nil {
				return err
			}
			if asJSON {
				if all == nil {
					all = []journal.Stored{}
				}
				return printJSON(all)
			}
			if len(all) == 0 {
				stderr.printf("there are no saved sessions; `descent` begins one\n")
				return nil
			}
			w := stdout.table()
			fmt.Fprintln(w, "SESSION\tPRESET\tWRITTEN\tSTEP\tDECISIONS\tBRANCHES\tSIZE\tSTATE")
			for _, k := range all {
				w.printf("%s\t%s\t%s\t%d\t%d\t%d\t%s\t%s\n", k.Name, k.Preset,
					minute(k.Modified), k.Step, k.Decisions, k.Branches, sizeText(k.Bytes), k.State)
			}
			if err := w.Flush(); err != nil {
				return err
			}
			for _, k := range all {
				if k.Future != "" {
					stderr.printf("note: the files of %s are dated %s, in the future; it is listed by when it began\n", k.Name, minute(k.Future))
				}
			}
			return nil
		},
	}
	c.Flags().IntVar(&keep, "keep", 0, "remove all but this many of the last sessions; running ones are kept")
	jsonFlag(c, &asJSON)
	c.AddCommand(&cobra.Command{
		Use: "rm SESSION...", Short: "remove sessions", Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return remove(args) },
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			names, _ := completeSessions(nil, nil, "")
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	})
	return c
}

// thin removes all sessions but the last few.
func thin(keep int) error {
	if keep < 0 {
		return usage(fmt.Errorf("--keep takes a number of at least 0, not %d", keep))
	}
	removed, left, err := journal.Retain(keep)
	if err == nil || removed > 0 {
		stderr.printf("removed: %d, kept: %d\n", removed, left)
	}
	return err
}

// latest is the log of the last session; what was passed over is said.
func latest() (string, error) {
	path, notes, err := journal.Latest()
	for _, n := range notes {
		stderr.printf("note: %s\n", n)
	}
	if err != nil {
		return "", usage(err)
	}
	return path, nil
}

// minute is a time as the list has it.
func minute(stamp string) string {
	return strings.Replace(strings.TrimSuffix(stamp, "Z"), "T", " ", 1)[:16]
}

// sizeText is a size as people say it.
func sizeText(bytes int64) string {
	if bytes < 999_950 { // what rounds to less than 1000 kB
		return fmt.Sprintf("%.1f kB", float64(bytes)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}

func remove(names []string) error {
	err := journal.Remove(names...)
	if unknown := journal.Unknown(""); errors.As(err, &unknown) {
		return usage(err)
	}
	return err
}
