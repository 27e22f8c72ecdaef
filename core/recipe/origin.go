package recipe

import (
	"errors"
	"fmt"
	"strings"

	"descent/core/data"
	"descent/core/nn"
)

// LocateKey puts the place of the key that an error blames before it, or that
// of the given path if it blames none.
func (r *Recipe) LocateKey(path string, err error) error {
	var k *nn.KeyError
	if errors.As(err, &k) {
		path = k.Key
	}
	return r.Locate(path, err)
}

// Locate puts the place where a key was written before an error.
func (r *Recipe) Locate(path string, err error) error {
	if err == nil {
		return nil
	}
	for path != "" {
		if at := r.Origin[path]; at != "" {
			return fmt.Errorf("%s: %w", at, err)
		}
		i := strings.LastIndexByte(path, '.')
		path = path[:max(i, 0)]
	}
	if at := r.Origin[""]; at != "" {
		return fmt.Errorf("%s: %w", at, err)
	}
	return err
}

// Blame puts the place of the key before an error that a key is to blame for.
func (r *Recipe) Blame(err error) error {
	var k *data.KeyError
	if errors.As(err, &k) {
		return r.Locate(k.Key, err)
	}
	return err
}
