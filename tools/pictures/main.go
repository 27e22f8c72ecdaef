// Command pictures makes the pictures of the documentation from captured screens:
//
//	go run -C tools/pictures . -o OUT.png SCREEN
//	go run -C tools/pictures . -o OUT.gif -delay 50 SCREEN...
//
// A SCREEN is a file with lines of text and colour codes, as `tmux capture-pane -e -p`
// prints it. The delay between the frames of an animation is in hundredths of a second;
// equal frames that follow each other become one.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"os"
	"strings"

	"descent/tui/draw"
	"descent/tui/picture"

	"github.com/muesli/termenv"
)

func main() {
	out := flag.String("o", "", "the file to write: .png of one screen, .gif of several")
	delay := flag.Int("delay", 50, "hundredths of a second between two screens of an animation")
	flag.Parse()
	if err := write(*out, *delay, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func write(out string, delay int, screens []string) error {
	if len(screens) == 0 {
		return fmt.Errorf("name a screen")
	}
	if strings.HasSuffix(out, ".png") {
		content, err := drawn(screens[0])
		if err != nil {
			return err
		}
		return os.WriteFile(out, content, 0o644)
	}
	var all gif.GIF
	last := []byte(nil)
	for _, s := range screens {
		content, err := drawn(s)
		if err != nil {
			return err
		}
		if bytes.Equal(content, last) {
			all.Delay[len(all.Delay)-1] += delay
			continue
		}
		last = content
		frame, err := png.Decode(bytes.NewReader(content))
		if err != nil {
			return err
		}
		all.Image = append(all.Image, paletted(frame))
		all.Delay = append(all.Delay, delay)
	}
	differences(&all)
	var content bytes.Buffer
	if err := gif.EncodeAll(&content, &all); err != nil {
		return err
	}
	return os.WriteFile(out, content.Bytes(), 0o644)
}

// drawn renders a screen.
func drawn(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	ink, paper := draw.NewTheme(termenv.TrueColor, true).Paper()
	return picture.Of(strings.TrimRight(string(text), "\n"), ink, paper).PNG()
}

// paletted reduces an image to half its size and 256 colours, the most frequent ones.
func paletted(img image.Image) *image.Paletted {
	b := img.Bounds()
	w, h := b.Dx()/2, b.Dy()/2
	half := image.NewRGBA(image.Rect(0, 0, w, h))
	count := map[color.RGBA]int{}
	for y := range h {
		for x := range w {
			var sum [3]int
			for _, d := range [4][2]int{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
				r, g, b, _ := img.At(2*x+d[0], 2*y+d[1]).RGBA()
				sum[0], sum[1], sum[2] = sum[0]+int(r>>8), sum[1]+int(g>>8), sum[2]+int(b>>8)
			}
			c := color.RGBA{step(sum[0]), step(sum[1]), step(sum[2]), 255}
			half.SetRGBA(x, y, c)
			count[c]++
		}
	}
	out := image.NewPaletted(half.Bounds(), frequent(count))
	known := map[color.RGBA]uint8{}
	for y := range h {
		for x := range w {
			c := half.RGBAAt(x, y)
			i, ok := known[c]
			if !ok {
				i = uint8(out.Palette[1:].Index(c) + 1)
				known[c] = i
			}
			out.SetColorIndex(x, y, i)
		}
	}
	return out
}

// step averages four parts of a colour, in steps that leave few of them.
func step(sum int) uint8 { return uint8(min(sum/4/12*12+6, 255)) }

// frequent returns a palette: a transparent colour, and the most frequent ones.
func frequent(count map[color.RGBA]int) color.Palette {
	out := color.Palette{color.RGBA{}}
	for len(out) < 256 && len(count) > 0 {
		best, most := color.RGBA{}, -1
		for c, n := range count {
			if n > most || n == most && less(c, best) {
				best, most = c, n
			}
		}
		delete(count, best)
		out = append(out, best)
	}
	return out
}

func less(a, b color.RGBA) bool {
	return a.R < b.R || a.R == b.R && (a.G < b.G || a.G == b.G && a.B < b.B)
}

// differences makes what does not change from one frame to the next transparent.
func differences(all *gif.GIF) {
	for i := len(all.Image) - 1; i > 0; i-- {
		before, now := all.Image[i-1], all.Image[i]
		if before.Bounds() != now.Bounds() {
			continue
		}
		for p := range now.Pix {
			if now.Palette[now.Pix[p]] == before.Palette[before.Pix[p]] {
				now.Pix[p] = 0
			}
		}
	}
	all.Disposal = make([]byte, len(all.Image))
	for i := range all.Disposal {
		all.Disposal[i] = gif.DisposalNone
	}
}
