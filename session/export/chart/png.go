package chart

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// sharpness is how many pixels of a PNG a pixel of the chart is, for screens and print.
const sharpness = 2

// PNG is the chart as pixels.
func (c Chart) PNG() ([]byte, error) {
	width, height := c.size()
	on := &pixels{image: image.NewRGBA(image.Rect(0, 0, floor(width*sharpness), floor(height*sharpness)))}
	draw.Draw(on.image, on.image.Bounds(), image.White, image.Point{}, draw.Src)
	c.draw(on)
	if on.err != nil {
		return nil, on.err
	}
	var out bytes.Buffer
	err := png.Encode(&out, on.image)
	return out.Bytes(), err
}

func floor(v float64) int { return int(math.Floor(v)) }

// pixels is a canvas.
type pixels struct {
	image *image.RGBA
	faces map[[2]float64]font.Face // by size, and 1 for bold
	err   error
}

// colourOf is a colour "#rrggbb" that lets something through.
func colourOf(name string, opacity float64) color.Color {
	v, _ := strconv.ParseUint(name[1:], 16, 32)
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), uint8(math.Round(opacity * 255))}
}

func (p *pixels) line(points [][2]float64, colour string, width, opacity float64, dashed bool) {
	pieces := [][][2]float64{points}
	if dashed {
		pieces = dashes(points, 5, 4)
	}
	// All parts go into one mask, so that where they overlap nothing is darker.
	b := p.image.Bounds()
	r := vector.NewRasterizer(b.Dx(), b.Dy())
	for _, piece := range pieces {
		for i := 1; i < len(piece); i++ {
			stroke(r, piece[i-1], piece[i], width)
		}
	}
	r.Draw(p.image, b, image.NewUniform(colourOf(colour, opacity)), image.Point{})
}

// stroke adds a part of a line, a little longer than it is so that parts join.
func stroke(r *vector.Rasterizer, a, b [2]float64, width float64) {
	dx, dy := b[0]-a[0], b[1]-a[1]
	length := math.Hypot(dx, dy)
	if length == 0 {
		return
	}
	half := width / 2
	ux, uy := dx/length*half, dy/length*half
	more := 0.5
	corner := func(x, y float64, first bool) {
		if first {
			r.MoveTo(float32(x*sharpness), float32(y*sharpness))
			return
		}
		r.LineTo(float32(x*sharpness), float32(y*sharpness))
	}
	corner(a[0]-more*ux-uy, a[1]-more*uy+ux, true)
	corner(b[0]+more*ux-uy, b[1]+more*uy+ux, false)
	corner(b[0]+more*ux+uy, b[1]+more*uy-ux, false)
	corner(a[0]-more*ux+uy, a[1]-more*uy-ux, false)
	r.ClosePath()
}

// dashes cuts a line into pieces of a length with gaps between.
func dashes(points [][2]float64, on, off float64) (out [][][2]float64) {
	left, drawing := on, true
	var now [][2]float64
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		length := math.Hypot(b[0]-a[0], b[1]-a[1])
		for done := 0.0; length-done > 1e-9; {
			step := min(left, length-done)
			at := func(d float64) [2]float64 {
				return [2]float64{a[0] + (b[0]-a[0])*d/length, a[1] + (b[1]-a[1])*d/length}
			}
			if drawing {
				if now == nil {
					now = [][2]float64{at(done)}
				}
				now = append(now, at(done+step))
			}
			done += step
			if left -= step; left <= 1e-9 {
				if drawing {
					out, now = append(out, now), nil
				}
				drawing = !drawing
				left = map[bool]float64{true: on, false: off}[drawing]
			}
		}
	}
	if now != nil {
		out = append(out, now)
	}
	return out
}

// face is a font, nil after an error.
func (p *pixels) face(size float64, bold bool) font.Face {
	key := [2]float64{size, 0}
	ttf := goregular.TTF
	if bold {
		key[1], ttf = 1, gobold.TTF
	}
	if f := p.faces[key]; f != nil {
		return f
	}
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		p.err = err
		return nil
	}
	f, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size * sharpness, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		p.err = err
		return nil
	}
	if p.faces == nil {
		p.faces = map[[2]float64]font.Face{}
	}
	p.faces[key] = f
	return f
}

func (p *pixels) text(x, y float64, s, colour string, size, align float64, bold bool) {
	f := p.face(size, bold)
	if f == nil {
		return
	}
	d := font.Drawer{Dst: p.image, Src: image.NewUniform(colourOf(colour, 1)), Face: f}
	wide := float64(d.MeasureString(s)) / 64
	d.Dot = fixed.P(0, 0)
	d.Dot.X = fixed.Int26_6(math.Round((x*sharpness - wide*align) * 64))
	d.Dot.Y = fixed.Int26_6(math.Round(y * sharpness * 64))
	d.DrawString(s)
}
