package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"strings"
	"testing"

	"descent/tui/draw"
	"descent/tui/internal/check"
)

var ink, paper = draw.RGB{R: 200, G: 200, B: 208}, draw.RGB{R: 22, G: 22, B: 30}

func TestCellsHaveTheirColours(t *testing.T) {
	p := Of("a\x1b[1;38;5;196mb\x1b[0;48;2;1;2;3mc\x1b[0m\x1b[7md\x1b[m\x1b[95me", ink, paper)
	if p.W != 5 || p.H != 1 {
		t.Fatalf("it has %d×%d cells", p.W, p.H)
	}
	for i, want := range []cell{
		{"a", ink, paper, false, false},
		{"b", draw.RGB{R: 255}, paper, false, true},
		{"c", ink, draw.RGB{R: 1, G: 2, B: 3}, true, false},
		{"d", paper, ink, true, false},
		{"e", draw.RGB{R: 214, G: 112, B: 214}, paper, false, false},
	} {
		if got := p.cells[i]; got != want {
			t.Errorf("cell %d is %+v, not %+v", i, got, want)
		}
	}
}

func TestTextIsThatOfTheScreen(t *testing.T) {
	screen := "\x1b[31mlöss\x1b[0m 漢字 x  \n  ─┼─ \n"
	if got, want := Of(screen, ink, paper).Text(), "löss 漢字 x\n  ─┼─\n\n"; got != want {
		t.Errorf("the text is %q, not %q", got, want)
	}
}

func TestAnSVGIsWellFormedAndHoldsTheText(t *testing.T) {
	svg := Of("loss <&\"> \x1b[32m●\x1b[0m ─┐\n█▄⣿ e\u0301", ink, paper).SVG()
	d := xml.NewDecoder(bytes.NewReader(svg))
	var text strings.Builder
	paths := 0
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		switch tok := tok.(type) {
		case xml.CharData:
			text.Write(tok)
		case xml.StartElement:
			if tok.Name.Local == "path" {
				paths++
			}
		}
	}
	if got := strings.Join(strings.Fields(text.String()), " "); got != "loss <&\"> e\u0301" {
		t.Errorf("the text is %q", got)
	}
	if paths != 3 {
		t.Errorf("there are %d paths in\n%s", paths, svg)
	}
}

func TestAPNGHasTheColoursOfItsCells(t *testing.T) {
	content, err := Of("█ \x1b[38;5;196m█\x1b[0mx漢", ink, paper).PNG()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != 6*cellW*sharpness || b.Dy() != cellH*sharpness {
		t.Errorf("it has %v", b)
	}
	for x, want := range []draw.RGB{ink, paper, {R: 255}} {
		r, g, b, _ := img.At(x*cellW*sharpness+5, 20).RGBA()
		if got := (draw.RGB{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8)}); got != want {
			t.Errorf("cell %d is %v, not %v", x, got, want)
		}
	}
}

// Whatever is drawn on the screen beside letters has a shape within its cell.
func TestShapesStayInTheirCells(t *testing.T) {
	for r := rune(0x2500); r < 0x2900; r++ {
		s, _ := shapeOf(r)
		for _, outline := range s.outlines {
			for _, q := range outline {
				if q.x < -0.01 || q.x > 1.01 || q.y < -0.01 || q.y > 2.01 {
					t.Errorf("%c reaches to %v", r, q)
				}
			}
		}
	}
	for _, r := range "─━│┃┌┐└┘╭╮╰╯┏┓┗┛├┤┬┴┼▁▂▃▄▅▆▇█▏▎▍▌▋▊▉▀░▒▓●○▲△■□◆◇★•·▶▸▷◂✓✗╌╴╶‖⠿" {
		if _, ok := shapeOf(r); !ok {
			t.Errorf("%c is left to a font", r)
		}
	}
}

// Whatever is on a screen, its pictures can be read, and its text orders a terminal
// nothing.
func FuzzPicture(f *testing.F) {
	for _, screen := range []string{"loss <&\"> \x1b[32m●\x1b[0m ─┐\n█▄⣿ e\u0301", "\x1b[", "\x1b[38", "\x1b[38;2m", "\x1b[48;5;99999999999999999999ma", "\x1b[-1mx", "\x1b]0;a\ab", "\u0301", "漢\x1b[7m字", "\x00\x01\xff\xfe", "\x1b", "\x1b[31", "a\x1b", "\x1b[é", "]]>\ufffe\uffff", "\u202e\u009b2J", check.Hostile} {
		f.Add(screen)
	}
	f.Fuzz(func(t *testing.T, screen string) {
		if len(screen) > 2000 {
			return
		}
		p := Of(screen, ink, paper)
		d := xml.NewDecoder(bytes.NewReader(p.SVG()))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%q: %v", screen, err)
			}
		}
		if p.W*p.H < 400 && p.W > 0 {
			content, err := p.PNG()
			if err != nil {
				t.Fatalf("%q: %v", screen, err)
			}
			if _, err := png.Decode(bytes.NewReader(content)); err != nil {
				t.Fatalf("%q: %v", screen, err)
			}
		}
		if strings.Contains(p.Text(), "\x1b") {
			t.Fatalf("%q: the text is %q", screen, p.Text())
		}
	})
}
