//go:build !unix

package cli

import "os"

// relieving are the signals that ask a worker to end in order; there are none.
var relieving []os.Signal
