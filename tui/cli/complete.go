package cli

import (
	"slices"

	"descent/core"
	"descent/presets"
	"descent/session"
	"descent/tui/draw"

	"github.com/spf13/cobra"
)

func completePresets(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return presets.Names(), cobra.ShellCompDirectiveDefault
}

func completePaths(*cobra.Command, []string, string) (out []string, d cobra.ShellCompDirective) {
	for _, e := range core.Catalogue() {
		out = append(out, e.Knob.Path+"=")
	}
	return out, cobra.ShellCompDirectiveNoSpace
}

func completeSessions(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	names, _ := session.Names()
	names = slices.DeleteFunc(names, func(name string) bool { return !draw.Printable(name) })
	return names, cobra.ShellCompDirectiveDefault
}
