// Package unasked keeps the libraries of the screen from asking the terminal
// for its background before the program has begun: where nothing answers, that
// would take five seconds, with any command.
//
// Bubble Tea asks while it is initialised. Packages that are ready are
// initialised in the order of their paths, so this one, which needs Lip Gloss
// alone, comes before it; a test on a terminal that does not answer holds that.
package unasked

import "github.com/charmbracelet/lipgloss"

func init() { lipgloss.SetHasDarkBackground(true) }
