package data

import (
	"strings"
	"testing"

	"descent/core"
	"descent/core/data"
	"descent/presets"
	"descent/tui/internal/frames"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

func TestACaptionKeepsItsNumberWhole(t *testing.T) {
	for _, c := range []struct {
		truth, guess string
		share        float64
		w            int
		want         string
	}{
		{"Dress", "Shirt", 0.95, 14, "Dre…→Shirt 95%"},
		{"T-shirt", "Dress", 0.71, 14, "T-s…→Dress 71%"},
		{"Shirt", "T-shirt", 1, 8, "S→T 100%"},
		{"1", "8", 1, 8, "1→8 100%"},
		{"Bag", "Sneaker", 0.5, 14, "Bag→Sneak… 50%"},
		{"Sneaker", "", 0.99, 8, "Sne… 99%"},
	} {
		got := caption(c.truth, c.guess, c.share, c.w)
		if got != c.want || ansi.StringWidth(got) > c.w {
			t.Errorf("in %d cells %q, want %q", c.w, got, c.want)
		}
	}
}

func TestImagesGrowWhereThereIsRoomForMany(t *testing.T) {
	for _, c := range []struct{ size, w, h, shrink, grow int }{
		{8, 38, 13, 1, 1},
		{8, 118, 31, 1, 2},
		{8, 198, 50, 1, 3},
		{28, 38, 13, 3, 1},
		{28, 198, 50, 1, 1},
	} {
		a := layAlbum(c.size, c.size, c.w, c.h)
		if a.shrink != c.shrink || a.grow != c.grow {
			t.Errorf("%d×%d pixels in %d×%d cells: shrunk %d, enlarged %d times, want %d and %d", c.size, c.size, c.w, c.h, a.shrink, a.grow, c.shrink, c.grow)
		}
		if a.across*(a.w+1)-1 > c.w || a.down*a.h > c.h {
			t.Errorf("%d×%d pixels do not fit %d×%d cells: %+v", c.size, c.size, c.w, c.h, a)
		}
	}
}

// colours is a data set of core/testdata, three channels first or last.
func colours(t *testing.T, layout string) *data.Set {
	t.Helper()
	preset := "[data]\nfile = \"" + layout + "3.npy\"\nlabels = \"labels.npy\"\nlayout = \"" + layout + "\"\n[model]\nlayers = [72, 2]\n[loss]\nname = \"mse\"\n"
	r, err := presets.Decode("../../../core/testdata/images/case.toml", []byte(preset))
	if err != nil {
		t.Fatal(err)
	}
	tr, err := core.New(r, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	return tr.Data()
}

func TestAPictureIsTheSameHoweverItsChannelsLie(t *testing.T) {
	first, last := colours(t, "chw"), colours(t, "hwc")
	if first.Last || !last.Last {
		t.Fatal("the two sets lie alike")
	}
	e := New(frames.Colored(termenv.TrueColor))
	for _, a := range []album{layAlbum(4, 6, 60, 20), layAlbum(4, 6, 9, 4)} {
		for _, hot := range []bool{false, true} {
			var drawn []string
			for _, d := range []*data.Set{first, last} {
				row := d.Train.X.Data[:72]
				var heat []float64
				if hot {
					heat = make([]float64, 72)
					heat[d.At(1, 2, 3)], heat[d.At(2, 0, 5)] = 1, 0.5
				}
				drawn = append(drawn, strings.Join(e.paint(d, row, 0, 1, heat, a, a.h-1).Lines(), "\n"))
			}
			if drawn[0] != drawn[1] {
				t.Errorf("%+v, coloured by what counts: %v\n%s\n%s", a, hot, drawn[0], drawn[1])
			}
		}
	}
}
