package stage

import "testing"

func TestThePanesNeverOverlapAndFillTheBody(t *testing.T) {
	for i, v := range views {
		for w := 50; w < 220; w += 7 {
			for h := 11; h < 70; h += 3 {
				l := arrangement{slots: v.slots, rows: map[id]int{networkPane: 8, timelinePane: 3}, strip: map[id]bool{timelinePane: true}}
				for _, l.focus = range l.order() {
					covers(t, i, w, h, layout(w, h, &l), l.focus)
				}
			}
		}
	}
}

// covers checks that places cover every cell of a body once, and that the pane with
// the focus is among them.
func covers(t *testing.T, view, w, h int, places []Place, focus id) {
	t.Helper()
	taken := make([]bool, w*h)
	focused := false
	for _, p := range places {
		focused = focused || p.pane == focus && !p.Strip
		if p.X < 0 || p.Y < 0 || p.X+p.W > w || p.Y+p.H > h || p.W < 4 || p.H < 3 && !p.Strip {
			t.Fatalf("view %d: pane %d at %+v leaves the body of %d×%d", view, p.pane, p.rect, w, h)
		}
		for y := p.Y; y < p.Y+p.H; y++ {
			for x := p.X; x < p.X+p.W; x++ {
				if taken[y*w+x] {
					t.Fatalf("view %d: two panes at %d, %d of %d×%d", view, x, y, w, h)
				}
				taken[y*w+x] = true
			}
		}
	}
	for i, cell := range taken {
		if !cell {
			t.Fatalf("view %d: nothing at %d, %d of %d×%d", view, i%w, i/w, w, h)
		}
	}
	if !focused {
		t.Fatalf("view %d: pane %d has the focus and is not shown in %d×%d", view, focus, w, h)
	}
}
