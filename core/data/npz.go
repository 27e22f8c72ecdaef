package data

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
)

func isZip(plain []byte) bool {
	return bytes.HasPrefix(plain, []byte("PK\x03\x04")) || bytes.HasPrefix(plain, []byte("PK\x05\x06"))
}

// npzPairs are the names under which inputs and targets are looked for.
var npzPairs = [][2]string{{"x_train", "y_train"}, {"x", "y"}, {"X", "y"}, {"X", "Y"}}

// readNPZ reads a zip of NPY arrays: x and y, or x_train and y_train with
// x_test and y_test as the test part, or the first two of any names.
func readNPZ(name string, plain []byte) (*Table, error) {
	z, err := zip.NewReader(bytes.NewReader(plain), int64(len(plain)))
	if err != nil {
		return nil, fmt.Errorf("%s: the NPZ file is damaged: %w", name, err)
	}
	var names []string
	entries := map[string]*zip.File{}
	for _, f := range z.File {
		if array, ok := strings.CutSuffix(f.Name, ".npy"); ok && entries[array] == nil {
			names = append(names, array)
			entries[array] = f
		}
	}
	if len(names) < 2 {
		return nil, fmt.Errorf("%s: the zip file holds %s; an NPZ holds x and y", name, count(len(names), "NumPy array"))
	}
	pair := [2]string{names[0], names[1]}
	for _, p := range npzPairs {
		if entries[p[0]] != nil && entries[p[1]] != nil {
			pair = p
			break
		}
	}
	table := func(pair [2]string) (*Table, error) {
		var arrays [2]array
		for i, n := range pair {
			if arrays[i], err = entry(name+":"+n, entries[n]); err != nil {
				return nil, err
			}
		}
		return tableOf(arrays[0], arrays[1])
	}
	t, err := table(pair)
	if err != nil || pair[0] != "x_train" || entries["x_test"] == nil || entries["y_test"] == nil {
		return t, err
	}
	test, err := table([2]string{"x_test", "y_test"})
	if err != nil {
		return nil, err
	}
	return t, t.hold(name, test)
}

func entry(name string, f *zip.File) (array, error) {
	r, err := f.Open()
	if err != nil {
		return array{}, fmt.Errorf("%s: the array cannot be unpacked: %w", name, err)
	}
	plain, err := bounded(r)
	if err != nil {
		return array{}, fmt.Errorf("%s: the array %w", name, err)
	}
	if err := r.Close(); err != nil {
		return array{}, fmt.Errorf("%s: the array cannot be unpacked: %w", name, err)
	}
	if !isNPY(plain) {
		return array{}, fmt.Errorf("%s: the entry is not an NPY array", name)
	}
	return readNPY(name, plain)
}
