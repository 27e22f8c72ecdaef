package tune

import (
	"descent/core/recipe"
	"descent/session/disk"
	"descent/session/study"
)

// Create makes the folder of a new study on the machine's disk; see study.Create.
func Create(dir string, spec study.Spec, r recipe.Recipe, base []byte) (*study.Study, error) {
	return study.Create(disk.Machine{}, dir, spec, r, base)
}

// Open opens the folder of a study on the machine's disk; see study.Open.
func Open(dir string) (*study.Study, error) { return study.Open(disk.Machine{}, dir) }
