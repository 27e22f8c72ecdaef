package config

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"descent/core/input"
	"descent/session/disk"

	"github.com/pelletier/go-toml/v2"
)

// remembered is a value that was chosen on the screen, and the one in config.toml, or
// the default, that it replaces. It holds until that one changes.
type remembered struct {
	Value   string `toml:"value"`
	Instead string `toml:"instead"`
}

// memory is the file of what is remembered. The zero value remembers nothing beyond
// the process.
type memory struct {
	disk   disk.Disk
	path   string
	mu     sync.Mutex
	values map[string]remembered // as read, with what was chosen since
	mine   map[string]remembered // chosen in this process
	failed bool                  // the last write failed, and this was said
}

// open reads the file. One that is missing or damaged remembers nothing.
func (m *memory) open(path string) {
	m.path = path
	if m.disk == nil {
		m.disk = disk.Machine{}
	}
	m.values = m.read()
}

func (m *memory) read() map[string]remembered {
	out := map[string]remembered{}
	if m.path == "" {
		return out
	}
	content, err := input.Read(m.path, maxSize)
	if err != nil || toml.Unmarshal(content, &out) != nil {
		return map[string]remembered{}
	}
	return out
}

// of returns what is remembered of a setting whose configured value is as given; ok
// is false if that has changed since, or if nothing is remembered.
func (m *memory) of(key, configured string) (text string, ok bool) {
	v, ok := m.values[key]
	return v.Value, ok && v.Instead == configured
}

// keep writes a value that was chosen. If that fails, the error says so once.
func (m *memory) keep(key string, v remembered) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.mine == nil {
		m.mine = map[string]remembered{}
	}
	m.mine[key] = v
	if m.path == "" {
		return nil
	}
	m.values = m.read() // another workbench may have written meanwhile
	maps.Copy(m.values, m.mine)
	err := os.MkdirAll(filepath.Dir(m.path), 0o777)
	if err == nil {
		err = disk.WriteFile(m.disk, m.path, m.content())
	} else {
		err = disk.CannotWrite(m.path, err)
	}
	if err == nil {
		m.failed = false
		return nil
	}
	if m.failed {
		return nil
	}
	m.failed = true
	return fmt.Errorf("%w; the choice holds until the workbench is left", err)
}

// content is the file.
func (m *memory) content() []byte {
	var out bytes.Buffer
	out.WriteString("# What the workbench remembers of its last run. Settings belong into config.toml;\n# `descent config` shows them.\n")
	for _, key := range slices.Sorted(maps.Keys(m.values)) {
		one, _ := toml.Marshal(map[string]remembered{key: m.values[key]}) // fails for no text
		out.WriteByte('\n')
		out.Write(one)
	}
	return out.Bytes()
}
