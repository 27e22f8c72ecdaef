package cli

import (
	"fmt"
	"math"
	"strings"
	"time"

	"descent/session/study"
	"descent/tui/draw"
)

// searchProgress says on stderr how far a search has come.
type searchProgress struct {
	bar   *progress
	quiet bool
	began time.Time
	first int // trials that were done before
	said  string
}

func newSearchProgress(s *study.Study, quiet bool) *searchProgress {
	return &searchProgress{bar: newProgress(), quiet: quiet, began: time.Now(), first: ended(s.Reading())}
}

// ended is the number of trials that are over.
func ended(r *study.Reading) int { return r.Counts.Complete + r.Counts.Pruned + r.Counts.Failed }

// spent is how long the command has worked.
func (p *searchProgress) spent() time.Duration { return time.Since(p.began) }

// show says what a reading has come to.
func (p *searchProgress) show(r *study.Reading) {
	if p.quiet {
		return
	}
	if r.Ending {
		done, total := 0, 0
		for _, c := range r.Candidates {
			done, total = done+len(c.Values), total+c.Of
		}
		if total > 0 {
			p.say(done, total, fmt.Sprintf("fresh seeds: %d of %d runs  %s", done, total, bestText(r)))
		}
		return
	}
	done, total := ended(r), max(r.Plan.Trials, r.Counts.Total, 1)
	text := fmt.Sprintf("trial %d of %d", done, total)
	if r.Plan.Trials == 0 {
		text, total = fmt.Sprintf("trial %d", done), max(done, 1)
	}
	if n := r.Counts.Running; n > 0 {
		text += fmt.Sprintf(", %d running", n)
	}
	if n := r.Counts.Waiting; n > 0 {
		text += fmt.Sprintf(", %d waiting", n)
	}
	if r.Plan.Paused {
		text += ", paused"
	}
	if left := p.left(done, r.Plan.Trials); left != "" {
		text += ", " + left + " left"
	}
	text += "  " + bestText(r)
	p.say(min(done, total), total, text)
}

// say shows a text, unless it stands there already.
func (p *searchProgress) say(done, total int, text string) {
	if text != p.said {
		p.said = text
		p.bar.say(done, total, text)
	}
}

// bestText names the best so far.
func bestText(r *study.Reading) string {
	if r.Best < 0 {
		return "none complete yet"
	}
	t := r.Trials[r.Best]
	if len(r.Spec.Objectives) == 2 {
		return fmt.Sprintf("%d on the front", len(r.Front))
	}
	return fmt.Sprintf("best %s %.4g (%s)", metricOf(r.Spec, 0), valueOf(r.Spec, 0, t.Values[0]), t.Point)
}

// left is about how long the search takes yet.
func (p *searchProgress) left(done, total int) string {
	own := done - p.first
	if own < 2 || total <= done {
		return ""
	}
	return span(time.Duration(float64(p.spent()) / float64(own) * float64(total-done)))
}

// span is a duration as people say it.
func span(d time.Duration) string {
	switch {
	case d < 100*time.Second:
		return fmt.Sprintf("%.0f s", math.Max(d.Seconds(), 0))
	case d < 100*time.Minute:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}

// metricOf is what an objective is about, without its sign.
func metricOf(s study.Spec, i int) string { return strings.TrimPrefix(s.Objectives[i], "-") }

// valueOf is the value of an objective as it is measured.
func valueOf(s study.Spec, i int, v float64) float64 {
	if strings.HasPrefix(s.Objectives[i], "-") {
		return -v
	}
	return v
}

func or(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// shellWord is a text as a shell takes it as one word.
func shellWord(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./=:,+@", r)
	}
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(draw.Line(text), "'", `'\''`) + "'"
}
