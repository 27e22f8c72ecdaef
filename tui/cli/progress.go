package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"descent/core"
	"descent/presets"
	"descent/tui/draw"
	"descent/tui/terminal"
)

// shelf finds what recipes name, and says on stderr how far a preset is that has
// to be trained first.
func shelf(ctx context.Context, quiet bool) presets.Files {
	p := newProgress()
	var mu sync.Mutex // the runs of a race tell it from several goroutines
	return presets.Files{Cache: presets.CacheDir(), Told: func(preset string, done, total int) error {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case quiet:
		case done < total:
			p.say(done, total, fmt.Sprintf("training %s first: step %d of %d", preset, done, total))
		default:
			p.end()
		}
		return ctx.Err()
	}, Read: func(file string, done, total int64) error {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case quiet:
		case done < total:
			p.say(int(done>>10), int(total>>10), readSoFar(file, done, total))
		default:
			p.wipe()
		}
		return ctx.Err()
	}}
}

// readSoFar says how far the reading of a file is.
func readSoFar(file string, done, total int64) string {
	return fmt.Sprintf("reading %s: %d %% of %d MB", filepath.Base(file), 100*done/max(total, 1), total/2/1_000_000)
}

// progress is a bar on a terminal, a line now and then elsewhere.
type progress struct {
	out      printer
	terminal bool
	next     time.Time
	drawn    bool
}

// newProgress shows on stderr.
func newProgress() *progress {
	return &progress{out: stderr, terminal: stderr.terminal() && os.Getenv("TERM") != "dumb"}
}

func (p *progress) show(done, total int, last core.Report) {
	if time.Now().Before(p.next) && done != total {
		return
	}
	p.say(done, total, measured(done, total, last))
}

// measured is what a step came to, in a line.
func measured(done, total int, last core.Report) string {
	text := fmt.Sprintf("step %d of %d  loss %.4g", done, total, last.Loss)
	if last.Evaluated && last.HasVal {
		text += fmt.Sprintf("  val_loss %.4g", last.ValLoss)
		if last.HasAccuracy {
			text += fmt.Sprintf("  val_accuracy %.4f", last.ValAccuracy)
		}
	}
	if last.Evaluated && last.HasOld {
		if last.HasAccuracy {
			text += fmt.Sprintf("  old_accuracy %.4f", last.OldAccuracy)
		} else {
			text += fmt.Sprintf("  old_loss %.4g", last.OldLoss)
		}
	}
	for _, score := range last.Scores {
		text += "  " + score.Name + " " + draw.Significant(score.Value)
	}
	return text
}

// say shows how far something has come, if it is time.
func (p *progress) say(done, total int, text string) {
	now := time.Now()
	if now.Before(p.next) && done != total {
		return
	}
	if !p.terminal {
		p.next = now.Add(2 * time.Second)
		p.out.printf("%s\n", text)
		return
	}
	p.next, p.drawn = now.Add(100*time.Millisecond), true
	full := done * 20 / total
	text = draw.Line(text)
	if f, ok := p.out.to.(*os.File); ok {
		if w := terminal.Columns(f); w > 0 { // a line that wraps could not be replaced
			text = draw.Cut(text, max(w-22, 0))
		}
	}
	p.out.draw("\r\x1b[K" + strings.Repeat("━", full) + strings.Repeat("╌", 20-full) + " " + text)
}

// end leaves the last line where it is.
func (p *progress) end() {
	if p.drawn {
		p.out.printf("\n")
	}
	p.drawn = false
}

// wipe takes the last line away.
func (p *progress) wipe() {
	if p.drawn {
		p.out.draw("\r\x1b[K")
	}
	p.drawn = false
}
