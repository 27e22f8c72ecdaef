package data

import (
	"fmt"
	"math"
	"strings"

	"descent/core/data"
	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
)

// album is the layout of images: each scaled down or up by an integer factor to w×h
// cells, with a caption below.
type album struct{ shrink, grow, w, h, across, down int }

// enough is the number of images that must fit before they are enlarged.
const enough = 16

// captionWidth is the width of "T→D 100%".
const captionWidth = 8

// layAlbum chooses the largest scale at which three images fit, above 1 only if
// many fit.
func layAlbum(height, width, w, h int) album {
	lay := func(shrink, grow int) album {
		a := album{shrink: shrink, grow: grow, w: max((width+shrink-1)/shrink*grow, captionWidth), h: ((height+shrink-1)/shrink*grow+1)/2 + 1}
		a.across, a.down = (w+1)/(a.w+1), h/a.h
		return a
	}
	a := lay(1, 1)
	for shrink := 2; a.across*a.down < 3 && shrink <= max(height, width); shrink++ {
		a = lay(shrink, 1)
	}
	for grow := 2; a.shrink == 1; grow++ {
		larger := lay(1, grow)
		if larger.across*larger.down < enough {
			break
		}
		a = larger
	}
	return a
}

func (e *sheet) album(f *live.Frame, w, h int) album {
	_, height, width := picture(f.Data)
	return layAlbum(height, width, w, h-1)
}

func (e *sheet) imagesProbe(f *live.Frame, w, h int) live.Probe {
	a := e.album(f, w, h)
	count := a.across * a.down
	if count > 0 { // the last page ends with the last image
		e.page = min(e.page, (probe.Rows(f.Data)-1)/count)
	}
	return probe.Examples{First: e.page * count, Count: count}
}

// images draws the images with the largest errors first, each with its true and its
// predicted class.
func (e *sheet) images(f *live.Frame, found any, w, h int) []string {
	shown, _ := found.([]probe.Example)
	if len(shown) == 0 {
		return nil
	}
	a := e.album(f, w, h)
	first := e.page * a.across * a.down
	right, page, coloured := "", fmt.Sprintf("%d–%d of %d", first+1, first+len(shown), shown[0].Of), ""
	if f.Eval.HasAccuracy && f.Eval.HasVal {
		right = draw.Percent(f.Eval.ValAccuracy) + " right · "
	}
	if e.explain {
		coloured = " · coloured: saliency"
	}
	head := draw.FirstFitting(w, right+judgedBy(f.Data)+", "+page+coloured, right+page+coloured, page+coloured, strings.TrimPrefix(coloured, " · "))
	out := []string{e.t.Muted.Render(head)}
	for y := range a.down {
		var blocks []string
		for x := range a.across {
			if i := y*a.across + x; i < len(shown) {
				if x > 0 {
					blocks = append(blocks, gap(a.h))
				}
				blocks = append(blocks, e.image(f.Data, shown[i], a))
			}
		}
		if len(blocks) > 0 {
			out = append(out, strings.Split(draw.Beside(blocks...), "\n")...)
		}
	}
	return out
}

// image renders one picture with its caption.
func (e *sheet) image(d *data.Set, x probe.Example, a album) string {
	heat := x.Saliency
	if !e.explain {
		heat = nil
	}
	raw := rawOf(d, x.Input)
	low, high := limits(raw)
	c := e.paint(d, raw, low, high, heat, a, a.h-1)
	line, style := caption(d.Targets[x.Truth], "", x.Share, a.w), e.t.Muted
	if x.Guess != x.Truth {
		line, style = caption(d.Targets[x.Truth], d.Targets[x.Guess], x.Share, a.w), e.t.Bad
	}
	return strings.Join(append(c.Lines(), style.Render(draw.FitLine(line, a.w))), "\n")
}

// caption gives the true class of an image and, unless "", the predicted one with
// its probability, in w cells. Names are cropped if space is short, the number
// never.
func caption(truth, guess string, share float64, w int) string {
	number := " " + draw.ShortPercent(share)
	room := w - draw.Width(number)
	if guess == "" {
		return draw.Cut(truth, room) + number
	}
	room--
	left := max(room/2, room-draw.Width(guess))
	truth = draw.Cut(truth, left)
	return truth + "→" + draw.Cut(guess, room-draw.Width(truth)) + number
}

// rawOf returns a row before standardization.
func rawOf(d *data.Set, row []float64) []float64 {
	out := make([]float64, len(row))
	for i, v := range row {
		out[i] = d.Raw(i, v)
	}
	return out
}

// limits returns the minimum and the maximum; the minimum is above the maximum if
// there are no numbers.
func limits(row []float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range row {
		if !math.IsNaN(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high
}

// paint draws one picture of h lines, dark at low and bright at high, coloured by
// heat if given.
func (e *sheet) paint(d *data.Set, raw []float64, low, high float64, heat []float64, a album, h int) *draw.Canvas {
	c := draw.NewCanvas(e.t, a.w, h)
	_, height, width := picture(d)
	_, most := limits(heat)
	planes := len(raw) / (height * width)
	for py := 0; py*a.shrink < height; py++ {
		for px := 0; px*a.shrink < width; px++ {
			var channel [3]float64
			hot, n := 0.0, 0.0
			for y := py * a.shrink; y < min((py+1)*a.shrink, height); y++ {
				for i := px * a.shrink; i < min((px+1)*a.shrink, width); i++ {
					for p := range planes {
						at := d.At(p, y, i)
						if p < 3 {
							channel[p] += raw[at]
						}
						if heat != nil {
							hot = max(hot, heat[at])
						}
					}
					n++
				}
			}
			level := func(p int) float64 {
				return draw.Clamp(draw.Axis{Low: low, High: high}.Share(channel[p]/n), 0)
			}
			bright := level(0)
			color := draw.Mix(draw.RGB{R: 20, G: 20, B: 24}, draw.RGB{R: 245, G: 245, B: 245}, bright)
			if planes >= 3 {
				color = draw.RGB{R: draw.Byte(255 * level(0)), G: draw.Byte(255 * level(1)), B: draw.Byte(255 * level(2))}
			}
			if most > 0 {
				color = draw.Mix(draw.Mix(draw.RGB{R: 20, G: 20, B: 24}, color, 0.6), draw.RGB{R: 255, G: 90, B: 0}, hot/most)
				bright = hot / most
			}
			sign := []rune(" .:-=+*#%@")[draw.Cell(bright, 10)]
			for i := range a.grow * a.grow {
				c.Set(px*a.grow+i%a.grow, py*a.grow+i/a.grow, color, sign)
			}
		}
	}
	return c
}

// gap is a blank column between two images.
func gap(h int) string { return strings.TrimSuffix(strings.Repeat(" \n", h), "\n") }
