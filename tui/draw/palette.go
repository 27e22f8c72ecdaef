package draw

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

func newPalette(dark bool) Palette {
	p := Palette{
		Ground: RGB{14, 18, 24}, Path: RGB{255, 255, 255}, Start: RGB{255, 255, 255}, Here: RGB{255, 176, 0}, Least: RGB{255, 140, 200},
		classes: okabeIto,
		heights: []RGB{{10, 24, 48}, {18, 48, 84}, {24, 76, 104}, {34, 104, 110}, {62, 130, 104}, {112, 152, 94}, {164, 170, 92}},
	}
	if !dark {
		p.Ground = RGB{250, 250, 248}
		p.Path, p.Start, p.Here, p.Least = RGB{0, 0, 0}, RGB{0, 0, 0}, RGB{180, 60, 0}, RGB{170, 0, 110}
		p.heights = []RGB{{120, 160, 200}, {140, 182, 208}, {160, 202, 206}, {184, 218, 204}, {206, 228, 204}, {226, 236, 210}, {244, 244, 226}}
	}
	return p
}

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
