package session

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"descent/core"
)

// Version is the format of the logs written here. A log of a later version is refused.
const Version = 1

// Header is the first line of a log: everything needed to compute the session
// again but the decisions, which follow a line each.
type Header struct {
	Version    int               `json:"descent"`
	Created    string            `json:"created,omitempty"` // RFC 3339
	Arch       string            `json:"arch"`
	Kernel     string            `json:"kernel"`     // "avx2" or "go"; both give the same bits
	Arithmetic string            `json:"arithmetic"` // logs of the same arithmetic replay to the bit
	Recipe     core.Recipe       `json:"recipe"`
	Files      map[string]string `json:"files,omitempty"` // SHA-256 of every file read, by path
}

// Float is a float64 that JSON can hold: NaN and infinities are strings.
type Float float64

// MarshalJSON writes a number that reads back exactly, or a string.
func (f Float) MarshalJSON() ([]byte, error) {
	s := strconv.FormatFloat(float64(f), 'g', -1, 64)
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		s = strconv.Quote(s)
	}
	return []byte(s), nil
}

// UnmarshalJSON reads both forms.
func (f *Float) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	*f = Float(v)
	return err
}

// Log is a log that is being written. Every line is on the disk before Append
// returns.
type Log struct {
	Path string
	file *os.File
}

// CreateLog begins a log at path. replace allows to overwrite a file.
func CreateLog(path string, h Header, replace bool) (*Log, error) {
	if path == "-" {
		l := &Log{Path: path, file: os.Stdout}
		return l, l.write(h)
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if replace {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(path, flags, 0o644)
	if err != nil {
		return nil, said(path, err)
	}
	l := &Log{Path: path, file: file}
	if err := l.write(h); err != nil {
		file.Close()
		return nil, err
	}
	return l, nil
}

// Append writes one entry and syncs it.
func (l *Log) Append(e Entry) error { return l.write(e) }

func (l *Log) write(line any) error {
	b, err := json.Marshal(line)
	if err == nil {
		_, err = l.file.Write(append(b, '\n'))
	}
	if err == nil {
		err = l.file.Sync()
		if errors.Is(err, errors.ErrUnsupported) || !isRegular(l.file) {
			err = nil // a pipe or a device cannot be synced
		}
	}
	if err != nil {
		return fmt.Errorf("the log cannot be written: %w", err)
	}
	return nil
}

func isRegular(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// Close closes the file.
func (l *Log) Close() error { return l.file.Close() }

// Record is a log that was read.
type Record struct {
	Name    string // of the file, for errors
	Header  Header
	Entries []Entry
	Torn    bool // the last line was cut off and is left out
}

// ReadLog reads a log. name stands in errors. A last line without an end is
// left out: the machine died while it was written.
func ReadLog(name string, r io.Reader) (*Record, error) {
	out := &Record{Name: name}
	in := bufio.NewReader(r)
	for line := 1; ; line++ {
		text, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s:%d: %w", name, line, err)
		}
		if errors.Is(err, io.EOF) {
			out.Torn = len(bytes.TrimSpace(text)) > 0
			if line == 1 {
				return nil, fmt.Errorf("%s: this is no log of descent: it has no complete first line", name)
			}
			return out, nil
		}
		if line == 1 {
			var v struct {
				Version int `json:"descent"`
			}
			if err := json.Unmarshal(text, &v); err != nil || v.Version < 1 {
				return nil, fmt.Errorf("%s:1: this is no log of descent", name)
			}
			if v.Version > Version {
				return nil, fmt.Errorf("%s:1: the log is of version %d and this descent reads up to %d; use a newer one", name, v.Version, Version)
			}
			if err := json.Unmarshal(text, &out.Header); err != nil {
				return nil, fmt.Errorf("%s:1: the recipe is damaged: %w", name, err)
			}
			continue
		}
		var e Entry
		if err := json.Unmarshal(text, &e); err != nil {
			return nil, fmt.Errorf("%s:%d: the line is damaged: %w", name, line, err)
		}
		out.Entries = append(out.Entries, e)
	}
}

// NewHeader describes a session that begins now.
func NewHeader(r core.Recipe, files map[string]string) Header {
	return Header{
		Version: Version, Created: time.Now().UTC().Format(time.RFC3339),
		Arch: runtime.GOARCH, Kernel: core.Kernel(), Arithmetic: core.Arithmetic, Recipe: r, Files: files,
	}
}

// StateDir is where sessions are kept: $XDG_STATE_HOME/descent, or the
// platform's own place.
func StateDir() (string, error) {
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "descent"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "descent"), nil
	case "windows":
		if dir := os.Getenv("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, "descent"), nil
		}
	}
	return filepath.Join(home, ".local", "state", "descent"), nil
}

// NewLog begins a log of its own name under the state directory.
func NewLog(h Header) (*Log, error) {
	dir, err := StateDir()
	if err == nil {
		dir = filepath.Join(dir, "sessions")
		err = os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		return nil, said(dir, err)
	}
	stamp := time.Now().Format("20060102-150405")
	for n := 0; ; n++ {
		name := fmt.Sprintf("%s-%s", stamp, h.Recipe.Name)
		if n > 0 {
			name += "-" + strconv.Itoa(n)
		}
		l, err := CreateLog(filepath.Join(dir, name+".jsonl"), h, false)
		if errors.Is(err, os.ErrExist) && n < 1000 {
			continue
		}
		return l, err
	}
}
