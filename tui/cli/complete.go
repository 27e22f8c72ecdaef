package cli

import (
	"slices"
	"strconv"
	"strings"

	"descent/core/data"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/core/surface"
	"descent/presets"
	"descent/session/journal"
	"descent/tui/draw"

	"github.com/spf13/cobra"
)

// What a shell completes: names come with their summaries behind a tab.

func completePresets(*cobra.Command, []string, string) (out []string, d cobra.ShellCompDirective) {
	for _, name := range presets.Names() {
		title := ""
		if r, err := presets.Load(name); err == nil {
			title = "\t" + r.Title
		}
		out = append(out, name+title)
	}
	return out, cobra.ShellCompDirectiveDefault
}

func completeSessions(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	names, _ := journal.Names()
	names = slices.DeleteFunc(names, func(name string) bool { return !draw.Printable(name) })
	return names, cobra.ShellCompDirectiveDefault
}

// completeAll completes what the workbench opens.
func completeAll(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	presets, _ := completePresets(c, args, typed)
	sessions, end := completeSessions(c, args, typed)
	return append(presets, sessions...), end
}

// completeSettings completes PATH=VALUE.
func completeSettings(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	path, _, valued := strings.Cut(typed, "=")
	if !valued {
		return paths("", true), cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	}
	return values(path, path+"="), valuesEnd(path)
}

// completeRaced completes PATH=VALUE,VALUE: of several values the last.
func completeRaced(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	path, list, valued := strings.Cut(typed, "=")
	if !valued {
		return paths("", true), cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	}
	before := list[:strings.LastIndexByte(list, ',')+1]
	given := strings.Split(before, ",")
	out := slices.DeleteFunc(values(path, ""), func(v string) bool {
		v, _, _ = strings.Cut(v, "\t")
		return slices.Contains(given, v)
	})
	for i := range out {
		out[i] = path + "=" + before + out[i]
	}
	return out, cobra.ShellCompDirectiveNoSpace | valuesEnd(path)
}

// completeDecisions completes STEP:PATH=VALUE from the colon on.
func completeDecisions(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	step, rest, ok := strings.Cut(typed, ":")
	if _, err := strconv.Atoi(step); !ok || err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	path, _, valued := strings.Cut(rest, "=")
	if !valued {
		out := append(paths(step+":", false), step+":rewind=", step+":teach=", step+":merge=adapters")
		return out, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	}
	return values(path, step+":"+path+"="), valuesEnd(path)
}

// paths are the knobs behind a beginning, with those that cannot turn while
// training or without.
func paths(before string, fixed bool) (out []string) {
	for _, e := range recipe.Catalogue() {
		if fixed || !e.Knob.Fixed {
			out = append(out, before+e.Knob.Path+"=\t"+e.Knob.Help)
		}
	}
	return out
}

// values are what a knob can be set to, behind a beginning, where that can be
// counted.
func values(path, before string) (out []string) {
	add := func(options []knob.Option) {
		for _, o := range options {
			out = append(out, before+o.Name+"\t"+o.Help)
		}
	}
	switch path {
	case "data.set":
		add(presets.DataSets())
		add(data.Generators())
	case "surface.name":
		add(surface.Options())
	case "pretrain.preset", "teacher.preset":
		for _, name := range presets.Names() {
			out = append(out, before+name)
		}
	}
	for _, e := range recipe.Catalogue() {
		if k := e.Knob; k.Path == path {
			if add(k.Options); k.Kind == knob.Switch {
				out = append(out, before+"true", before+"false")
			}
		}
	}
	return out
}

// valuesEnd tells whether the value of a knob may also be a file.
func valuesEnd(path string) cobra.ShellCompDirective {
	switch path {
	case "data.file", "data.labels", "data.validation_file", "data.validation_labels", "data.test_file", "data.test_labels", "model.weights", "teacher.weights", "pretrain.preset", "teacher.preset":
		return cobra.ShellCompDirectiveDefault
	}
	return cobra.ShellCompDirectiveNoFileComp
}
