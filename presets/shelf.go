package presets

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"time"

	"descent/core/input"
)

// CacheDir returns the directory of cached weights: $XDG_CACHE_HOME/descent, or the
// platform's default; "" if there is none.
func CacheDir() string {
	dir := os.Getenv("XDG_CACHE_HOME")
	if !filepath.IsAbs(dir) {
		var err error
		if dir, err = os.UserCacheDir(); err != nil {
			return ""
		}
	}
	return filepath.Join(dir, "descent")
}

// lessonMagic is the start of a cache file, followed by a SHA-256 of the rest.
const lessonMagic = "descent lesson\n"

func (f Files) lesson(key string) string {
	return filepath.Join(f.Cache, "lessons", key)
}

// Kept returns the cached weights of a key, nil if there are none or the file is
// damaged.
func (f Files) Kept(key string) []byte {
	if f.Cache == "" {
		return nil
	}
	content, err := input.Read(f.lesson(key), input.MaxData)
	if err != nil {
		return nil
	}
	body, ok := bytes.CutPrefix(content, []byte(lessonMagic))
	if !ok || len(body) < sha256.Size {
		return nil
	}
	if sum := sha256.Sum256(body[sha256.Size:]); !bytes.Equal(sum[:], body[:sha256.Size]) {
		return nil
	}
	return body[sha256.Size:]
}

// Keep caches weights, atomically. It only saves time: write errors are ignored.
func (f Files) Keep(key string, content []byte) {
	if f.Cache == "" {
		return
	}
	path := f.lesson(key)
	if os.MkdirAll(filepath.Dir(path), 0o755) != nil {
		return
	}
	sweep(filepath.Dir(path))
	temp, err := os.CreateTemp(filepath.Dir(path), unfinished+"*")
	if err != nil {
		return
	}
	defer os.Remove(temp.Name()) // already renamed on success
	sum := sha256.Sum256(content)
	_, err = temp.Write(append(append([]byte(lessonMagic), sum[:]...), content...))
	synced, closed := temp.Sync(), temp.Close()
	if err == nil && synced == nil && closed == nil {
		_ = os.Rename(temp.Name(), path)
	}
}

// unfinished is the prefix of the names of temporary files.
const unfinished = ".lesson."

// sweep removes temporary files of killed processes.
func sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), unfinished) && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// Reading reports the progress of reading a large file.
func (f Files) Reading(file string, done, total int64) error {
	if f.Read == nil {
		return nil
	}
	return f.Read(file, done, total)
}

// Learning reports the progress of the training of a preset.
func (f Files) Learning(preset string, done, total int) error {
	if f.Told == nil {
		return nil
	}
	return f.Told(preset, done, total)
}
