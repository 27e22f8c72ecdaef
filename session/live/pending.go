package live

import "errors"

type request struct {
	do    func() error
	reply chan error
}

// Crash is a panic in descent, with its stack.
type Crash struct {
	Reason error
	Stack  []byte
}

func (f *Crash) Error() string { return f.Reason.Error() }

// ErrClosed is returned by requests after Close.
var ErrClosed = errors.New("the session is closed")

// Pending is a queued request: its place in the order is fixed when it is created.
// Wait returns its error once its effect is in Frame.
type Pending struct {
	reply chan error
	done  chan struct{}
}

// Wait blocks until the request has been served or the runner has ended.
func (p Pending) Wait() error {
	select {
	case err := <-p.reply:
		return err
	case <-p.done:
		select {
		case err := <-p.reply:
			return err
		default:
			return ErrClosed
		}
	}
}
