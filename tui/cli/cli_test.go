package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Backticks in the help of a flag would name its value.
func TestNoFlagTakesACommandForItsValue(t *testing.T) {
	var look func(*cobra.Command)
	look = func(c *cobra.Command) {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if name, _ := pflag.UnquoteUsage(f); strings.Contains(name, " ") || strings.Contains(f.Usage, "`") {
				t.Errorf("%s --%s shows its value as %q", c.CommandPath(), f.Name, name)
			}
		})
		for _, sub := range c.Commands() {
			look(sub)
		}
	}
	look(root())
}

func TestSizesAreSaidInTheirUnit(t *testing.T) {
	for bytes, want := range map[int64]string{340: "0.3 kB", 8200: "8.2 kB", 999_949: "999.9 kB", 999_950: "1.0 MB", 1_660_200: "1.7 MB"} {
		if got := sizeText(bytes); got != want {
			t.Errorf("%d bytes are %s, want %s", bytes, got, want)
		}
	}
}

func TestAWordOfAShellStaysOne(t *testing.T) {
	for text, want := range map[string]string{
		"prune.when=at once": "'prune.when=at once'", "quant.bits=4": "quant.bits=4", "prune.method=n:m": "prune.method=n:m", "a=it's": `'a=it'\''s'`,
	} {
		if got := quoted(text); got != want {
			t.Errorf("%s is quoted as %s, want %s", text, got, want)
		}
	}
}

func TestAWipedProgressLeavesNothing(t *testing.T) {
	var out bytes.Buffer
	p := &progress{out: printer{&out}, terminal: true}
	p.say(1, 10, "one of ten")
	p.wipe()
	p.end()
	if !strings.HasSuffix(out.String(), "one of ten\r\x1b[K") {
		t.Errorf("the terminal gets %q", out.String())
	}
}

func TestEveryCommandHasAManualPage(t *testing.T) {
	dir := t.TempDir()
	top := root()
	top.SetArgs([]string{"man", dir})
	if err := top.Execute(); err != nil {
		t.Fatal(err)
	}
	var look func(*cobra.Command)
	look = func(c *cobra.Command) {
		name := strings.ReplaceAll(c.CommandPath(), " ", "-")
		page, err := os.ReadFile(filepath.Join(dir, name+".1"))
		if err != nil {
			t.Error(err)
			return
		}
		for _, section := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS"} {
			if !strings.Contains(string(page), "\n.SH \""+section+"\"\n") {
				t.Errorf("%s has no section %s", name, section)
			}
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(string(page), `\-\-`+strings.ReplaceAll(f.Name, "-", `\-`)+`\fR`) {
				t.Errorf("%s lacks --%s", name, f.Name)
			}
		})
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() && sub.Name() != "help" && c.Name() != "completion" {
				look(sub)
			}
		}
	}
	look(top)
}

func TestNothingInAManualPageIsAnOrder(t *testing.T) {
	for text, want := range map[string]string{`a\b`: `a\eb`, "--x": `\-\-x`, "it's": `it\(aqs`} {
		if got := roff(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
