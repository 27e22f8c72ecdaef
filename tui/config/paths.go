package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// maxSize is the most bytes that are read of a file.
const maxSize = 1 << 20

// missing reports that there is no file to read, for whatever reason.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// Path returns the path of config.toml: in $XDG_CONFIG_HOME/descent or, by default,
// ~/.config/descent; "" if the user has no home.
func Path() string {
	return place("XDG_CONFIG_HOME", "config.toml", func(home string) string {
		if dir := os.Getenv("APPDATA"); runtime.GOOS == "windows" && dir != "" {
			return dir
		}
		return filepath.Join(home, ".config")
	})
}

// statePath returns the path of screen.toml, "" if the user has no home.
func statePath() string {
	return place("XDG_STATE_HOME", "screen.toml", func(home string) string {
		switch dir := os.Getenv("LOCALAPPDATA"); {
		case runtime.GOOS == "darwin":
			return filepath.Join(home, "Library", "Application Support")
		case runtime.GOOS == "windows" && dir != "":
			return dir
		}
		return filepath.Join(home, ".local", "state")
	})
}

// place is the path of a file in the folder descent of an XDG base directory. A
// relative path in the variable is ignored (XDG Base Directory Specification 0.8).
func place(variable, name string, base func(home string) string) string {
	if dir := os.Getenv(variable); filepath.IsAbs(dir) {
		return filepath.Join(dir, "descent", name)
	}
	home, err := os.UserHomeDir()
	if err != nil || !filepath.IsAbs(home) {
		return ""
	}
	return filepath.Join(base(home), "descent", name)
}
