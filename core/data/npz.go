package data

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
)

func isZip(plain []byte) bool {
	return bytes.HasPrefix(plain, []byte("PK\x03\x04")) || bytes.HasPrefix(plain, []byte("PK\x05\x06"))
}

// roles are the names by which arrays are known to be inputs or targets, in
// lower case; a part of parts may stand before or after them.
var roles = [2][]string{
	{"x", "data", "images", "image", "imgs", "inputs", "input", "features"},
	{"y", "labels", "label", "targets", "target", "classes"},
}

// parts are the parts of a data set, by what stands in the name of an array.
var parts = []struct{ name, part string }{
	{"training", "train"},
	{"train", "train"},
	{"validation", "val"},
	{"valid", "val"},
	{"val", "val"},
	{"testing", "test"},
	{"test", "test"},
}

// roleOf tells what an array is by its name: 0 for inputs, 1 for targets, and of
// which part, "" for all rows. ok is false for other names.
func roleOf(name string) (role int, part string, ok bool) {
	trim := func(s string) string { return strings.Trim(s, "_-./ ") }
	bare := trim(strings.ToLower(name))
	for _, p := range parts {
		if rest, cut := strings.CutPrefix(bare, p.name); cut {
			bare, part = trim(rest), p.part
			break
		}
		if rest, cut := strings.CutSuffix(bare, p.name); cut {
			bare, part = trim(rest), p.part
			break
		}
	}
	for role := range roles {
		if slices.Contains(roles[role], bare) {
			return role, part, true
		}
	}
	return 0, "", false
}

// readNPZ reads a zip of NPY arrays: those that s.X and s.Y name, or else those
// whose names say what they are (see roleOf). Where there is a training part and
// a validation or test part, that is the test part.
func readNPZ(name string, plain []byte, s Spec) (*Table, error) {
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
	pair, held, err := choose(name, names, s)
	if err != nil {
		return nil, err
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
	if err != nil {
		return nil, err
	}
	used := pair[:]
	if held[0] != "" {
		test, err := table(held)
		if err != nil {
			return nil, err
		}
		if err := t.hold(name, test); err != nil {
			return nil, err
		}
		used = append(used, held[:]...)
	}
	rest := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(used, n) })
	if pair == [2]string{"arr_0", "arr_1"} && s.X+s.Y == "" {
		t.Notes = append(t.Notes, "arr_0 is read as the inputs and arr_1 as the targets (data.x and data.y say it otherwise)")
	}
	if len(rest) > 0 && !s.Lax {
		as := fmt.Sprintf("%s as the inputs, %s as the targets", pair[0], pair[1])
		if held[0] != "" {
			as += fmt.Sprintf(", %s and %s as the validation", held[0], held[1])
		}
		t.Notes = append(t.Notes, fmt.Sprintf("of the arrays %s %s left out; read are %s", some(rest), plural(len(rest), "is", "are"), as))
	}
	return t, nil
}

// choose finds the arrays of inputs and targets, and those of the test part, ""
// where there is none.
func choose(file string, names []string, s Spec) (pair, held [2]string, err error) {
	if s.Lax {
		pair, held = chooseLax(names)
		return pair, held, nil
	}
	given := [2]string{s.X, s.Y}
	keys := [2]string{"data.x", "data.y"}
	known := map[string][2][]string{} // the names of each part, by their role
	for _, n := range names {
		if role, part, ok := roleOf(n); ok {
			of := known[part]
			of[role] = append(of[role], n)
			known[part] = of
		}
	}
	for i, n := range given {
		if n != "" && !slices.Contains(names, n) {
			return pair, held, blame(keys[i], "%s: there is no array %q for %s; there are %s", file, n, keys[i], listed(names))
		}
	}
	if len(names) == 2 && slices.Contains(names, "arr_0") && slices.Contains(names, "arr_1") {
		known[""] = [2][]string{{"arr_0"}, {"arr_1"}} // so numpy.savez names what was given without names
	}
	part := ""
	if of := known["train"]; of[0] != nil && of[1] != nil {
		part = "train"
	}
	for i, n := range given { // one that is given says of which part the other is
		if _, of, ok := roleOf(n); ok && given[1-i] == "" {
			part = of
		}
	}
	for role, n := range given {
		found := known[part][role]
		switch {
		case n != "":
			pair[role] = n
		case len(found) == 1 && found[0] != given[1-role]:
			pair[role] = found[0]
		default:
			why := "no name says which array holds the " + [2]string{"inputs", "targets"}[role]
			if len(found) > 1 {
				why = strings.Join(found, " and ") + " may all be the " + [2]string{"inputs", "targets"}[role]
			}
			return pair, held, blame(keys[role], "%s: %s; give %s (the arrays are %s)", file, why, keys[role], listed(names))
		}
	}
	if pair[0] == pair[1] {
		return pair, held, blame("data.y", "data.x and data.y both name %q", pair[0])
	}
	_, a, ok1 := roleOf(pair[0])
	_, b, ok2 := roleOf(pair[1])
	if ok1 && ok2 && a == "train" && b == "train" {
		for _, p := range []string{"val", "test"} {
			if of := known[p]; len(of[0]) == 1 && len(of[1]) == 1 {
				return pair, [2]string{of[0][0], of[1][0]}, nil
			}
		}
	}
	return pair, held, nil
}

// chooseLax goes by a few names, or else by the order of the arrays.
func chooseLax(names []string) (pair, held [2]string) {
	all := func(p [2]string) bool { return slices.Contains(names, p[0]) && slices.Contains(names, p[1]) }
	pair = [2]string{names[0], names[1]}
	for _, p := range [][2]string{{"x_train", "y_train"}, {"x", "y"}, {"X", "y"}, {"X", "Y"}} {
		if all(p) {
			pair = p
			break
		}
	}
	if test := [2]string{"x_test", "y_test"}; pair[0] == "x_train" && all(test) {
		held = test
	}
	return pair, held
}

func entry(name string, f *zip.File) (array, error) {
	r, err := f.Open()
	if err != nil {
		return array{}, fmt.Errorf("%s: the array cannot be unpacked: %w", name, err)
	}
	plain, err := bounded(r, int(min(f.UncompressedSize64, 1032*f.CompressedSize64, maxPlain)))
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
