// Command descent trains small networks in the terminal, with every setting
// live.
package main

import (
	"os"

	"descent/tui/cli"
)

func main() { os.Exit(cli.Main()) }
