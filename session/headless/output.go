package headless

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"descent/core/input"
	"descent/core/recipe"
	"descent/session/disk"
	"descent/session/journal"
)

// output is a file that a run is to write.
type output struct {
	flag, path string
	kind       string            // what it will hold
	is         func([]byte) bool // by its beginning: an earlier file of that kind, written by descent
}

func (o *Options) outputs() []output {
	return []output{
		{"--metrics", o.Metrics, "metrics", func(b []byte) bool { return strings.HasPrefix(string(b), `{"step":`) }},
		{"--log", o.Log, "a log", func(b []byte) bool { return strings.HasPrefix(string(b), `{"descent":`) }},
		{"--weights-out", o.WeightsOut, "weights", isOwnWeights},
		{"--split-out", o.SplitOut, "a split", func(b []byte) bool { return strings.HasPrefix(string(b), "row,part") }},
		{"--compact-out", o.CompactOut, "a compact network", isOwnWeights},
	}
}

// isOwnWeights knows weights that descent wrote: F64 without metadata, or packed.
func isOwnWeights(b []byte) bool {
	if len(b) < 8 {
		return false
	}
	size := binary.LittleEndian.Uint64(b)
	if size > uint64(len(b)-8) {
		return false
	}
	var header map[string]struct {
		DType  string `json:"dtype"`
		Packed string `json:"descent.packed"` // of the metadata
	}
	if json.Unmarshal(b[8:8+size], &header) != nil || len(header) == 0 {
		return false
	}
	if m, ok := header["__metadata__"]; ok {
		return m.Packed != ""
	}
	for _, t := range header {
		if t.DType != "F64" {
			return false
		}
	}
	return true
}

// maxHead is how much of a file is read to see whether descent wrote it.
const maxHead = 16 << 20

// checkOutputs refuses, before anything is read or trained, outputs that would
// overwrite what the run reads, each other or, unless forced, a file that
// descent did not write. An earlier output of the same kind is overwritten, so
// that a command can be run again; what is no regular file is written to.
func (o *Options) checkOutputs(r recipe.Recipe) error {
	inputs := append(r.Files(), o.Inputs...)
	outputs := slices.DeleteFunc(o.outputs(), func(out output) bool { return out.path == "" })
	for i, out := range outputs {
		for _, b := range outputs[:i] {
			if sameFile(out.path, b.path) && input.Kind(out.path) != "a device" {
				return fmt.Errorf("%s is named twice; each output needs a file of its own", out.path)
			}
		}
	}
	for _, out := range outputs {
		if out.path == "-" {
			continue
		}
		if o.Log != "" && o.Log != "-" && (sameFile(out.path, journal.LockPath(o.Log)) || sameFile(out.path, journal.StatePath(o.Log))) {
			return fmt.Errorf("%s %s: descent keeps a file of its own under this name, beside the log; give another name", out.flag, out.path)
		}
		for _, in := range inputs {
			if sameFile(out.path, in) {
				return fmt.Errorf("%s %s: the run reads this file, and would overwrite it; give another name", out.flag, out.path)
			}
		}
		if o.Force {
			continue
		}
		if err := out.free(); err != nil {
			return err
		}
	}
	return nil
}

// free tells that nothing of value is in the place of an output.
func (o output) free() error {
	refused := func(what string) error {
		return fmt.Errorf("%s %s: %s; give another name, or --force to overwrite it", o.flag, o.path, what)
	}
	info, err := os.Stat(o.path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(o.path); err == nil {
			return refused("this is a symbolic link to nothing")
		}
		return nil
	}
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil // what cannot be written is said when it is opened
	}
	head, err := input.Head(o.path, maxHead)
	if err != nil {
		return refused("there is such a file already, and it cannot be read")
	}
	if !o.is(head) {
		return refused("there is such a file already, and it does not hold " + o.kind + " that descent wrote")
	}
	return nil
}

// sameFile tells whether two paths are one file, or would be; "-" is standard
// input or output and no file, but for what standard input is read from.
func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	x, err := stat(a)
	y, err2 := stat(b)
	if err == nil && err2 == nil {
		return os.SameFile(x, y) && (x.Mode().IsRegular() || x.IsDir())
	}
	return a != "-" && b != "-" && resolved(a) == resolved(b)
}

func stat(path string) (os.FileInfo, error) {
	if path == "-" {
		return os.Stdin.Stat()
	}
	return os.Stat(path)
}

// resolved is the one name of a file that need not be there yet.
func resolved(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// writeOut writes a file whole, or what stands for the path -.
func (o *Options) writeOut(path string, content []byte) error {
	if path != "-" {
		return disk.WriteFile(o.disk(), path, content)
	}
	_, err := o.Out.Write(content)
	return disk.Said("the output", err)
}

// writable tries whether a file can be written, and leaves it as it is.
func writable(path string) error {
	info, missing := os.Stat(path)
	if missing == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil // to open a pipe is to write to it
	}
	f, err := disk.Machine{}.Create(path, os.O_WRONLY|os.O_CREATE, disk.Public)
	if err != nil {
		return disk.Said(path, err)
	}
	if missing != nil {
		defer os.Remove(path)
	}
	return f.Close()
}
