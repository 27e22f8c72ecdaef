package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"descent/tui"
	"descent/tui/explain"
	"descent/tui/terminal"

	"github.com/spf13/cobra"
)

// pageWidth is how wide a page is where no terminal says it, and at the most:
// longer lines are hard to read.
const (
	pageWidth     = 80
	widestPage    = 100
	severalAtOnce = 3 // pages of one name that are printed one after the other
)

func explainCommand() *cobra.Command {
	var asJSON, all bool
	c := &cobra.Command{
		Use:   "explain [KIND] NAME",
		Short: "explain an optimizer, a knob, a loss, a preset or anything else that has a name",
		Long: "explain prints the page of a name: what it is, its formula and source, its name in\n" +
			"PyTorch, when to use it, its usual range, and what belongs to it. What is no name is\n" +
			"searched for in the texts. Where several things have a name, KIND chooses: schedule\n" +
			"step. A choice of a knob can be named with it: quant.when=aware. Without a NAME it\n" +
			"lists the kinds, and with a KIND alone what there is of it.",
		Example: "  descent explain adam\n  descent explain quant.granularity\n  descent explain schedule step\n  descent explain \"gradient accumulation\"",
		Args:    cobra.ArbitraryArgs,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			return pageNames(args), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			book, err := explain.New(tui.Manual()...)
			switch {
			case err != nil:
				return err
			case all && len(args) > 0:
				return usage(errors.New("--all prints every page; it takes no NAME"))
			case all && asJSON:
				return printJSON(book.Pages())
			case all:
				return printPages(book.Pages())
			case len(args) == 0:
				return printKinds(book, asJSON)
			}
			kind, word := asked(args)
			if all := strings.Join(args, " "); word != "" && len(book.Named(all)) > 0 { // "loss pane" is no loss
				kind, word = "", all
			}
			if word == "" {
				if err := printFound(book.Of(kind), asJSON); err != nil || asJSON {
					return err
				}
				printAlso(book.Named(strings.Join(args, " ")))
				return nil
			}
			return look(book, kind, word, asJSON)
		},
	}
	jsonFlag(c, &asJSON)
	c.Flags().BoolVar(&all, "all", false, "print every page")
	return c
}

// asked is which kind and which name words mean; either may be empty.
func asked(args []string) (kind explain.Kind, name string) {
	for n := min(len(args), 2); n > 0; n-- { // "data set" is two words
		if kind, ok := explain.KindOf(strings.Join(args[:n], " ")); ok {
			return kind, strings.Join(args[n:], " ")
		}
	}
	return "", strings.Join(args, " ")
}

// look prints the page of a name, or what comes next to it.
func look(book explain.Book, kind explain.Kind, name string, asJSON bool) error {
	of := func(pages []explain.Page) []explain.Page {
		return slices.DeleteFunc(slices.Clone(pages), func(p explain.Page) bool { return kind != "" && p.Kind != kind })
	}
	pages := of(book.Named(name))
	switch {
	case len(pages) > 0 && asJSON && len(pages) > 1:
		return usage(fmt.Errorf("%q is several things: %s", name, strings.Join(ways(pages), ", ")))
	case len(pages) > 0 && asJSON:
		return printJSON(pages[0])
	case len(pages) > 0:
		return printNamed(pages)
	}
	if found := of(book.Search(name)); len(found) > 0 {
		stderr.printf("note: nothing is named %q; these pages mention it\n", name)
		return printFound(found, asJSON)
	}
	if near := book.Nearest(name); near != "" {
		return usage(fmt.Errorf("nothing is named %q; did you mean `descent explain %s`?", name, near))
	}
	return usage(fmt.Errorf("nothing is named %q, and no page mentions it; `descent explain` lists what there is", name))
}

// ways are how to name each of several pages alone.
func ways(pages []explain.Page) (out []string) {
	for _, p := range pages {
		ref := string(p.Kind) + " " + quoted(p.Name)
		if p.Of != "" {
			ref = quoted(p.Ref())
		}
		out = append(out, "`descent explain "+ref+"`")
	}
	return out
}

// printNamed prints the pages of one name. Choices of knobs stand back behind
// what is named so itself, and behind each other where they are many.
func printNamed(pages []explain.Page) error {
	var full, rest []explain.Page
	for _, p := range pages {
		if p.Kind == explain.Choice {
			rest = append(rest, p)
		} else {
			full = append(full, p)
		}
	}
	if len(full) == 0 && len(rest) <= severalAtOnce {
		full, rest = rest, nil
	}
	if len(full) == 0 || len(full) > severalAtOnce {
		return printFound(pages, false)
	}
	if err := printPages(full); err != nil {
		return err
	}
	printAlso(rest)
	return nil
}

// printAlso says how to come to other pages of the name that was given.
func printAlso(pages []explain.Page) {
	if len(pages) == 0 {
		return
	}
	stdout.printf("\nAlso of that name\n")
	for _, way := range ways(pages) {
		stdout.printf("  %s\n", strings.Trim(way, "`"))
	}
}

// printPages prints pages one after the other, a rule between them.
func printPages(pages []explain.Page) error {
	width := pageColumns()
	var out strings.Builder
	for i, p := range pages {
		if i > 0 {
			out.WriteString("\n" + strings.Repeat("─", width) + "\n\n")
		}
		out.WriteString(p.Text(width))
	}
	_, err := stdout.Write([]byte(out.String()))
	return err
}

// pageColumns is how wide a page is to be.
func pageColumns() int {
	if f, ok := stdout.to.(*os.File); ok && stdout.terminal() {
		if w := terminal.Columns(f); w > 0 {
			return min(w, widestPage)
		}
	}
	return pageWidth
}

// printFound lists pages with their summaries.
func printFound(pages []explain.Page, asJSON bool) error {
	if asJSON {
		return printJSON(pages)
	}
	w := stdout.table()
	for _, p := range pages {
		name := p.Name
		if p.Of != "" {
			name = p.Of + "=" + p.Name
		}
		w.printf("%s\t%s\t%s\n", name, string(p.Kind), p.Summary)
	}
	return w.Flush()
}

// printKinds lists the kinds of pages, and how many there are of each.
func printKinds(book explain.Book, asJSON bool) error {
	type kinds struct {
		Kind  explain.Kind `json:"kind"`
		Pages int          `json:"pages"`
		Names []string     `json:"names"`
	}
	var all []kinds
	for _, k := range explain.Kinds {
		one := kinds{Kind: k}
		for _, p := range book.Of(k) {
			one.Names = append(one.Names, p.Name)
		}
		if one.Pages = len(one.Names); one.Pages > 0 {
			all = append(all, one)
		}
	}
	if asJSON {
		return printJSON(all)
	}
	w := stdout.table()
	for _, k := range all {
		names := strings.Join(k.Names[:min(3, k.Pages)], ", ")
		if k.Pages > 3 {
			names += ", …"
		}
		w.printf("%s\t%d\t%s\n", k.Kind.Plural(), k.Pages, names)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	stdout.printf("\n`descent explain NAME` prints a page, `descent explain KIND` lists the names of a kind,\nand `descent explain \"TWO WORDS\"` searches the texts.\n")
	return nil
}

// pageNames are the names that complete what was typed, with their summaries.
func pageNames(args []string) (out []string) {
	book, err := explain.New(tui.Manual()...)
	if err != nil {
		return nil
	}
	kind, _ := asked(args)
	if len(args) > 0 && kind == "" {
		return nil
	}
	if kind == "" {
		for _, k := range explain.Kinds {
			if !strings.Contains(string(k), " ") && len(book.Of(k)) > 0 {
				out = append(out, string(k))
			}
		}
	}
	for _, p := range book.Pages() {
		if kind == "" && p.Kind == explain.Choice || kind != "" && p.Kind != kind {
			continue
		}
		summary, _, _ := strings.Cut(p.Summary, "\n")
		out = append(out, p.Name+"\t"+summary)
	}
	return out
}
