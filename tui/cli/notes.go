package cli

import "descent/core"

// notes are what there is to say of the data that were loaded.
type notes []string

// of gathers what is said of a trainer's data. Of several runs the first speaks.
func (n *notes) of(t *core.Trainer) {
	if set := t.Data(); set != nil && *n == nil {
		*n = append(notes{}, set.Notes...)
	}
}

// say writes a line for each, once.
func (n *notes) say() {
	for _, text := range *n {
		stderr.printf("note: %s\n", text)
	}
	*n = notes{}
}
