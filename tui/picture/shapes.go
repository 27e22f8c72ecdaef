package picture

import "math"

// Lines, blocks, dots and signs are drawn as shapes, so that they meet from cell to
// cell and look the same whatever font there is.

// point is a place in a cell that is 1 wide and 2 high.
type point struct{ x, y float64 }

// shape is a filled area: outlines, of which those that run the other way round are
// holes (non-zero winding).
type shape struct {
	outlines [][]point
	opacity  float64
}

const (
	thin  = 0.12
	thick = 0.26
)

// shapeOf returns the shape of a character, ok false if it is left to a font.
func shapeOf(r rune) (s shape, ok bool) {
	s.opacity = 1
	switch {
	case 0x2800 <= r && r <= 0x28ff:
		s.outlines = braille(r - 0x2800)
	case 0x2580 <= r && r <= 0x259f:
		s.outlines, s.opacity = block(r)
	case arms[r] != [4]uint8{}:
		s.outlines = box(arms[r])
	default:
		s.outlines = sign(r)
	}
	return s, s.outlines != nil || r == 0x2800
}

func rect(x0, y0, x1, y1 float64) []point { return []point{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}} }

func circle(x, y, radius float64, turns float64) []point {
	const n = 24
	out := make([]point, n)
	for i := range out {
		a := turns * 2 * math.Pi * float64(i) / n
		out[i] = point{x + radius*math.Cos(a), y + radius*math.Sin(a)}
	}
	return out
}

// disc is a filled circle, ring one with a hole.
func disc(x, y, radius float64) [][]point { return [][]point{circle(x, y, radius, 1)} }

func ring(x, y, radius float64) [][]point {
	return [][]point{circle(x, y, radius, 1), circle(x, y, radius-thin, -1)}
}

// outline is the border of a convex shape around a centre.
func outline(points []point, x, y float64) [][]point {
	inner := make([]point, len(points))
	for i, p := range points {
		inner[len(points)-1-i] = point{x + (p.x-x)*0.66, y + (p.y-y)*0.66}
	}
	return [][]point{points, inner}
}

// stroke is a line through points.
func stroke(width float64, points ...point) [][]point {
	var out [][]point
	for i := range len(points) - 1 {
		a, b := points[i], points[i+1]
		dx, dy := b.x-a.x, b.y-a.y
		l := math.Hypot(dx, dy)
		nx, ny := -dy/l*width/2, dx/l*width/2
		out = append(out, []point{{a.x + nx, a.y + ny}, {a.x - nx, a.y - ny}, {b.x - nx, b.y - ny}, {b.x + nx, b.y + ny}})
	}
	return out
}

func braille(bits rune) [][]point {
	out := [][]point{}
	for i, bit := range []rune{0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80} {
		if bits&bit != 0 {
			out = append(out, circle(0.25+0.5*float64(i/4), 0.25+0.5*float64(i%4), 0.19, 1))
		}
	}
	return out
}

func block(r rune) ([][]point, float64) {
	n := float64(r - 0x2580)
	switch {
	case r == '▀':
		return [][]point{rect(0, 0, 1, 1)}, 1
	case r <= '█':
		return [][]point{rect(0, 2-n/4, 1, 2)}, 1
	case r <= '▏':
		return [][]point{rect(0, 0, (16-n)/8, 2)}, 1
	case r == '▐':
		return [][]point{rect(0.5, 0, 1, 2)}, 1
	case r <= '▓':
		return [][]point{rect(0, 0, 1, 2)}, (n - 16) / 4
	case r == '▔':
		return [][]point{rect(0, 0, 1, 0.25)}, 1
	case r == '▕':
		return [][]point{rect(0.875, 0, 1, 2)}, 1
	}
	quarters := [][4]bool{{2: true}, {3: true}, {0: true}, {true, false, true, true}, {true, false, false, true}, {true, true, true, false}, {true, true, false, true}, {1: true}, {false, true, true, false}, {false, true, true, true}}
	var out [][]point
	for i, set := range quarters[r-'▖'] {
		if set {
			x, y := 0.5*float64(i%2), float64(i/2)
			out = append(out, rect(x, y, x+0.5, y+1))
		}
	}
	return out, 1
}

// arms are the lines of box-drawing characters: up, right, down, left; 1 is light, 2
// heavy, 3 double, and 4 light with a round corner, 5 and 6 dashed.
var arms = map[rune][4]uint8{
	'─': {0, 1, 0, 1}, '│': {1, 0, 1, 0}, '┌': {0, 1, 1, 0}, '┐': {0, 0, 1, 1}, '└': {1, 1, 0, 0}, '┘': {1, 0, 0, 1},
	'├': {1, 1, 1, 0}, '┤': {1, 0, 1, 1}, '┬': {0, 1, 1, 1}, '┴': {1, 1, 0, 1}, '┼': {1, 1, 1, 1},
	'━': {0, 2, 0, 2}, '┃': {2, 0, 2, 0}, '┏': {0, 2, 2, 0}, '┓': {0, 0, 2, 2}, '┗': {2, 2, 0, 0}, '┛': {2, 0, 0, 2},
	'┣': {2, 2, 2, 0}, '┫': {2, 0, 2, 2}, '┳': {0, 2, 2, 2}, '┻': {2, 2, 0, 2}, '╋': {2, 2, 2, 2},
	'╭': {0, 4, 4, 0}, '╮': {0, 0, 4, 4}, '╰': {4, 4, 0, 0}, '╯': {4, 0, 0, 4},
	'╴': {0, 0, 0, 1}, '╵': {1, 0, 0, 0}, '╶': {0, 1, 0, 0}, '╷': {0, 0, 1, 0}, '╸': {0, 0, 0, 2}, '╹': {2, 0, 0, 0}, '╺': {0, 2, 0, 0}, '╻': {0, 0, 2, 0},
	'═': {0, 3, 0, 3}, '║': {3, 0, 3, 0}, '‖': {3, 0, 3, 0}, '╌': {0, 5, 0, 5}, '┄': {0, 5, 0, 5}, '┆': {5, 0, 5, 0}, '╎': {5, 0, 5, 0}, '╍': {0, 6, 0, 6}, '┅': {0, 6, 0, 6},
	'╪': {1, 3, 1, 3}, '╫': {3, 1, 3, 1}, '╼': {0, 2, 0, 1}, '╾': {0, 1, 0, 2}, '┠': {2, 1, 2, 0}, '┨': {2, 0, 2, 1}, '┯': {0, 2, 1, 2}, '┷': {1, 2, 0, 2},
}

// box draws the arms of a box-drawing character.
func box(a [4]uint8) [][]point {
	if round, ok := corner(a); ok {
		return round
	}
	middle := 0.0 // half the width of what crosses, so that corners close
	for _, kind := range a {
		middle = max(middle, map[uint8]float64{1: thin, 2: thick, 3: 3 * thin, 5: 0, 6: 0}[kind]/2)
	}
	var out [][]point
	for i, kind := range a {
		if kind == 0 {
			continue
		}
		from, to := 0.5-middle, 1.0 // along the arm
		if i%2 == 0 {
			from, to = 1-middle, 2
		}
		lines := []float64{0}
		width := thin
		switch kind {
		case 2, 6:
			width = thick
		case 3:
			lines = []float64{-thin, thin}
		}
		for _, at := range lines {
			spans := [][2]float64{{from, to}}
			if kind >= 5 {
				half := to / 2
				spans = [][2]float64{{half + 0.08*to, to - 0.08*to}}
			}
			for _, s := range spans {
				out = append(out, arm(i, at, width, s[0], s[1]))
			}
		}
	}
	return out
}

// arm is a bar from the middle of a cell to one of its sides, at a distance from its
// axis. from and to are as of an arm to the right or down.
func arm(side int, at, width, from, to float64) []point {
	lo, hi := at-width/2, at+width/2
	switch side {
	case 0:
		return rect(0.5+lo, 2-to, 0.5+hi, 2-from)
	case 1:
		return rect(from, 1+lo, to, 1+hi)
	case 2:
		return rect(0.5+lo, from, 0.5+hi, to)
	}
	return rect(1-to, 1+lo, 1-from, 1+hi)
}

// corner is a round corner: a quarter of a circle of radius ½ and a line to the edge.
func corner(a [4]uint8) ([][]point, bool) {
	right, down := a[1] == 4, a[2] == 4
	if a[0] != 4 && !down {
		return nil, false
	}
	cx, cy := 0.0, 0.5 // the centre of the circle
	if right {
		cx = 1
	}
	if down {
		cy = 1.5
	}
	const n = 8
	outer, inner := make([]point, 0, n+1), make([]point, 0, n+1)
	for i := range n + 1 {
		t := math.Pi / 2 * float64(i) / n
		dx, dy := math.Cos(t), math.Sin(t)
		if right {
			dx = -dx
		}
		if down {
			dy = -dy
		}
		outer = append(outer, point{cx + dx*(0.5+thin/2), cy + dy*(0.5+thin/2)})
		inner = append(inner, point{cx + dx*(0.5-thin/2), cy + dy*(0.5-thin/2)})
	}
	for i := len(inner) - 1; i >= 0; i-- {
		outer = append(outer, inner[i])
	}
	line := rect(0.5-thin/2, 0, 0.5+thin/2, 0.5)
	if down {
		line = rect(0.5-thin/2, 1.5, 0.5+thin/2, 2)
	}
	return [][]point{outer, line}, true
}

// sign is the shape of a geometric sign, nil for any other character.
func sign(r rune) [][]point {
	up := []point{{0.5, 0.55}, {0.97, 1.42}, {0.03, 1.42}}
	diamond := []point{{0.5, 0.5}, {0.98, 1}, {0.5, 1.5}, {0.02, 1}}
	right := []point{{0.12, 0.55}, {0.95, 1}, {0.12, 1.45}}
	left := []point{{0.88, 0.55}, {0.88, 1.45}, {0.05, 1}}
	small := func(points []point) []point {
		out := make([]point, len(points))
		for i, p := range points {
			out[i] = point{0.5 + (p.x-0.5)*0.75, 1 + (p.y-1)*0.75}
		}
		return out
	}
	switch r {
	case '●':
		return disc(0.5, 1, 0.42)
	case '○':
		return ring(0.5, 1, 0.42)
	case '◉':
		return append(ring(0.5, 1, 0.46), circle(0.5, 1, 0.2, 1))
	case '•':
		return disc(0.5, 1, 0.24)
	case '·':
		return disc(0.5, 1, 0.12)
	case '■':
		return [][]point{rect(0.06, 0.56, 0.94, 1.44)}
	case '□':
		return outline(rect(0.06, 0.56, 0.94, 1.44), 0.5, 1)
	case '▲':
		return [][]point{up}
	case '△':
		return outline(up, 0.5, 1.13)
	case '▼':
		return [][]point{{{0.03, 0.58}, {0.97, 0.58}, {0.5, 1.45}}}
	case '◆':
		return [][]point{diamond}
	case '◇':
		return outline(diamond, 0.5, 1)
	case '▶', '►':
		return [][]point{right}
	case '▸':
		return [][]point{small(right)}
	case '▷':
		return outline(right, 0.4, 1)
	case '◀', '◄':
		return [][]point{left}
	case '◂':
		return [][]point{small(left)}
	case '◁':
		return outline(left, 0.6, 1)
	case '★':
		return [][]point{star()}
	case '✓':
		return stroke(0.14, point{0.08, 1.05}, point{0.36, 1.4}, point{0.92, 0.6})
	case '✗', '✕':
		return append(stroke(0.14, point{0.12, 0.62}, point{0.88, 1.4}), stroke(0.14, point{0.88, 0.62}, point{0.12, 1.4})...)
	}
	return nil
}

// star is a star of five points.
func star() []point {
	out := make([]point, 10)
	for i := range out {
		radius := 0.5
		if i%2 == 1 {
			radius = 0.2
		}
		a := math.Pi * float64(i) / 5
		out[i] = point{0.5 + radius*math.Sin(a), 1 - radius*math.Cos(a)}
	}
	return out
}
