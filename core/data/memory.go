package data

import "runtime/debug"

// large is from how many bytes on memory that is no longer needed is given back at once,
// rather than when as much again was taken.
const large = 32 << 20

// giveBack gives memory back that was needed to read so many bytes.
func giveBack(bytes int) {
	if bytes >= large {
		debug.FreeOSMemory()
	}
}
