//go:build !linux && !darwin

package disk

// Room is not known.
func Room(string) (free int64, ok bool) { return 0, false }
