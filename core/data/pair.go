package data

import (
	"fmt"

	"descent/core/foreign"
)

// readPair reads inputs and the labels that lie in a file of their own.
// key names that file in a recipe.
func readPair(name string, plain []byte, labelsName string, labels []byte, key string) (*Table, error) {
	if labels == nil {
		return nil, blame(key, "%s holds inputs only; give %s, the file of their labels", name, key)
	}
	x, err := readArray(name, plain)
	if err != nil {
		return nil, err
	}
	if labels, err = unzip(labelsName, labels); err != nil {
		return nil, err
	}
	y, err := readArray(labelsName, labels)
	if err != nil {
		return nil, err
	}
	return tableOf(x, y)
}

// holdPair appends inputs and labels that are not to be split.
func (t *Table) holdPair(of *Source, key string) error {
	more, err := readPair(of.Name, of.Content, of.LabelsName, of.Labels, key)
	if err != nil {
		return err
	}
	return t.hold(of.Name, more)
}

func readArray(name string, plain []byte) (array, error) {
	switch {
	case isIDX(plain):
		return readIDX(name, plain)
	case isNPY(plain):
		return readNPY(name, plain)
	}
	if err := foreign.Check(plain, foreign.Data); err != nil {
		return array{}, fmt.Errorf("%s: %w", name, err)
	}
	return array{}, fmt.Errorf("%s: the file is neither IDX nor NPY", name)
}
