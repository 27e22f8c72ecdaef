package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"descent/core/kernel"
	"descent/core/recipe"
)

// version is what this program is, a fact a line: the release, the commit, the
// compiler and the system, and what its numbers depend on.
func version() string {
	release := "(devel)"
	at := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			release = info.Main.Version
		}
		for _, s := range info.Settings {
			at[s.Key] = s.Value
		}
	}
	var out strings.Builder
	line := func(name, value string) { fmt.Fprintf(&out, "%-12s%s\n", name, value) }
	line("descent", release)
	if revision := at["vcs.revision"]; revision != "" {
		text := revision + ", " + at["vcs.time"]
		if at["vcs.modified"] == "true" {
			text += ", modified"
		}
		line("commit", text)
	}
	line("go", runtime.Version()+" "+runtime.GOOS+"/"+runtime.GOARCH)
	line("arithmetic", recipe.Arithmetic)
	line("kernel", kernel.Name())
	return out.String()
}
