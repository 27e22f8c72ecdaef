package draw

import "github.com/guptarohit/asciigraph"

// RGB is a colour of a picture. The colours of text and lines are in the theme.
type RGB struct{ R, G, B uint8 }

// Mix interpolates from a to b as share goes from 0 to 1.
func Mix(a, b RGB, share float64) RGB {
	share = Clamp(share, 0)
	part := func(a, b uint8) uint8 { return Byte(float64(a) + (float64(b)-float64(a))*share) }
	return RGB{part(a.R, b.R), part(a.G, b.G), part(a.B, b.B)}
}

type ink struct {
	color      RGB
	background bool
}

// Palette holds the colours of pictures, for dark or light terminals.
type Palette struct {
	Ground, Path, Start, Here, Least RGB
	classes                          []RGB
	heights                          []RGB // from low to high
}

// Class colours that are safe for colour-blind users: Okabe and Ito 2008.
var okabeIto = []RGB{
	{0, 114, 178},
	{230, 159, 0},
	{0, 158, 115},
	{204, 121, 167},
	{86, 180, 233},
	{213, 94, 0},
	{240, 228, 66},
	{153, 153, 153},
}

// classMarks distinguish classes without colour.
var classMarks = []rune("●▲■◆+×○△□◇")

var (
	darkPalette = Palette{
		Ground: RGB{14, 18, 24}, Path: RGB{255, 255, 255}, Start: RGB{255, 255, 255}, Here: RGB{255, 176, 0}, Least: RGB{255, 140, 200},
		classes: okabeIto,
		heights: []RGB{{10, 24, 48}, {18, 48, 84}, {24, 76, 104}, {34, 104, 110}, {62, 130, 104}, {112, 152, 94}, {164, 170, 92}},
	}
	lightPalette = Palette{
		Ground: RGB{250, 250, 248}, Path: RGB{0, 0, 0}, Start: RGB{0, 0, 0}, Here: RGB{180, 60, 0}, Least: RGB{170, 0, 110},
		classes: okabeIto,
		heights: []RGB{{120, 160, 200}, {140, 182, 208}, {160, 202, 206}, {184, 218, 204}, {206, 228, 204}, {226, 236, 210}, {244, 244, 226}},
	}
)

// Height returns the colour of a level from 0 to 1.
func (p Palette) Height(level float64) RGB {
	at := Clamp(level, 1) * float64(len(p.heights)-1)
	i := min(Floor(at), len(p.heights)-2)
	return Mix(p.heights[i], p.heights[i+1], at-float64(i))
}

// Class returns the colour of a class.
func (p Palette) Class(i int) RGB { return p.classes[Modulo(i, len(p.classes))] }

// ClassMark returns the sign of a class.
func ClassMark(i int) rune { return classMarks[Modulo(i, len(classMarks))] }

// scheme is the colours of a theme, as indices of the palette of 256 colours.
type scheme struct {
	title, text, muted, focus, good, bad, decision string
	axis, label                                    asciigraph.AnsiColor
	train, val, old, peak                          asciigraph.AnsiColor
	lines                                          [7]asciigraph.AnsiColor // of further branches
	picture                                        Palette
	// signed tells that curves are drawn with their own signs, so that they differ
	// without their colours too.
	signed bool
}

// dark and light are safe for colour-blind users where it matters most: the first
// curves, and the classes of data (after Okabe and Ito 2008).
var (
	dark = scheme{
		title: "255", text: "252", muted: "245", focus: "80", good: "78", bad: "210", decision: "176",
		axis: 240, label: 245, train: 75, val: 214, old: 183, peak: 239,
		lines:   [7]asciigraph.AnsiColor{176, 114, 209, 180, 110, 150, 139},
		picture: darkPalette,
	}
	light = scheme{
		title: "232", text: "236", muted: "243", focus: "30", good: "29", bad: "124", decision: "90",
		axis: 250, label: 243, train: 26, val: 166, old: 97, peak: 252,
		lines:   [7]asciigraph.AnsiColor{90, 28, 130, 94, 24, 64, 96},
		picture: lightPalette,
	}
	darkContrast = scheme{
		title: "231", text: "231", muted: "252", focus: "51", good: "83", bad: "217", decision: "225",
		axis: 250, label: 255, train: 87, val: 227, old: 219, peak: 246,
		lines:   [7]asciigraph.AnsiColor{219, 119, 216, 231, 117, 190, 225},
		picture: darkPalette, signed: true,
	}
	lightContrast = scheme{
		title: "16", text: "16", muted: "236", focus: "18", good: "22", bad: "88", decision: "53",
		axis: 238, label: 16, train: 19, val: 88, old: 54, peak: 246,
		lines:   [7]asciigraph.AnsiColor{54, 22, 94, 16, 24, 58, 53},
		picture: lightPalette, signed: true,
	}
	// The colours of Okabe and Ito 2008, or the nearest of the palette: blue and
	// orange in the place of green and red.
	darkBlind = scheme{
		title: "255", text: "252", muted: "247", focus: "117", good: "74", bad: "208", decision: "175",
		axis: 242, label: 247, train: 74, val: 214, old: 175, peak: 240,
		lines:   [7]asciigraph.AnsiColor{175, 36, 227, 166, 32, 252, 180},
		picture: blind(darkPalette), signed: true,
	}
	lightBlind = scheme{
		title: "232", text: "236", muted: "241", focus: "25", good: "25", bad: "166", decision: "132",
		axis: 248, label: 241, train: 25, val: 166, old: 132, peak: 250,
		lines:   [7]asciigraph.AnsiColor{132, 29, 136, 130, 67, 236, 94},
		picture: blind(lightPalette), signed: true,
	}
	// Of a palette of 16 colours the nearest to several of the 256 may be the same.
	darkFew = scheme{
		title: "15", text: "7", muted: "8", focus: "14", good: "10", bad: "9", decision: "13",
		axis: 8, label: 7, train: 12, val: 11, old: 13, peak: 8,
		lines:   [7]asciigraph.AnsiColor{13, 10, 9, 11, 14, 15, 2},
		picture: darkPalette,
	}
	lightFew = scheme{
		title: "0", text: "0", muted: "8", focus: "6", good: "2", bad: "1", decision: "5",
		axis: 7, label: 8, train: 4, val: 3, old: 5, peak: 7,
		lines:   [7]asciigraph.AnsiColor{5, 2, 1, 3, 6, 0, 8},
		picture: lightPalette,
	}
)

// schemes are the themes by name, on a dark and on a light background.
var schemes = map[string]struct{ dark, light scheme }{
	"auto":          {dark, light},
	"dark":          {dark, dark},
	"light":         {light, light},
	"high-contrast": {darkContrast, lightContrast},
	"colour-blind":  {darkBlind, lightBlind},
	"16":            {darkFew, lightFew},
	"none":          {dark, light},
}

// blind is a palette whose heights rise in brightness from blue to yellow, after
// cividis (Nuñez, Anderton, Renslow 2018).
func blind(p Palette) Palette {
	p.heights = []RGB{{0, 34, 78}, {42, 63, 109}, {87, 93, 109}, {112, 113, 115}, {145, 136, 120}, {187, 166, 109}, {230, 200, 86}}
	return p
}
