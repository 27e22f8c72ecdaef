package presets

import (
	"fmt"
	"path/filepath"

	"descent/core/input"
	"descent/core/model"
	"descent/core/recipe"
)

// IsModel reports whether a file is that of a model.
func IsModel(path string) bool {
	head, err := input.Head(path, 9)
	if err != nil || len(head) < 9 || head[8] != '{' {
		return false
	}
	head, err = input.Head(path, model.HeadBytes)
	return err == nil && model.Is(head)
}

// ReadModel reads the file of a model. Errors begin with the path.
func ReadModel(path string) (*model.Model, error) {
	content, err := input.Read(path, model.Limit)
	if err != nil {
		return nil, err
	}
	m, err := model.Decode(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// ofModel is the recipe that begins with a model. Files of data that are not where they
// were are looked for beside it.
func ofModel(path string) (recipe.Recipe, error) {
	m, err := ReadModel(path)
	if err != nil {
		return recipe.Recipe{}, err
	}
	r, err := m.FineTune(absolute(path))
	if err != nil {
		return recipe.Recipe{}, fmt.Errorf("%s: %w", path, err)
	}
	r.Origin = map[string]string{"": path}
	for _, k := range []struct {
		key  string
		path *string
	}{
		{"data.file", &r.Data.File},
		{"data.labels", &r.Data.Labels},
		{"data.validation_file", &r.Data.ValidationFile},
		{"data.validation_labels", &r.Data.ValidationLabels},
		{"data.test_file", &r.Data.TestFile},
		{"data.test_labels", &r.Data.TestLabels},
		{"teacher.weights", &r.Teacher.Weights},
	} {
		if *k.path == "" || isFile(*k.path) {
			continue
		}
		if beside := relative(path, filepath.Base(*k.path)); isFile(beside) {
			*k.path = beside
			continue
		}
		r.Origin[k.key] = fmt.Sprintf("%s (--set %s=FILE names another file)", path, k.key)
	}
	if err := r.Check(); err != nil {
		return recipe.Recipe{}, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}
