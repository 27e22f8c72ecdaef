// Package config is what a user sets once for every workbench (config.toml), and
// what the workbench remembers of its last run (screen.toml).
package config

import (
	"fmt"

	"descent/core/input"
)

// Config holds the settings of the screen, each the remembered one, the one in the
// file, or its default.
type Config struct {
	Values
	file   content
	path   string // of config.toml, "" if there is no home
	found  bool   // the file exists
	memory memory
}

// Defaults returns the settings of a user who has set nothing; it remembers nothing.
func Defaults() *Config {
	c := &Config{}
	for _, s := range settings {
		s.put(&c.Values, s.byDefault)
	}
	return c
}

// Load reads the settings of the user. What the file must not hold is an error that
// begins with its path, line and column. The actions are those that [keys] may name.
func Load(actions []Action) (*Config, error) {
	c := Defaults()
	c.path = Path()
	if c.path != "" {
		text, err := input.Read(c.path, maxSize)
		if err == nil {
			c.found = true
			c.file, err = parse(c.path, text, actions)
		}
		if err != nil && !missing(err) {
			return Defaults(), err
		}
	}
	c.memory.open(statePath())
	for _, s := range settings {
		s.put(&c.Values, c.configured(s))
		if text, ok := c.memory.of(s.key, c.configured(s)); ok && s.check(text) == nil {
			s.put(&c.Values, text)
		}
	}
	return c, nil
}

// configured returns the value of a setting without what is remembered.
func (c *Config) configured(s setting) string {
	if text, ok := c.file.given[s.key]; ok {
		return text
	}
	return s.byDefault
}

// Keys returns the keys of an action. A key that the file gives to an action is
// taken from every other that has it by default.
func (c *Config) Keys(name string, byDefault []string) []string {
	if keys, ok := c.file.keys[name]; ok {
		return keys
	}
	var left []string
	for _, key := range byDefault {
		if !c.file.takes(key) {
			left = append(left, key)
		}
	}
	return left
}

// Remember sets the field of a setting, and returns what keeps the value for later
// runs: a write to the disk, for another goroutine. If that fails, the error says so
// once; the value holds in this process, and is written with the next. A key or a
// value that the table of settings does not have panics.
func (c *Config) Remember(key, text string) (write func() error) {
	s, ok := find(key)
	if err := s.check(text); !ok || err != nil {
		panic(fmt.Sprintf("config: %s cannot be %q", key, text))
	}
	s.put(&c.Values, text)
	chosen := remembered{text, c.configured(s)}
	return func() error { return c.memory.keep(key, chosen) }
}
