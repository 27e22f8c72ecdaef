package journal

import (
	"os"
	"path/filepath"
	"runtime"
)

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

// ReachedPath is where that line of a log lies.
func ReachedPath(log string) string { return log + ".reached" }

// LockPath is where the lock of a log lies.
func LockPath(log string) string { return log + ".lock" }

// StatePath is where the state of a log is kept.
func StatePath(log string) string { return log + ".state" }
