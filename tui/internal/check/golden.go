package check

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
)

// Golden compares a screen with its golden file. A failure says how the file is
// written. The name of the test contains Golden, by which `make golden` finds it.
func Golden(t *testing.T, screen string) {
	t.Helper()
	if !strings.Contains(t.Name(), "Golden") {
		t.Fatalf("`make golden` runs the tests with Golden in their name; this is %s", t.Name())
	}
	file := filepath.Join("testdata", t.Name()+".golden")
	if _, err := os.Stat(file); err != nil && flag.Lookup("update").Value.String() != "true" {
		t.Fatalf("%s is missing: `make golden` writes it; look at it before you keep it", file)
	}
	defer func() {
		if t.Failed() {
			t.Log("`make golden` writes the screen as it is now; look at the difference before you keep it")
		}
	}()
	golden.RequireEqual(t, []byte(screen))
}
