package live

import "errors"

type request struct {
	do    func() error
	reply chan error
}

// Crash is a failure that is descent's own, and where it arose.
type Crash struct {
	Reason error
	Stack  []byte
}

func (f *Crash) Error() string { return f.Reason.Error() }

// ErrClosed is what a request gets after Close.
var ErrClosed = errors.New("the session is closed")

// Pending is a request on its way: it holds its place in the order as soon as
// it exists. Wait gives its error once its effect is in Frame.
type Pending struct {
	reply chan error
	done  chan struct{}
}

// Wait blocks until the request was served or the runner has ended.
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
