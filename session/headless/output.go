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
	"descent/core/model"
	"descent/core/recipe"
	"descent/session/disk"
	"descent/session/journal"
)

// output is a file that a run will write.
type output struct {
	flag, path string
	kind       string            // its contents
	is         func([]byte) bool // whether its first bytes are of an earlier file of that kind, written by descent
}

func (o *Options) outputs() []output {
	return []output{
		{"--metrics", o.Metrics, "metrics", func(b []byte) bool { return strings.HasPrefix(string(b), `{"step":`) }},
		{"--log", o.Log, "a log", func(b []byte) bool { return strings.HasPrefix(string(b), `{"descent":`) }},
		{"--weights-out", o.WeightsOut, "weights", isOwnWeights},
		{"--split-out", o.SplitOut, "a split", func(b []byte) bool { return strings.HasPrefix(string(b), "row,part") }},
		{"--model-out", o.ModelOut, "a model", model.Is},
		{"--compact-out", o.CompactOut, "a compact network", isOwnWeights},
	}
}

// isOwnWeights recognises weights written by descent: F64 without metadata, or
// packed.
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

// maxHead is the number of bytes read to determine whether descent wrote a file.
const maxHead = 16 << 20

// checkOutputs rejects, before anything is read or trained, outputs that would
// overwrite inputs of the run, each other or, unless forced, a file that descent
// did not write. An earlier output of the same kind is overwritten, so that a
// command can be repeated; anything but a regular file is written to.
func (o *Options) checkOutputs(r recipe.Recipe) error {
	inputs := append(r.Files(), o.Inputs...)
	outputs := slices.DeleteFunc(o.outputs(), func(out output) bool { return out.path == "" })
	for i, out := range outputs {
		for _, b := range outputs[:i] {
			if sameFile(out.path, b.path) && input.Kind(out.path) != "a device" {
				return fmt.Errorf("%s is given twice; each output needs its own file", out.path)
			}
		}
	}
	for _, out := range outputs {
		if out.path == "-" {
			continue
		}
		if o.Log != "" && o.Log != "-" && (sameFile(out.path, journal.LockPath(o.Log)) || sameFile(out.path, journal.StatePath(o.Log))) {
			return fmt.Errorf("%s %s: descent uses this name for a file beside the log; give another name", out.flag, out.path)
		}
		for _, in := range inputs {
			if sameFile(out.path, in) {
				return fmt.Errorf("%s %s: this file is an input of the run and would be overwritten; give another name", out.flag, out.path)
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

// free returns an error if an output would overwrite something of value.
func (o output) free() error {
	refused := func(what string) error {
		return fmt.Errorf("%s %s: %s; give another name, or --force to overwrite it", o.flag, o.path, what)
	}
	info, err := os.Stat(o.path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(o.path); err == nil {
			return refused("it is a dangling symbolic link")
		}
		return nil
	}
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil // opening it will report the error
	}
	head, err := input.Head(o.path, maxHead)
	if err != nil {
		return refused("the file exists already and cannot be read")
	}
	if !o.is(head) {
		return refused("the file exists already and does not contain " + o.kind + " written by descent")
	}
	return nil
}

// sameFile reports whether two paths are, or would be, the same file; "-" is
// standard input or output, which is a file only if standard input is redirected
// from one.
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

// resolved returns the canonical path of a file that need not exist yet.
func resolved(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		path = filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// writeOut writes a file atomically, or to Out for the path -.
func (o *Options) writeOut(path string, content []byte) error {
	if path != "-" {
		return disk.WriteFile(o.disk(), path, content)
	}
	_, err := o.Out.Write(content)
	return disk.CannotWrite("the output", err)
}

// writable checks that a file can be written, without modifying it.
func writable(path string) error {
	info, missing := os.Stat(path)
	if missing == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil // opening a pipe would start writing to it
	}
	f, err := disk.Machine{}.Create(path, os.O_WRONLY|os.O_CREATE, disk.Public)
	if err != nil {
		return disk.CannotWrite(path, err)
	}
	if missing != nil {
		defer os.Remove(path)
	}
	return f.Close()
}
