// Package album reads a folder of images, a folder for each class, as one file of arrays
// (NPZ), which is what the rest reads.
package album

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // the formats of images
	_ "image/jpeg"
	_ "image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"descent/core/input"

	"golang.org/x/image/draw"
)

const (
	mostFile   = 64 << 20 // bytes of an image
	mostPixels = 1 << 26  // of an image, before it is made smaller
	mostCells  = 1 << 28  // numbers of all images
	widest     = 64       // height and width of images where nobody asks for a size
)

// parts are the names of folders of training, validation and test images.
var parts = map[string]string{
	"train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "test": "test", "testing": "test",
}

// picture is a file of an image.
type picture struct {
	path, class, part string
	w, h              int
	grey              bool
}

// isImage tells by the ending of a name.
func isImage(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif":
		return !strings.HasPrefix(name, ".")
	}
	return false
}

// Is tells whether a path is a folder with folders of images in it.
func Is(path string) bool {
	entries, err := os.ReadDir(path)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		below := filepath.Join(path, e.Name())
		if parts[strings.ToLower(e.Name())] != "" && Is(below) {
			return true
		}
		files, _ := os.ReadDir(below)
		if slices.ContainsFunc(files, func(f fs.DirEntry) bool { return isImage(f.Name()) }) {
			return true
		}
	}
	return false
}

// Arrays are the images of a folder: x of bytes, rows×height×width or with three
// channels last, and y of the names of their folders; with a folder train and one of
// val or test in it the arrays are x_train, y_train and so on. size is [height, width],
// by default the commonest of the images, at most 64 each; grey makes coloured images
// grey. The classes and the images within are in the order of their names.
func Arrays(dir string, size []int, grey bool) (content []byte, notes []string, err error) {
	all, other, err := list(dir)
	if err != nil {
		return nil, nil, err
	}
	if len(all) == 0 {
		return nil, nil, fmt.Errorf("%s: there is no image in it: a folder of images has a folder for each class, with PNG or JPEG files", dir)
	}
	coloured := false
	for i := range all {
		if err := all[i].measure(); err != nil {
			return nil, nil, err
		}
		coloured = coloured || !all[i].grey
	}
	h, w := commonest(all)
	if len(size) > 0 {
		if len(size) != 2 || size[0] < 1 || size[1] < 1 || size[0] > 1<<12 || size[1] > 1<<12 {
			return nil, nil, fmt.Errorf("data.size is [height, width], each from 1 to 4096, not %v", size)
		}
		h, w = size[0], size[1]
	}
	channels := 1
	if coloured && !grey {
		channels = 3
	}
	if n := float64(len(all)) * float64(h*w*channels); n > mostCells {
		return nil, nil, fmt.Errorf("%s: %d images of %d×%d would make more than 2^28 numbers; give a smaller data.size", dir, len(all), h, w)
	}
	resized := 0
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, part := range []string{"", "train", "val", "test"} {
		of := slices.DeleteFunc(slices.Clone(all), func(p picture) bool { return p.part != part })
		if len(of) == 0 {
			continue
		}
		pixels := make([]byte, 0, len(of)*h*w*channels)
		names := make([]string, len(of))
		for i, p := range of {
			if p.h != h || p.w != w {
				resized++
			}
			if pixels, err = p.pixels(pixels, h, w, channels); err != nil {
				return nil, nil, err
			}
			names[i] = p.class
		}
		shape := []int{len(of), h, w}
		if channels > 1 {
			shape = append(shape, channels)
		}
		end := ""
		if part != "" {
			end = "_" + part
		}
		if err := entry(z, "x"+end, "|u1", shape, pixels); err != nil {
			return nil, nil, err
		}
		kind, raw := words(names)
		if err := entry(z, "y"+end, kind, shape[:1], raw); err != nil {
			return nil, nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, nil, err
	}
	if resized > 0 {
		notes = append(notes, fmt.Sprintf("%d of %d images are made %d×%d pixels (data.size says otherwise)", resized, len(all), h, w))
	}
	if other > 0 {
		files := "files of " + dir + " are no images, and are"
		if other == 1 {
			files = "file of " + dir + " is no image, and is"
		}
		notes = append(notes, fmt.Sprintf("%d %s left out", other, files))
	}
	return out.Bytes(), notes, nil
}

// list finds the images, in order; other is how many files are none.
func list(dir string) (all []picture, other int, err error) {
	split := 0 // folders of parts, with classes in them
	if err := below(dir, func(path string, e fs.DirEntry) error {
		if parts[strings.ToLower(e.Name())] != "" && Is(path) {
			split++
		}
		return nil
	}); err != nil {
		return nil, 0, err
	}
	class := func(part string) func(path string, e fs.DirEntry) error {
		return func(path string, e fs.DirEntry) error {
			if !e.IsDir() {
				other++
				return nil
			}
			name := e.Name()
			return below(path, func(path string, e fs.DirEntry) error {
				if e.IsDir() || !isImage(e.Name()) {
					other++
					return nil
				}
				all = append(all, picture{path: path, class: name, part: part})
				return nil
			})
		}
	}
	err = below(dir, func(path string, e fs.DirEntry) error {
		part := parts[strings.ToLower(e.Name())]
		switch {
		case split < 2:
			return class("")(path, e)
		case part == "" || !e.IsDir(): // what is in no part has no place
			other++
			return nil
		}
		return below(path, class(part))
	})
	return all, other, err
}

// below goes through what lies in a folder and is not hidden, by names.
func below(dir string, told func(path string, e fs.DirEntry) error) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if err := told(filepath.Join(dir, e.Name()), e); err != nil {
			return err
		}
	}
	return nil
}

// measure reads the size from the head of the file.
func (p *picture) measure() error {
	content, err := input.Read(p.path, mostFile)
	if err != nil {
		return err
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return fmt.Errorf("%s: the image cannot be read (%w); take it out of the folder", p.path, err)
	}
	if c.Width < 1 || c.Height < 1 || float64(c.Width)*float64(c.Height) > mostPixels {
		return fmt.Errorf("%s: the image says to have %d×%d pixels; the most is 2^26", p.path, c.Height, c.Width)
	}
	p.w, p.h = c.Width, c.Height
	p.grey = c.ColorModel == color.GrayModel || c.ColorModel == color.Gray16Model
	return nil
}

// commonest is the size that most images have, the smaller of equals, cut to what is
// taken where nobody asks for a size.
func commonest(all []picture) (h, w int) {
	counts := map[[2]int]int{}
	for _, p := range all {
		counts[[2]int{p.h, p.w}]++
	}
	var best [2]int
	for s, n := range counts {
		if m := counts[best]; n > m || n == m && (s[0] < best[0] || s[0] == best[0] && s[1] < best[1]) {
			best = s
		}
	}
	h, w = best[0], best[1]
	if top := max(h, w); top > widest {
		h, w = max(1, h*widest/top), max(1, w*widest/top)
	}
	return h, w
}

// pixels appends the numbers of the image, made to a size.
func (p picture) pixels(to []byte, h, w, channels int) ([]byte, error) {
	content, err := input.Read(p.path, mostFile)
	if err != nil {
		return nil, err
	}
	decoded, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%s: the image cannot be read (%w); take it out of the folder", p.path, err)
	}
	bounds := image.Rect(0, 0, w, h)
	rgba := image.NewRGBA(bounds)
	draw.Draw(rgba, bounds, image.White, image.Point{}, draw.Src) // behind what lets through
	if b := decoded.Bounds(); b.Dx() == w && b.Dy() == h {
		draw.Draw(rgba, bounds, decoded, b.Min, draw.Over)
	} else {
		draw.BiLinear.Scale(rgba, bounds, decoded, b, draw.Over, nil)
	}
	for i := 0; i < len(rgba.Pix); i += 4 {
		if channels == 3 {
			to = append(to, rgba.Pix[i:i+3]...)
			continue
		}
		to = append(to, color.GrayModel.Convert(color.RGBA{rgba.Pix[i], rgba.Pix[i+1], rgba.Pix[i+2], 255}).(color.Gray).Y)
	}
	return to, nil
}

// words are names as an array of UTF-32, all of the length of the longest.
func words(names []string) (kind string, raw []byte) {
	longest := 1
	for _, n := range names {
		longest = max(longest, len([]rune(n)))
	}
	for _, n := range names {
		letters := []rune(n)
		for i := range longest {
			r := rune(0)
			if i < len(letters) {
				r = letters[i]
			}
			raw = binary.LittleEndian.AppendUint32(raw, uint32(r))
		}
	}
	return "<U" + strconv.Itoa(longest), raw
}

// entry writes an array of NPY, version 2.
func entry(z *zip.Writer, name, kind string, shape []int, raw []byte) error {
	var sizes strings.Builder
	for _, n := range shape {
		sizes.WriteString(strconv.Itoa(n) + ",")
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, sizes.String())
	header += strings.Repeat(" ", 63-(len(header)+12)%64) + "\n"
	w, err := z.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
	if err != nil {
		return err
	}
	head := append([]byte("\x93NUMPY\x02\x00"), binary.LittleEndian.AppendUint32(nil, uint32(len(header)))...)
	for _, b := range [][]byte{head, []byte(header), raw} {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}
