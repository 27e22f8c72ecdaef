// Package input reads what a user names: regular files alone, and no more of
// one than a limit.
package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// The most bytes that are read of one file, by what it is given for.
const (
	MaxData   = 3 << 30 // data, labels, weights, and what is kept of a lesson
	MaxPreset = 4 << 20
	MaxLog    = 1 << 30 // logs and states of sessions
)

// Read is the content of a regular file, symbolic links followed. Directories,
// pipes, sockets and devices are refused, without being opened, and so is a file
// of more bytes than the limit, whatever size the system says it has. Errors
// begin with the path.
func Read(path string, limit int64) ([]byte, error) {
	f, size, err := open(path)
	if err != nil {
		return nil, fail(path, err)
	}
	defer f.Close()
	if size > limit {
		return nil, fail(path, tooLarge(limit))
	}
	content, err := bounded(prompt{f}, size, limit)
	return content, fail(path, err)
}

// Stdin is what standard input holds, within the limit.
func Stdin(limit int64) ([]byte, error) { return bounded(os.Stdin, 0, limit) }

// Head is up to n bytes of the beginning of a regular file.
func Head(path string, n int64) ([]byte, error) {
	f, _, err := open(path)
	if err != nil {
		return nil, fail(path, err)
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(prompt{f}, n))
	return head, fail(path, err)
}

// Kind says in words what a path is that is no regular file; "" for one that is,
// or is not there.
func Kind(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return kind(info.Mode())
}

func kind(m fs.FileMode) string {
	switch {
	case m.IsRegular():
		return ""
	case m.IsDir():
		return "a directory"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "no regular file"
}

// open opens a regular file. It is looked at before, since a pipe that nobody
// writes to would be waited for, and after, since it may have been replaced.
func open(path string) (f *os.File, size int64, err error) {
	info, err := os.Stat(path)
	for range 2 {
		if err != nil {
			return nil, 0, err
		}
		if what := kind(info.Mode()); what != "" {
			if f != nil {
				f.Close()
			}
			return nil, 0, fmt.Errorf("it is %s; only regular files are read", what)
		}
		if f != nil {
			break
		}
		if f, err = os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0); err == nil {
			info, err = f.Stat()
		}
	}
	return f, info.Size(), nil
}

// patience is how long a file may keep a reader waiting that can say it has
// nothing yet: files of the kernel that are regular by name wait for events.
const patience = time.Second / 2

// prompt reads a file that does not wait for anybody.
type prompt struct{ f *os.File }

func (p prompt) Read(b []byte) (int, error) {
	_ = p.f.SetReadDeadline(time.Now().Add(patience)) // an error where nothing is ever waited for
	n, err := p.f.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = errors.New("it does not end, and is no regular file; only regular files are read")
	}
	return n, err
}

func bounded(r io.Reader, size, limit int64) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(size) + bytes.MinRead)
	if _, err := b.ReadFrom(io.LimitReader(r, limit+1)); err != nil {
		return nil, err
	}
	if int64(b.Len()) > limit {
		return nil, tooLarge(limit)
	}
	return b.Bytes(), nil
}

func tooLarge(limit int64) error {
	text := fmt.Sprintf("%d MiB", limit>>20)
	if limit >= 1<<30 {
		text = fmt.Sprintf("%d GiB", limit>>30)
	}
	return fmt.Errorf("it is larger than %s, the most that is read", text)
}

// fail puts the path before an error, once.
func fail(path string, err error) error {
	if err == nil {
		return nil
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("%s cannot be read: %w", path, err)
}

// Open opens a regular file to be read as a stream, as Read does; size is what the system
// says it has. Errors of reading begin with the path.
func Open(path string) (f io.ReadCloser, size int64, err error) {
	file, size, err := open(path)
	if err != nil {
		return nil, 0, fail(path, err)
	}
	return named{prompt{file}, path}, size, nil
}

// named is a file whose errors begin with its path.
type named struct {
	prompt
	path string
}

func (n named) Read(b []byte) (int, error) {
	count, err := n.prompt.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fail(n.path, err)
	}
	return count, err
}

func (n named) Close() error { return n.f.Close() }
