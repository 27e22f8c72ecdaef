package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"descent/presets/draft"
	"descent/session/disk"

	"github.com/spf13/cobra"
)

func newCommand() *cobra.Command {
	var o draft.Options
	var path string
	var show bool
	c := &cobra.Command{
		Use:   "new FILE",
		Short: "make a recipe of a file of data: CSV, TSV, NPY, NPZ, IDX, also gzipped",
		Long: "make a recipe of a file of data: CSV, TSV, NPY, NPZ, IDX, also gzipped; - is stdin.\n\n" +
			"It looks at the columns and writes a preset, a TOML file with comments: which column is\n" +
			"predicted, which are left out, what the others become, and a network, a loss and a length\n" +
			"that suit them. Edit it, or run it as it is: descent FILE.toml. The recipe goes to stdout, or\n" +
			"with -o to a new file; one that exists is never overwritten. `descent FILE` does the same and\n" +
			"opens the workbench on it.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			name := args[0]
			if name == "-" {
				kept, _, err := standard(true)
				if err != nil {
					return usage(err)
				}
				name = kept
			}
			if path != "" {
				if _, err := os.Lstat(path); err == nil {
					return usage(fmt.Errorf("%s exists already; give another name with -o", path))
				}
			}
			d, err := draftOf(name, o, nil)
			if err != nil {
				return usage(err)
			}
			if show {
				return columnsTable(d)
			}
			dir := "."
			if path != "" {
				dir = filepath.Dir(path)
			}
			content, err := d.TOML(dir)
			if err != nil {
				return usage(err)
			}
			if path == "" {
				_, err := stdout.Write(content)
				return err
			}
			if created, err := disk.Publish(disk.Machine{}, path, content); err != nil {
				return disk.CannotWrite(path, err)
			} else if !created {
				return usage(fmt.Errorf("%s exists already; give another name with -o", path))
			}
			for _, text := range append(d.Assumed, d.Notes...) {
				stderr.printf("note: %s\n", text)
			}
			stdout.printf("%s written; `descent run %s` trains it, `descent %s` opens the workbench\n", path, quoted(path), quoted(path))
			return nil
		},
	}
	f := c.Flags()
	f.StringSliceVar(&o.Target, "target", nil, "the column to predict, or several between commas (default: one that is called so, else the last)")
	f.StringSliceVar(&o.Ignore, "ignore", nil, "columns to leave out")
	f.StringSliceVar(&o.Use, "use", nil, "columns to use that would be left out")
	f.StringSliceVar(&o.Categorical, "categorical", nil, "columns of numbers that are categories")
	f.StringVar(&o.Missing, "missing", "", "treatment of missing values, as in data.missing")
	f.StringVar(&o.Labels, "labels", "", "the file of the labels where FILE is IDX or NPY")
	f.StringVarP(&path, "output", "o", "", "the file to write; it must not exist (default: stdout)")
	f.BoolVar(&show, "columns", false, "print the table of columns instead of the recipe")
	return c
}

// columnsOnly prints the columns of a file of data, where there is no terminal for the
// workbench.
func columnsOnly(name string, set []string) error {
	d, err := draftOf(name, draft.Options{}, set)
	if err != nil {
		return usage(err)
	}
	if err := columnsTable(d); err != nil {
		return err
	}
	for _, text := range append(d.Assumed, d.Notes...) {
		stderr.printf("note: %s\n", text)
	}
	stderr.printf("the workbench needs a terminal; `descent new %s` writes the recipe, `descent run %s` trains it\n", quoted(name), quoted(name))
	return nil
}

// columnsTable prints the columns of a draft.
func columnsTable(d *draft.Draft) error {
	w := stdout.table()
	w.printf("COLUMN\tROLE\tKIND\tMISSING\tUNIQUE\tVALUES\tBECOMES\tNOTE\n")
	for _, c := range d.Columns {
		missing := "–"
		if c.Missing > 0 {
			missing = fmt.Sprint(c.Missing)
		}
		w.printf("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.Name, string(c.Role), string(c.Kind), missing, c.Unique(), c.Values(), c.Becomes(), c.Note)
	}
	return w.Flush()
}
