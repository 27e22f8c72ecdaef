package picture

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	screen "descent/tui/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/gomonobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// sharpness is the number of pixels of a PNG for each of an SVG, in either direction.
const sharpness = 2

// PNG returns the picture as a PNG image. Characters that the font does not have are
// written in ASCII.
func (p Picture) PNG() ([]byte, error) {
	const w, h = cellW * sharpness, cellH * sharpness
	img := image.NewRGBA(image.Rect(0, 0, p.W*w, p.H*h))
	draw.Draw(img, img.Bounds(), image.NewUniform(rgba(p.paper)), image.Point{}, draw.Src)
	var faces [2]font.Face
	for i, ttf := range [][]byte{gomono.TTF, gomonobold.TTF} {
		parsed, err := opentype.Parse(ttf)
		if err != nil {
			return nil, err
		}
		if faces[i], err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: fontSize * sharpness, DPI: 72, Hinting: font.HintingNone}); err != nil {
			return nil, err
		}
	}
	for i, c := range p.cells {
		at := image.Pt(i%p.W*w, i/p.W*h)
		place := image.Rectangle{at, at.Add(image.Pt(w, h))}
		if c.filled {
			draw.Draw(img, place, image.NewUniform(rgba(c.back)), image.Point{}, draw.Src)
		}
		if c.text == "" || c.text == " " {
			continue
		}
		if s, ok := shapeOf([]rune(c.text)[0]); ok {
			fill(img, at, s, c.ink)
			continue
		}
		face := faces[0]
		if c.bold {
			face = faces[1]
		}
		write(img, face, at, c)
	}
	var out bytes.Buffer
	err := png.Encode(&out, img)
	return out.Bytes(), err
}

func rgba(c screen.RGB) color.RGBA { return color.RGBA{c.R, c.G, c.B, 255} }

// write writes the character of a cell.
func write(img draw.Image, face font.Face, at image.Point, c cell) {
	text := c.text
	for _, r := range text {
		if _, ok := face.GlyphAdvance(r); !ok {
			text = screen.ASCII(text)
			break
		}
	}
	pen := font.Drawer{Dst: img, Src: image.NewUniform(rgba(c.ink)), Face: face, Dot: fixed.P(at.X, at.Y+baseline*sharpness)}
	pen.DrawString(text)
}

// fill draws a shape into a cell.
func fill(img draw.Image, at image.Point, s shape, ink screen.RGB) {
	const w, h = cellW * sharpness, cellH * sharpness
	r := vector.NewRasterizer(w, h)
	for _, outline := range s.outlines {
		for i, q := range outline {
			x, y := float32(q.x*w), float32(q.y*h/2)
			if i == 0 {
				r.MoveTo(x, y)
			} else {
				r.LineTo(x, y)
			}
		}
		r.ClosePath()
	}
	c := color.NRGBA{ink.R, ink.G, ink.B, screen.Byte(255 * s.opacity)}
	r.Draw(img, image.Rectangle{at, at.Add(image.Pt(w, h))}, image.NewUniform(c), image.Point{})
}
