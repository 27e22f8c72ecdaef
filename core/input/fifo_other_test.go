//go:build !unix

package input_test

import "errors"

func mkfifo(string) error { return errors.ErrUnsupported }
