package gauss

import "math"

// Minimise lowers f from x within the box from low to high, and returns the value that
// it has reached; x becomes the place. f writes its gradient. It is called at most
// most times; the search ends where no component of the projected gradient exceeds tol.
//
// BFGS with a line search by halving; variables that lie on the border and are driven
// outward rest for a step: Bertsekas, Projected Newton Methods, SIAM J. Control 1982.
func Minimise(f func(x, gradient []float64) float64, x, low, high []float64, most int, tol float64) float64 {
	d := len(x)
	g, next, nextG, p := make([]float64, d), make([]float64, d), make([]float64, d), make([]float64, d)
	h := newSquare(d)
	fresh := func() {
		clear(h.data)
		for i := range d {
			h.row(i)[i] = 1
		}
	}
	fresh()
	value := f(x, g)
	first := true
	for calls := 1; calls < most; {
		held := func(i int) bool { return x[i] <= low[i] && g[i] > 0 || x[i] >= high[i] && g[i] < 0 }
		steepest, slope := 0.0, 0.0
		for i := range d {
			p[i] = 0
			if held(i) {
				continue
			}
			steepest = max(steepest, math.Abs(g[i]))
			for j := range d {
				if !held(j) {
					p[i] = math.FMA(-h.row(i)[j], g[j], p[i])
				}
			}
			slope = math.FMA(p[i], g[i], slope)
		}
		if !(steepest > tol) {
			break
		}
		if !(slope < 0) || first {
			fresh()
			scale := 1.0
			if first {
				scale = min(1, 1/steepest)
			}
			for i := range d {
				p[i] = 0
				if !held(i) {
					p[i] = float64(-scale * g[i])
				}
			}
		}
		t, better := 1.0, false
		var reached float64
		for range 12 {
			drop, moved := 0.0, false
			for i := range d {
				next[i] = min(max(math.FMA(t, p[i], x[i]), low[i]), high[i])
				moved = moved || next[i] != x[i]
				drop = math.FMA(g[i], next[i]-x[i], drop)
			}
			if !moved || calls >= most {
				break
			}
			reached = f(next, nextG)
			calls++
			if reached <= value+float64(1e-4*drop) && drop < 0 {
				better = true
				break
			}
			cut := 0.5
			if wide := float64(2 * (reached - value - drop)); wide > 0 { // the lowest point of the parabola
				cut = min(max(-drop/wide, 0.1), 0.5)
			}
			t *= cut
		}
		if !better {
			if first {
				break
			}
			first = true // once more, down the gradient
			continue
		}
		little := value-reached <= 1e-10*max(math.Abs(value), 1)
		update(h, x, next, g, nextG, first)
		copy(x, next)
		copy(g, nextG)
		value, first = reached, false
		if little {
			break
		}
	}
	return value
}

// update is the BFGS formula for the inverse of the Hessian.
func update(h square, x, next, g, nextG []float64, first bool) {
	d := len(x)
	s, y, hy := make([]float64, d), make([]float64, d), make([]float64, d)
	sy, ss, yy := 0.0, 0.0, 0.0
	for i := range d {
		s[i], y[i] = next[i]-x[i], nextG[i]-g[i]
		sy, ss, yy = math.FMA(s[i], y[i], sy), math.FMA(s[i], s[i], ss), math.FMA(y[i], y[i], yy)
	}
	if !(sy > 1e-8*math.Sqrt(float64(ss*yy))) {
		return
	}
	if first {
		clear(h.data)
		for i := range d {
			h.row(i)[i] = sy / yy
		}
	}
	yhy := 0.0
	for i := range d {
		for j := range d {
			hy[i] = math.FMA(h.row(i)[j], y[j], hy[i])
		}
		yhy = math.FMA(y[i], hy[i], yhy)
	}
	a := (1 + yhy/sy) / sy
	for i := range d {
		r := h.row(i)
		for j := range d {
			r[j] += float64(a*float64(s[i]*s[j])) - (float64(hy[i]*s[j])+float64(s[i]*hy[j]))/sy
		}
	}
}
