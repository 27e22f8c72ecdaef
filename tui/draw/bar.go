package draw

import "strings"

// Bar renders a bar that fills a fraction of w cells, to an eighth of a cell.
func Bar(share float64, w int) string {
	eighths := Round(Clamp(share, 0) * float64(w) * 8)
	text := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		text += string([]rune("▏▎▍▌▋▊▉")[rest-1])
	}
	return text
}

// Sparkline renders a histogram in one line.
func Sparkline(counts []int) string {
	top := 0
	for _, c := range counts {
		top = max(top, c)
	}
	var out strings.Builder
	for _, c := range counts {
		if c == 0 || top == 0 {
			out.WriteByte(' ')
			continue
		}
		out.WriteRune([]rune("▁▂▃▄▅▆▇█")[(c*8-1)/top])
	}
	return out.String()
}

// Progress renders a progress bar in w cells.
func Progress(done, total, w int) string {
	full := min(done*w/max(total, 1), w)
	return strings.Repeat("━", full) + strings.Repeat("╌", w-full)
}
