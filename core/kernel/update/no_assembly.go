//go:build !amd64

package update

import "unsafe"

// There is no assembly.
var narrow, wide [rules][2]func(unsafe.Pointer) bool
