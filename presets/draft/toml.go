package draft

import (
	"fmt"
	"strings"

	"descent/presets"
)

// described is how many columns a recipe describes in comments.
const described = 60

// TOML is the recipe as a preset file in a folder, with comments.
func (d *Draft) TOML(dir string) ([]byte, error) {
	content, err := presets.Encode(d.Recipe, dir)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString("# A recipe made from a file of data. What was assumed:\n")
	for _, text := range append(d.Assumed[:len(d.Assumed):len(d.Assumed)], d.Notes...) {
		comment(&b, "- "+text)
	}
	b.WriteString("# `descent explain KEY` says what a key does; `descent` with this file opens the workbench.\n\n")
	table := ""
	for line := range strings.Lines(string(content)) {
		text := strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(text, "[") {
			table = strings.Trim(text, "[]") + "."
		}
		key, _, is := strings.Cut(text, " = ")
		if is && d.why[table+key] != "" && len(text) > 60 {
			comment(&b, d.why[table+key])
		}
		b.WriteString(text)
		if is && d.why[table+key] != "" && len(text) <= 60 {
			fmt.Fprintf(&b, "%s# %s", strings.Repeat(" ", max(2, 34-len(text))), line1(d.why[table+key]))
		}
		b.WriteByte('\n')
		if text == "[data]" {
			d.table(&b)
		}
	}
	return []byte(b.String()), nil
}

// table writes the columns as comments.
func (d *Draft) table(b *strings.Builder) {
	rows := [][]string{}
	for i, c := range d.Columns {
		if i == described {
			break
		}
		missing := ""
		if c.Missing > 0 {
			missing = fmt.Sprintf(", %d missing", c.Missing)
		}
		note := ""
		if c.Note != "" {
			note = "; " + c.Note
		}
		rows = append(rows, []string{c.Name, string(c.Role), string(c.Kind), fmt.Sprintf("%s%s → %s%s", cut(c.Values(), 60), missing, c.Becomes(), note)})
	}
	width := [3]int{}
	for _, r := range rows {
		for i := range width {
			width[i] = max(width[i], min(len([]rune(r[i])), 24))
		}
	}
	for _, r := range rows {
		comment(b, fmt.Sprintf("  %-*s  %-*s  %-*s  %s", width[0], cut(r[0], 24), width[1], r[1], width[2], r[2], r[3]))
	}
	if more := len(d.Columns) - len(rows); more > 0 {
		comment(b, fmt.Sprintf("  and %d more", more))
	}
}

// comment writes a line of comment: what is in it stays on the line.
func comment(b *strings.Builder, text string) { fmt.Fprintf(b, "# %s\n", line1(text)) }

// line1 is a text without what would end its line or has no place in TOML.
func line1(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 127 || r == '�' {
			return ' '
		}
		return r
	}, text)
}

func cut(text string, n int) string {
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	return string(r[:n-1]) + "…"
}
