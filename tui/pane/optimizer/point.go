package optimizer

import (
	"descent/core/microscope"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Point chooses a frame on the line of frames, a tensor in the table, a weight on the
// map; the wheel goes through the tensors.
func (p *Pane) Point(f *live.Frame, e intent.Pointing) tea.Msg {
	v, ok := p.view(f)
	if !ok {
		return nil
	}
	follow := func(tensor, weight int) {
		p.follow(f, microscope.Step{Tensor: draw.Modulo(tensor, len(v.Tensors)), Weight: weight, Row: p.asked.Row})
	}
	switch e.Gesture {
	case intent.Wheel:
		follow(p.tensor(v)+e.Wheel, -1)
		return nil
	case intent.Press:
	default:
		return nil
	}
	wide := p.wide(v, e.W, e.H)
	head := p.head(f, v, e.W, wide)
	table, _ := p.table(v, p.tensor(v), e.W, p.tableRoom(v, e.H-len(head)))
	switch row := e.Y - (e.H - len(table) + 1); {
	case e.Y == 1 && !wide:
		at := 0
		for i, st := range stages {
			if at += draw.Width(st.name) + 5; e.X < at {
				p.frame = i
				break
			}
		}
	case row >= 0 && row < len(table)-1:
		follow(first(p.tensor(v), len(table)-1, len(v.Tensors))+row, -1)
	case wide && !v.Surface:
		room := p.room(len(head), len(table), e.H)
		lines, heat := p.column(f, v, leftOf(e.W), room)
		if heat == 0 {
			return nil
		}
		if i, ok := pixel(v, leftOf(e.W), heat, e.X, e.Y-len(head)-len(lines)); ok {
			follow(v.Chosen.Tensor, i)
		}
	}
	return nil
}
