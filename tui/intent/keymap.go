package intent

import "slices"

// keymap returns the keys of an action, from its name and those that it has by
// default; nil leaves all as they are.
var keymap func(name string, byDefault []string) []string

// SetKeys sets the key map of the process, before there is a screen. It is what
// actions take and what is shown of them.
func SetKeys(keys func(name string, byDefault []string) []string) { keymap = keys }

// bound returns the keys of an action; own reports that they are not its defaults.
func bound(name string, byDefault []string) (keys []string, own bool) {
	if keymap == nil || name == "" {
		return byDefault, false
	}
	keys = keymap(name, byDefault)
	return keys, !slices.Equal(keys, byDefault)
}
