package data

import (
	"fmt"
	"strings"

	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
)

const teacherView = "teacher, student, label"

func teacherProbe(e *sheet, f *live.Frame, _, _ int) live.Probe {
	e.page = min(e.page, probe.Rows(f.Data)-1)
	return probe.Distillation{Row: e.page}
}

// teacher compares the predictions of teacher and student for one row with its
// label: a bar for each class, at the temperature of distillation.
func (e *sheet) teacher(f *live.Frame, found any, w, h int) []string {
	v, ok := found.(probe.Verdict)
	if !ok {
		return nil
	}
	head := fmt.Sprintf("%s row %d of %d: %s", judgedBy(f.Data), v.Row+1, v.Of, f.Data.Targets[v.Truth])
	soft := e.t.Muted.Render(fmt.Sprintf("at temperature %s", draw.Significant(v.Temperature)))
	out := []string{e.t.Text.Render(head)}
	if !v.HasTeacher {
		out = append(out, e.t.Muted.Lines(draw.Wrap("There is no teacher: a preset names one under [teacher], or A sets one.", w))...)
	} else {
		out = append(out, soft)
	}
	image, height, width := picture(f.Data)
	if image && h > len(out)+len(v.Student)+3+(height+1)/2 { // if there is room
		low, high := limits(rawOf(f.Data, v.Input))
		a := album{shrink: 1, grow: 1, w: width, h: (height + 1) / 2}
		out = append(out, e.paint(f.Data, rawOf(f.Data, v.Input), low, high, nil, a, a.h).Lines()...)
	}
	name := 1
	for _, c := range f.Data.Targets {
		name = max(name, draw.Width(c))
	}
	name = min(name, max(w/4, 2))
	sides := 1
	if v.HasTeacher {
		sides = 2
	}
	bar := max((w-name-3)/sides-6, 1)
	title := strings.Repeat(" ", name+2) + e.t.Train.Render(draw.FitLine("student", bar+6))
	if v.HasTeacher {
		title += e.t.Val.Render(draw.FitLine("teacher", bar+6))
	}
	out = append(out, draw.FitLine(title, w))
	for i, c := range f.Data.Targets {
		mark, style := " ", e.t.Text
		if i == v.Truth {
			mark, style = "▸", e.t.Good
		}
		line := style.Render(mark+draw.FitLine(c, name)) + " "
		student := v.Student
		if v.HasTeacher {
			student = v.SoftStudent
		}
		line += e.t.Train.Render(draw.FitLine(draw.Bar(student[i], bar), bar)) + e.t.Text.Render(draw.Between("", draw.ShortPercent(student[i]), 5)) + " "
		if v.HasTeacher {
			line += e.t.Val.Render(draw.FitLine(draw.Bar(v.SoftTeacher[i], bar), bar)) + e.t.Text.Render(draw.Between("", draw.ShortPercent(v.SoftTeacher[i]), 5))
		}
		out = append(out, line)
	}
	return out
}
