package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// columns is the width to which comments are wrapped.
const columns = 78

// Print returns the settings as a file: each with its comment, those that have their
// default commented out.
func (c *Config) Print(actions []Action) string {
	var out strings.Builder
	head := "Settings of descent. What is commented out is the default."
	switch {
	case c.path == "":
		head = "There is no home directory, so no file is read. " + head
	case c.found:
		head = c.path + ". " + head
	default:
		head = c.path + " (which does not exist yet). " + head
	}
	comment(&out, head)
	for _, s := range settings {
		out.WriteByte('\n')
		help := s.help
		if s.form == nil && !s.flag {
			help += " " + strings.ToUpper(s.allowed()[:1]) + s.allowed()[1:] + "."
		}
		comment(&out, help)
		text, given := c.file.given[s.key]
		if last, ok := c.memory.of(s.key, c.configured(s)); ok && last != c.configured(s) {
			comment(&out, fmt.Sprintf("The last run chose %s, which holds until this line changes.", s.quoted(last)))
		}
		if !given {
			out.WriteString("# ")
			text = s.byDefault
		}
		fmt.Fprintf(&out, "%s = %s\n", s.key, s.quoted(text))
	}
	if len(actions) == 0 {
		return out.String()
	}
	out.WriteByte('\n')
	comment(&out, "Keys of actions: one, or a list, or [] for none. A key that is given here is taken from the action that has it by default. A character stands for itself; others are called space, enter, esc, tab, up, pgup, f1, ctrl+x, alt+x and the like.")
	out.WriteString("[keys]\n")
	scope := ""
	for _, a := range actions {
		if a.Scope != scope {
			scope = a.Scope
			out.WriteByte('\n')
			comment(&out, "While "+scope+" has the focus:")
		}
		line := c.keyLine(a)
		if _, given := c.file.keys[a.Name]; !given {
			line = "# " + line
		}
		pad := max(40-len([]rune(line)), 1)
		fmt.Fprintf(&out, "%s%s# %s\n", line, strings.Repeat(" ", pad), a.Help)
	}
	return out.String()
}

// keyLine is the line of an action.
func (c *Config) keyLine(a Action) string {
	keys := c.Keys(a.Name, a.Keys)
	quoted := make([]string, len(keys))
	for i, k := range keys {
		quoted[i] = quote(writeKey(k))
	}
	value := "[" + strings.Join(quoted, ", ") + "]"
	if len(quoted) == 1 {
		value = quoted[0]
	}
	return quoteName(a.Name) + " = " + value
}

// quoteName is a name with dots as a key of TOML: bare parts, joined by dots.
func quoteName(name string) string {
	parts := strings.Split(name, ".")
	bare := func(p string) bool {
		return p != "" && !slices.ContainsFunc([]rune(p), func(r rune) bool {
			return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_')
		})
	}
	for i, p := range parts {
		if !bare(p) {
			parts[i] = strconv.Quote(p)
		}
	}
	return strings.Join(parts, ".")
}

// quote is a text as a string of TOML.
func quote(text string) string {
	if strings.Contains(text, `\`) && !strings.Contains(text, "'") {
		return "'" + text + "'"
	}
	return strconv.Quote(text)
}

// quoted is a value as the file has it.
func (s setting) quoted(text string) string {
	if _, err := strconv.Atoi(text); s.flag || s.number && err == nil {
		return text
	}
	return quote(text)
}

// comment writes a text as lines of comment.
func comment(out *strings.Builder, text string) {
	line := "#"
	for _, word := range strings.Fields(text) {
		if len([]rune(line))+1+len([]rune(word)) > columns {
			out.WriteString(line + "\n")
			line = "#"
		}
		line += " " + word
	}
	out.WriteString(line + "\n")
}
