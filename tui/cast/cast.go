// Package cast writes a session, replayed, as a recording of a terminal that asciinema
// and its players play (asciicast, version 2:
// https://docs.asciinema.org/manual/asciicast/v2).
package cast

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"descent/core"
	"descent/session"
	"descent/session/disk"
	"descent/session/export/format"
	"descent/tui"
	"descent/tui/draw"

	"github.com/muesli/termenv"
)

// Format is the format for the catalogue of exports.
func Format() format.Format {
	return format.Format{
		Name: "cast", Help: "the session replayed as a recording of a terminal (asciicast), half a minute long",
		Ending: ".cast", Session: true, Write: Write,
	}
}

// The size of the terminal, and how long things last.
const (
	width, height = 120, 36

	screens = 300 // beside those of decisions
	tick    = 0.08
	hold    = 1.2 // seconds on a decision
	ending  = 4.0
)

// Write replays the branch that a session ended on and draws it at equal distances and
// at each decision.
func Write(ctx context.Context, d disk.Disk, s format.Subject, path string) (files, notes []string, err error) {
	if s.Session == nil {
		return nil, nil, errors.New("a recording is of a session, and a model alone has no course; export the log")
	}
	steps := s.Session.Position().Step
	if steps == 0 {
		return nil, nil, errors.New("the session has not taken a step yet; there is nothing to play")
	}
	var out bytes.Buffer
	r := recorder{out: json.NewEncoder(&out)}
	r.out.SetEscapeHTML(false)
	began, _ := time.Parse(time.RFC3339, s.Record.Header.Created)
	if err := r.out.Encode(map[string]any{
		"version": 2, "width": width, "height": height, "timestamp": max(began.Unix(), 0),
		"title": "descent: " + draw.Line(s.Session.Trainer().Recipe().Name), "env": map[string]string{"TERM": "xterm-256color"},
	}); err != nil {
		return nil, nil, err
	}
	decided := map[int]bool{} // after which steps
	for _, m := range s.Session.Marks() {
		decided[m.Step] = true
	}
	every := max(steps/screens, 1)
	var film *tui.Film
	show := func(at *session.Session, playing bool) error {
		if film == nil {
			film = tui.NewFilm(draw.NewTheme(termenv.TrueColor, true), at, width, height)
		}
		return r.frame(film.Screen(ctx, at, playing))
	}
	err = format.Follow(ctx, s, func(at *session.Session, last core.Report) error {
		step := last.Step
		due := decided[step] // the first step under a decision
		if step != 1 && step%every != 0 && step != steps && !due {
			return nil
		}
		if err := show(at, step < steps); err != nil {
			return err
		}
		r.at += tick
		if due {
			r.at += hold
		}
		if step == steps {
			r.at += ending
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	if err := r.write("\x1b[0m\x1b[?25h"); err != nil { // the last screen stays for its time
		return nil, nil, err
	}
	if n := len(s.Session.Branches()) - 1; n > 0 {
		notes = append(notes, fmt.Sprintf("the recording is of the branch that the session ended on; of %d more there is none", n))
	}
	return []string{path}, notes, disk.WriteAll(d, disk.Output{Path: path, Content: out.Bytes()})
}

// recorder writes what a terminal is sent.
type recorder struct {
	out   *json.Encoder
	at    float64 // seconds
	lines []string
}

func (r *recorder) write(text string) error {
	return r.out.Encode([]any{json.Number(fmt.Sprintf("%.3f", r.at)), "o", text})
}

// frame sends the lines that differ from those before.
func (r *recorder) frame(screen string) error {
	var b strings.Builder
	lines := strings.Split(screen, "\n")
	if r.lines == nil {
		b.WriteString("\x1b[?25l\x1b[2J")
	}
	for i, l := range lines {
		if i < len(r.lines) && r.lines[i] == l {
			continue
		}
		fmt.Fprintf(&b, "\x1b[%d;1H\x1b[0m%s\x1b[0m\x1b[K", i+1, l)
	}
	r.lines = lines
	if b.Len() == 0 {
		return nil
	}
	return r.write(b.String())
}
