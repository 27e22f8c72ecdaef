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
	at := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			at[s.Key] = s.Value
		}
	}
	var out strings.Builder
	line := func(name, value string) { fmt.Fprintf(&out, "%-12s%s\n", name, value) }
	line("descent", release())
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

// release is the version of this program.
func release() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
