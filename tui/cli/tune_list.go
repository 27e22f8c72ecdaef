package cli

import (
	"fmt"
	"slices"
	"strings"

	"descent/core/input"
	"descent/core/recipe"
	"descent/core/search"
	"descent/session/tune"
)

// listAxes are axes that hold every value of a list of points.
func listAxes(list []search.Point) (out []search.Axis) {
	for _, p := range list {
		for path, v := range p {
			i := slices.IndexFunc(out, func(a search.Axis) bool { return a.Path == path })
			if i < 0 {
				i = len(out)
				out = append(out, search.Axis{Path: path, Kind: search.Choice})
			}
			if out[i].Index(v) < 0 {
				out[i].Choices = append(out[i].Choices, v)
			}
		}
	}
	slices.SortFunc(out, func(a, b search.Axis) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// readList reads points, one a line.
func readList(path string, r recipe.Recipe) (out []search.Point, err error) {
	content, err := readText(path)
	if err != nil {
		return nil, fmt.Errorf("--list: %w", err)
	}
	for n, line := range strings.Split(string(content), "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		p := search.Point{}
		own := r
		slices.SortStableFunc(words, func(a, b string) int { return named(a) - named(b) })
		for _, word := range words {
			path, text, ok := strings.Cut(word, "=")
			if !ok {
				return nil, fmt.Errorf("--list line %d: %s: the form is PATH=VALUE", n+1, word)
			}
			k, err := own.Find(path)
			if err != nil {
				return nil, fmt.Errorf("--list line %d: %w", n+1, err)
			}
			v, err := k.Knob.Parse(text)
			if err == nil {
				err = own.Set(path, v)
			}
			if err != nil {
				return nil, fmt.Errorf("--list line %d: %s: %w", n+1, word, err)
			}
			p[path] = v
		}
		if _, err := tune.Recipe(r, p); err != nil {
			return nil, fmt.Errorf("--list line %d: %w", n+1, err)
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("--list %s holds no settings", path)
	}
	return out, nil
}

// named sorts keys that choose an item before those that may belong to it.
func named(word string) int {
	path, _, _ := strings.Cut(word, "=")
	if strings.HasSuffix(path, ".name") {
		return 0
	}
	return 1
}

// readText reads a file, or stdin for "-".
func readText(path string) ([]byte, error) {
	if path == "-" {
		return input.Stdin(input.MaxPreset)
	}
	return input.Read(path, input.MaxPreset)
}
