package tui

import (
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/muesli/termenv"
)

// themeFor is the theme for what is written to out. It reads the environment
// and asks the terminal nothing: not all of them answer.
func themeFor(out io.Writer) *theme {
	return newTheme(termenv.NewOutput(out).EnvColorProfile(), !lightGround(os.Getenv("COLORFGBG")))
}

// lightGround reads what some terminals say of their colours in COLORFGBG:
// numbers of the palette, that of the background last.
func lightGround(said string) bool {
	n, err := strconv.Atoi(said[strings.LastIndexByte(said, ';')+1:])
	return err == nil && (n == 7 || n > 8 && n < 16)
}
