package data

import "fmt"

// KeyError is an error that a key of the recipe is to blame for.
type KeyError struct {
	Key string
	Err error
}

func (e *KeyError) Error() string { return e.Err.Error() }

func (e *KeyError) Unwrap() error { return e.Err }

func blame(key, format string, args ...any) error {
	return &KeyError{key, fmt.Errorf(format, args...)}
}
