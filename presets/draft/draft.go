// Package draft makes a recipe of a file of data: which column is predicted, which are
// left out, what the others become, and a network, a loss and a length that suit them. It
// says what it assumed, and all of it can be told otherwise.
package draft

import (
	"fmt"

	"descent/core/knob"
	"descent/core/recipe"
)

// Options are what was asked for; the zero value leaves all to the draft.
type Options struct {
	Target      []string // columns to predict
	Ignore      []string // columns to leave out
	Use         []string // columns to use where it was proposed to leave them out
	Categorical []string // columns of numbers that are categories
	Ordinal     []string // columns whose categories have an order
	Number      []string // columns that are numbers where it was proposed otherwise
	Missing     string   // data.missing; "" for a choice of the draft
	NA          []string // spellings of missing values
	Labels      string   // the file of the labels, of IDX and NPY

	// Base is a recipe on the file, of which all is kept that does not hang on the columns;
	// nil for none.
	Base *recipe.Recipe
}

// Task is what is learned.
type Task string

// The tasks.
const (
	Regression Task = "regression"
	TwoClasses Task = "two classes"
	Classes    Task = "classes"
)

// Draft is a recipe made of a file, and what it was made from. It is never changed.
type Draft struct {
	File    string // as it was given
	Rows    int
	Columns []Column
	Task    Task
	Form    string   // of the file, in words
	Assumed []string // what was assumed, a sentence each without a full stop
	Notes   []string // what was found of how the file is written
	Options Options
	Recipe  recipe.Recipe

	sheet *sheet
	why   map[string]string // of keys of the recipe
}

// assume notes what was assumed.
func (d *Draft) assume(format string, args ...any) {
	d.Assumed = append(d.Assumed, fmt.Sprintf(format, args...))
}

// set sets a key, with the reason that is written beside it. A key or value that there is not is
// left; it tells whether there is.
func (d *Draft) set(path string, v knob.Value, why string) bool {
	if err := d.Recipe.Set(path, v); err != nil {
		return false
	}
	if why != "" {
		d.why[path] = why
	}
	return true
}

// first sets a key to the first of some words that it takes, "" for none.
func (d *Draft) first(path string, words ...string) string {
	for _, w := range words {
		if d.set(path, knob.Word(w), "") {
			return w
		}
	}
	return ""
}
