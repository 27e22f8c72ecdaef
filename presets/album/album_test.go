package album_test

import (
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/core/data"
	"descent/presets/album"
)

// picture writes an image of one colour, in the format of its ending.
func picture(t *testing.T, path string, w, h int, c color.Color) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	var m interface {
		image.Image
		Set(x, y int, c color.Color)
	} = image.NewRGBA(image.Rect(0, 0, w, h))
	if _, grey := c.(color.Gray); grey {
		m = image.NewGray(image.Rect(0, 0, w, h))
	}
	for y := range h {
		for x := range w {
			m.Set(x, y, c)
		}
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	switch filepath.Ext(path) {
	case ".jpg":
		err = jpeg.Encode(f, m, &jpeg.Options{Quality: 100})
	case ".gif":
		err = gif.Encode(f, m, nil)
	default:
		err = png.Encode(f, m)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir string, size []int, grey bool) (*data.Table, []string) {
	t.Helper()
	content, notes, err := album.Arrays(dir, size, grey)
	if err != nil {
		t.Fatal(err)
	}
	spec := data.NewSpec()
	spec.Layout = "hwc"
	table, err := data.Read(dir, content, nil, spec)
	if err != nil {
		t.Fatal(err)
	}
	return table, notes
}

func TestAFolderOfAFolderForEachClass(t *testing.T) {
	dir := t.TempDir()
	grey := color.Gray{51}
	picture(t, filepath.Join(dir, "größe", "1.png"), 4, 3, grey)
	picture(t, filepath.Join(dir, "größe", "2.png"), 4, 3, grey)
	picture(t, filepath.Join(dir, "b", "1.png"), 8, 6, color.Gray{255})
	if err := os.WriteFile(filepath.Join(dir, "b", "Thumbs.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !album.Is(dir) || album.Is(filepath.Join(dir, "b")) || album.Is(filepath.Join(dir, "none")) {
		t.Error("a folder of images is not told from others")
	}
	table, notes := read(t, dir, nil, false)
	if table.Rows != 3 || len(table.Inputs) != 12 || strings.Join(table.Targets[0].Words, " ") != "b größe größe" {
		t.Errorf("%d rows of %d inputs, classes %v", table.Rows, len(table.Inputs), table.Targets[0].Words)
	}
	if table.X[0] != 1 || table.X[12] != 0.2 {
		t.Errorf("pixels %v and %v", table.X[0], table.X[12])
	}
	if said := strings.Join(notes, "; "); !strings.Contains(said, "1 of 3 images are made 3×4 pixels") || !strings.Contains(said, "1 file of") {
		t.Errorf("it says %s", said)
	}
	picture(t, filepath.Join(dir, "b", "2.jpg"), 4, 3, color.RGBA{255, 0, 0, 255})
	picture(t, filepath.Join(dir, "b", "3.gif"), 4, 3, color.RGBA{0, 0, 255, 255})
	if table, _ = read(t, dir, nil, false); len(table.Inputs) != 36 || table.X[36] < 0.95 || table.X[37] > 0.05 {
		t.Errorf("%d inputs of coloured images, the first of red %v", len(table.Inputs), table.X[36:39])
	}
	if table, _ = read(t, dir, []int{2, 5}, true); len(table.Inputs) != 10 {
		t.Errorf("%d inputs of images made 2×5 and grey", len(table.Inputs))
	}
}

func TestFoldersOfTrainingAndValidation(t *testing.T) {
	dir := t.TempDir()
	for _, part := range []string{"train/a", "train/b", "val/a", "val/b"} {
		picture(t, filepath.Join(dir, part, "1.png"), 2, 2, color.Gray{9})
	}
	if table, _ := read(t, dir, nil, false); table.Rows != 4 || table.Held != 2 {
		t.Errorf("%d rows, of which %d are held out", table.Rows, table.Held)
	}
}

func TestWhatIsNoImageIsNamed(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "a", "broken.png")
	picture(t, broken, 2, 2, color.Gray{9})
	if err := os.WriteFile(broken, []byte("\x89PNG\r\n\x1a\nnothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := album.Arrays(dir, nil, false); err == nil || !strings.HasPrefix(err.Error(), broken+": ") {
		t.Errorf("it says %v", err)
	}
	huge := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x00\x00\x00\x00")
	if err := os.WriteFile(broken, append(huge, 0, 0, 0, 0), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := album.Arrays(dir, nil, false); err == nil || !strings.HasPrefix(err.Error(), broken+": ") {
		t.Errorf("of a bomb it says %v", err)
	}
}
