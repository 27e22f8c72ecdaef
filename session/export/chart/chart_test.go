package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"testing"
)

// charts are ordinary ones and those that have nothing to show, or too much.
func charts() map[string]Chart {
	steps, falling, wild := []float64{}, []float64{}, []float64{}
	for i := range 60 {
		steps = append(steps, float64(i+1))
		falling = append(falling, math.Exp(-float64(i)/50))
		wild = append(wild, []float64{1, math.NaN(), math.Inf(1), -1e300, 1e300}[i%5])
	}
	return map[string]Chart{
		"empty":     {Title: "none"},
		"falling":   {Title: "a <b> & \x1b[2Jc", X: "step", Y: "loss", Series: []Series{{Name: "train", X: steps, Y: falling, Raw: wild}}, Marks: []Mark{{40, "x"}}},
		"wild":      {Series: []Series{{Name: "wild", X: steps, Y: wild, Dashed: true}}},
		"one point": {Series: []Series{{Name: "one", X: []float64{3}, Y: []float64{0.5}}}},
		"constant":  {Series: []Series{{Name: "flat", X: steps[:2], Y: []float64{0, 0}}}},
		"not one":   {Series: []Series{{Name: "nan", X: steps[:2], Y: []float64{math.NaN(), math.NaN()}}}},
		"tiny":      {Width: 30, Height: 20, Series: []Series{{Name: "x", X: steps, Y: falling}}},
	}
}

func TestEveryChartIsADocument(t *testing.T) {
	for name, c := range charts() {
		d := xml.NewDecoder(bytes.NewReader(c.SVG()))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
		}
		if bytes.Contains(c.SVG(), []byte("NaN")) || bytes.Contains(c.SVG(), []byte("Inf")) || bytes.ContainsRune(c.SVG(), 0x1b) {
			t.Errorf("%s: a place that is no number, or an escape", name)
		}
		content, err := c.PNG()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := png.Decode(bytes.NewReader(content)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTicksAreRound(t *testing.T) {
	for _, c := range []struct {
		of   scale
		want []string
	}{
		{scale{low: 0, high: 1}, []string{"0", "0.2", "0.4", "0.6", "0.8", "1"}},
		{scale{low: -3, high: 17}, []string{"0", "5", "10", "15"}},
		{scale{log: true, low: 0.0009, high: 2}, []string{"0.001", "0.01", "0.1", "1"}},
		{scale{log: true, low: 0.15, high: 4}, []string{"0.2", "0.5", "1", "2"}},
	} {
		var got []string
		for _, k := range c.of.ticks(5) {
			got = append(got, k.label)
		}
		if len(got) != len(c.want) {
			t.Errorf("%+v: %v, want %v", c.of, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%+v: %v, want %v", c.of, got, c.want)
				break
			}
		}
	}
}
