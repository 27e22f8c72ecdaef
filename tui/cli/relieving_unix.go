//go:build unix

package cli

import (
	"os"
	"syscall"
)

// relieving are the signals that ask a worker to end in order.
var relieving = []os.Signal{syscall.SIGUSR1}
