package journal

import (
	"os"
	"path/filepath"
	"runtime"
)

// stateDir returns the state directory: $XDG_STATE_HOME/descent, or the platform's
// default.
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

// sessionsDir returns the directory of the logs of the workbench.
func sessionsDir() (string, error) {
	dir, err := stateDir()
	return filepath.Join(dir, "sessions"), err
}

// StudiesDir returns the directory of the studies that were given no folder.
func StudiesDir() (string, error) {
	dir, err := stateDir()
	return filepath.Join(dir, "studies"), err
}

// ProgressPath returns the path of the progress file of a log.
func ProgressPath(log string) string { return log + ".reached" }

// LockPath returns the path of the lock of a log.
func LockPath(log string) string { return log + ".lock" }

// StatePath returns the path of the state file of a log.
func StatePath(log string) string { return log + ".state" }
