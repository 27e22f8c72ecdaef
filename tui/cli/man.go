package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// exits are the statuses with which every command ends.
var exits = []struct{ status, when string }{
	{"0", "success"},
	{"1", "something failed; of a run also that it diverged, of a race that all its runs did"},
	{"2", "the command line or a file was wrong"},
	{"129, 130, 143", "ended by SIGHUP, by ctrl-C, by SIGTERM; everything up to there is written"},
}

// environment are the variables that every command reads.
var environment = []struct{ name, what string }{
	{"DESCENT_NO_ASM", "if set, compute without assembly, to the same bits"},
	{"XDG_CONFIG_HOME", "config.toml is looked for in its folder descent; by default ~/.config"},
	{"XDG_STATE_HOME", "sessions, and what the workbench remembers, are kept in its folder descent; by default ~/.local/state"},
	{"XDG_CACHE_HOME", "what presets learn first is kept in its folder descent; by default ~/.cache"},
	{"COLORFGBG, NO_COLOR", "the colours of the workbench"},
	{"LC_ALL, LC_CTYPE, LANG", "the encoding; where it is not UTF-8 everything is drawn in ASCII"},
}

func manCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "write the manual pages into a folder",
		Hidden: true, // for whoever packages the program
		Args:   cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o777); err != nil {
				return err
			}
			for _, sub := range documented(c.Root()) {
				if err := os.WriteFile(filepath.Join(args[0], manName(sub)+".1"), []byte(manPage(sub)), 0o666); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// documented are a command and those below it that have a manual page. The shells
// of completion share one.
func documented(c *cobra.Command) []*cobra.Command {
	out := []*cobra.Command{c}
	if c.Name() == "completion" {
		return out
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "help" {
			out = append(out, documented(sub)...)
		}
	}
	return out
}

// manName is the name of a command's page: descent-sessions-rm.
func manName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// manPage is a command's page in the language of man(7).
func manPage(c *cobra.Command) string {
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	var out strings.Builder
	macro := func(name string, words ...string) {
		out.WriteString("." + name)
		for _, w := range words {
			out.WriteString(` "` + strings.ReplaceAll(roff(w), `"`, `\(dq`) + `"`)
		}
		out.WriteByte('\n')
	}
	text := func(s string) {
		for _, line := range strings.Split(s, "\n") {
			if line = roff(line); strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
				line = `\&` + line
			}
			out.WriteString(line + "\n")
		}
	}
	macro("TH", strings.ToUpper(manName(c)), "1", "", "descent", "User Commands")
	macro("SH", "NAME")
	text(manName(c) + " - " + c.Short)
	macro("SH", "SYNOPSIS")
	macro("B", c.UseLine())
	macro("SH", "DESCRIPTION")
	if c.Long != "" {
		for i, part := range strings.Split(strings.TrimSpace(c.Long), "\n\n") {
			if i > 0 {
				macro("PP")
			}
			text(part)
		}
	} else {
		text(strings.ToUpper(c.Short[:1]) + c.Short[1:] + ".")
	}
	if c.Example != "" {
		macro("SH", "EXAMPLES")
		macro("EX")
		text(c.Example)
		macro("EE")
	}
	macro("SH", "OPTIONS")
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name, usage := pflag.UnquoteUsage(f)
		head := `\fB\-\-` + roff(f.Name) + `\fR`
		if f.Shorthand != "" {
			head = `\fB\-` + roff(f.Shorthand) + `\fR, ` + head
		}
		if name != "" {
			head += ` \fI` + roff(name) + `\fR`
		}
		out.WriteString(".TP\n" + head + "\n")
		text(usage + byDefault(f))
	})
	if sub := documented(c)[1:]; len(sub) > 0 {
		macro("SH", "COMMANDS")
		for _, s := range sub {
			out.WriteString(".TP\n")
			out.WriteString(`\fB` + roff(manName(s)) + `\fR(1)` + "\n")
			text(s.Short)
		}
	}
	if !c.HasParent() {
		macro("SH", "ENVIRONMENT")
		for _, e := range environment {
			out.WriteString(".TP\n" + `\fB` + roff(e.name) + `\fR` + "\n")
			text(e.what)
		}
	}
	macro("SH", "EXIT STATUS")
	for _, e := range exits {
		out.WriteString(".TP\n" + `\fB` + e.status + `\fR` + "\n")
		text(e.when)
	}
	if c.HasParent() {
		macro("SH", "SEE ALSO")
		out.WriteString(`\fB` + roff(manName(c.Parent())) + `\fR(1)` + "\n")
	}
	return out.String()
}

// byDefault says what a flag is if it is not given.
func byDefault(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "0", "false", "[]":
		return ""
	}
	return fmt.Sprintf(" (default %s)", f.DefValue)
}

// roff is text in which nothing is a command of the formatter.
func roff(s string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "`", `\(ga`, "'", `\(aq`).Replace(s)
}
