package session

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"descent/core/foreign"
	"descent/core/kernel"
	"descent/core/recipe"
	"descent/session/disk"
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
	Recipe     recipe.Recipe     `json:"recipe"`
	Files      map[string]string `json:"files,omitempty"`   // SHA-256 of every file read, by path
	Lessons    map[string]string `json:"lessons,omitempty"` // SHA-256 of what presets learned first, as Inputs has it
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
// returns, or it waits: what could not be written is tried again, in order,
// with the next line and with Flush.
type Log struct {
	Path string

	disk    disk.Disk
	open    func() (disk.File, error) // nil once it is open
	file    disk.File
	size    int64    // of what is surely written
	waiting [][]byte // lines that are not
	half    bool     // part of a line may stand behind size
	synced  bool
	named   bool  // the name is on the disk too
	gone    error // why the file is no longer there: nothing written is kept
	lock    *lock
	header  Header
}

// created is when the log began, as its header says.
func (l *Log) created() string {
	if l == nil {
		return ""
	}
	return l.header.Created
}

// CreateLog begins a log at path. replace allows to overwrite a file.
func CreateLog(path string, h Header, replace bool) (*Log, error) {
	return createLog(disk.Machine{}, path, h, replace)
}

func createLog(d disk.Disk, path string, h Header, replace bool) (*Log, error) {
	if path == "-" {
		l := &Log{Path: path, disk: d, file: disk.Pipe{File: os.Stdout}, named: true}
		return l, l.write(h)
	}
	lock, err := lockLog(path)
	if err != nil {
		return nil, err
	}
	flags := disk.Fresh
	if replace {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := d.Create(path, flags|os.O_APPEND, disk.Public)
	if err != nil {
		lock.release()
		return nil, disk.Said(path, err)
	}
	l := &Log{Path: path, disk: d, file: file, lock: lock, header: h}
	if err := l.write(h); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// Append writes one entry and syncs it.
func (l *Log) Append(e Entry) error { return l.write(e) }

func (l *Log) write(line any) error {
	b, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("the log cannot be written: %w", err)
	}
	l.waiting = append(l.waiting, sealed(b))
	return l.Flush()
}

// Flush writes what waits. On an error it waits on.
func (l *Log) Flush() error {
	err := l.flush()
	if err == nil {
		return nil
	}
	var p *os.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	where := l.Path
	if where == "" {
		where = "a log"
		if dir, err := sessionsDir(); err == nil {
			where = "a log under " + dir
		}
	}
	if l.gone != nil {
		return fmt.Errorf("%s: %w; nothing of this session is kept there any more", where, err)
	}
	return fmt.Errorf("%s cannot be written: %w", where, err)
}

func (l *Log) flush() error {
	if l.open != nil {
		f, err := l.open()
		if err != nil {
			return err
		}
		l.file, l.open = f, nil
	}
	if err := l.there(); err != nil {
		return err
	}
	for len(l.waiting) > 0 {
		l.synced = false
		if l.half { // half a line would spoil the next
			if err := l.file.Truncate(l.size); err != nil {
				return err
			}
			l.half = false
		}
		if _, err := l.file.Write(l.waiting[0]); err != nil {
			l.half = l.file.Truncate(l.size) != nil
			return err
		}
		l.size += int64(len(l.waiting[0]))
		l.waiting = l.waiting[1:]
	}
	if !l.synced {
		if err := l.file.Sync(); err != nil {
			return err
		}
		l.synced = true
	}
	if !l.named && l.disk != nil {
		if err := l.disk.SyncDir(filepath.Dir(l.Path)); err != nil {
			return err
		}
		l.named = true
	}
	return l.there()
}

// there says why the log is no longer where it was begun. Once it is not, it is
// gone: what it held cannot be written again.
func (l *Log) there() error {
	if l.gone == nil && l.file != nil && l.Path != "" && l.Path != "-" {
		l.gone = l.file.Lost(l.Path, l.size)
	}
	return l.gone
}

// Gone says why the log is no longer where it was begun, nil if it is as far as is
// known.
func (l *Log) Gone() error {
	if l == nil {
		return nil
	}
	return l.gone
}

// Named tells whether the log has a file of its own, beside which others can lie.
func (l *Log) Named() bool { return l != nil && l.Path != "" && l.Path != "-" }

// Close closes the file. What still waits is tried once more. A log that never
// came to hold a line is removed.
func (l *Log) Close() error {
	err := l.Flush()
	if l.file != nil {
		err = errors.Join(err, l.file.Close())
		if l.size == 0 && l.gone == nil && l.header.Version > 0 && l.disk != nil {
			_ = l.disk.Remove(l.Path)
		}
	}
	l.lock.release()
	return err
}

// A line ends in the CRC-32 of what stands before it, so that a changed byte
// is noticed: {...,"sum":"1c291ca3"}. Lines without one are read too.
const sumKey = `,"sum":"`

// sealed is a line with its sum. b is left as it is.
func sealed(b []byte) []byte {
	b = b[: len(b)-1 : len(b)-1]
	return fmt.Appendf(b, "%s%08x\"}\n", sumKey, crc32.ChecksumIEEE(b))
}

// broken tells whether a line has a sum that is not its own.
func broken(line []byte) bool {
	line = bytes.TrimRight(line, "\r\n")
	i := len(line) - len(sumKey) - len(`1c291ca3"}`)
	if i < 0 || string(line[i:i+len(sumKey)]) != sumKey {
		return false
	}
	return string(line[i+len(sumKey):len(line)-2]) != fmt.Sprintf("%08x", crc32.ChecksumIEEE(line[:i]))
}

// Record is a log that was read.
type Record struct {
	Name    string // of the file, for errors
	Header  Header
	Entries []Entry
	Torn    bool  // the last line was cut off and is left out
	Size    int64 // of the complete lines, in bytes

	damaged []damage
}

// ReadLog reads a log. name stands in errors. A last line without an end is
// left out: the machine died while it was written.
func ReadLog(name string, r io.Reader) (*Record, error) {
	out, err := readLines(name, r)
	if err == nil && len(out.damaged) > 0 {
		d := out.damaged[0]
		err = damaged(name, d.line, d.err)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// damage is a line that is not as it was written.
type damage struct {
	line int
	err  error
}

// readLines is ReadLog that goes on behind damaged lines, which count as entries
// of which nothing is known.
func readLines(name string, r io.Reader) (*Record, error) {
	out := &Record{Name: name}
	in := bufio.NewReader(r)
	head, _ := in.Peek(in.Size())
	if err := foreign.Check(head, foreign.Log); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
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
		out.Size += int64(len(text))
		if line == 1 {
			if err := out.Header.read(name, text); err != nil {
				return nil, err
			}
			continue
		}
		var e Entry
		err = json.Unmarshal(text, &e)
		wrong := (*json.SyntaxError)(nil)
		switch {
		case broken(text):
			err = errSum
			out.damaged = append(out.damaged, damage{line, err})
		case errors.As(err, &wrong):
			out.damaged = append(out.damaged, damage{line, err})
		}
		if err != nil {
			e = unread(text, err)
		}
		if c := e.Set; c != nil {
			c.Path, c.Value = recipe.Current(c.Path, c.Value)
		}
		out.Entries = append(out.Entries, e)
	}
}

// read takes the first line of a log.
func (h *Header) read(name string, text []byte) error {
	var v struct {
		Version int `json:"descent"`
	}
	err := json.Unmarshal(text, &v)
	if broken(text) && v.Version <= Version {
		return fmt.Errorf("%s:1: the recipe is damaged: %w; without it nothing can be computed again: look for another copy of the file", name, errSum)
	}
	if err != nil || v.Version < 1 {
		return fmt.Errorf("%s:1: this is no log of descent", name)
	}
	if v.Version > Version {
		return fmt.Errorf("%s:1: the log is of version %d and this descent reads up to %d; use a newer one", name, v.Version, Version)
	}
	if err := json.Unmarshal(text, h); err != nil {
		return fmt.Errorf("%s:1: the recipe is damaged: %w", name, inWords(err))
	}
	h.Recipe.Arithmetic = h.Arithmetic
	return nil
}

// unread is a line that is no entry: all that is known of it is its branch, −1
// where not even that.
func unread(line []byte, err error) Entry {
	var at struct {
		Branch *BranchID `json:"branch"`
	}
	e := Entry{Branch: -1, unread: inWords(err)}
	if json.Unmarshal(line, &at) == nil && at.Branch != nil {
		e.Branch = *at.Branch
	}
	return e
}

// inWords says what is wrong with JSON that does not fit.
func inWords(err error) error {
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		field := wrong.Field
		if field == "" {
			field = "the line"
		}
		return fmt.Errorf("%s cannot be a JSON %s", field, wrong.Value)
	}
	return err
}

// repairing is what to do about a line that cannot be applied.
const repairing = "`descent check --repair` writes a copy of what is sound"

var errSum = errors.New("its checksum is another")

func damaged(name string, line int, err error) error {
	return fmt.Errorf("%s:%d: the line is damaged: %w; %s", name, line, err, repairing)
}

// inputs are the hashes that the header holds.
func (h *Header) inputs() Inputs { return Inputs{h.Files, h.Lessons} }

// NewHeader describes a session that begins now; of may be nil where nothing was
// read.
func NewHeader(r recipe.Recipe, of *Inputs) Header {
	if of == nil {
		of = &Inputs{}
	}
	return Header{
		Version: Version, Created: time.Now().UTC().Format(time.RFC3339Nano),
		Arch: runtime.GOARCH, Kernel: kernel.Name(), Arithmetic: r.Computes(), Recipe: r, Files: of.Files, Lessons: of.Lessons,
	}
}

// stateDir is where sessions are kept: $XDG_STATE_HOME/descent, or the
// platform's own place.
func stateDir() (string, error) {
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

// sessionsDir is where the logs of the workbench are kept.
func sessionsDir() (string, error) {
	dir, err := stateDir()
	return filepath.Join(dir, "sessions"), err
}

// NewLog begins a log of its own name under the state directory. If that
// cannot be done the log waits, and the error says why: lines are kept and
// written as soon as it can.
func NewLog(h Header) (*Log, error) { return newLog(disk.Machine{}, h) }

func newLog(d disk.Disk, h Header) (*Log, error) {
	l := &Log{header: h, disk: d}
	l.open = func() (disk.File, error) { return l.begin(h.Recipe.Name) }
	return l, l.write(h)
}

// longestName is how many bytes of a preset's name go into that of a log, so
// that there is room for what lies beside it.
const longestName = 100

// begin creates the file, under a name that is free.
func (l *Log) begin(preset string) (disk.File, error) {
	dir, err := sessionsDir()
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, err
	}
	stem := fmt.Sprintf("%s-%s", time.Now().Format("20060102-150405"), disk.CutAt(preset, longestName))
	for n := 0; ; n++ {
		name := stem
		if n > 0 {
			name += "-" + strconv.Itoa(n)
		}
		path := filepath.Join(dir, name+".jsonl")
		f, err := l.disk.Create(path, disk.Fresh|os.O_APPEND, disk.Private)
		if errors.Is(err, os.ErrExist) && n < 1000 {
			continue
		}
		if err != nil {
			return nil, err
		}
		if l.lock, err = lockLog(path); err != nil {
			_ = f.Close()
			_ = l.disk.Remove(path)
			return nil, err
		}
		l.Path = path
		return f, nil
	}
}
