package presets

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"
)

// misread returns the parser's error at a position, or a hint if there is a
// character that resembles one of TOML's.
func misread(content []byte, offset int, message string) string {
	before, after := content[:min(offset, len(content))], content[min(offset, len(content)):]
	switch r, n := utf8.DecodeRune(after); {
	case strings.ContainsRune("“”„«»", r):
		return fmt.Sprintf(`text is written between straight quotes, "...", not %c`, r)
	case strings.ContainsRune("‘’‚‹›", r):
		return fmt.Sprintf(`text is written between straight quotes, '...', not %c`, r)
	case r == '\u00a0' || r == '\u2007' || r == '\u202f':
		return "this is a no-break space; write a plain one"
	case r == '−' || r == '–' || r == '—':
		return fmt.Sprintf("minus is a hyphen, -, not %c", r)
	case r == ',' && endsInDigit(before) && beginsWithDigit(after[n:]):
		return "a number is written with a decimal point, as in 0.5"
	case r > 127 && r != utf8.RuneError && strings.HasPrefix(message, "unexpected character"):
		return fmt.Sprintf("unexpected character %c; text is written between quotes", r)
	}
	return message
}

func endsInDigit(b []byte) bool     { return len(b) > 0 && '0' <= b[len(b)-1] && b[len(b)-1] <= '9' }
func beginsWithDigit(b []byte) bool { return len(b) > 0 && '0' <= b[0] && b[0] <= '9' }

// parse lists the keys of a file and records in origin where each table starts.
func parse(file string, content []byte, origin map[string]string) (out []assignment, err error) {
	p := unstable.Parser{}
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	p.Reset(content)
	where := places(file, content)
	seen := map[string]bool{}
	table := ""
	var blocks []block
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table:
			path, at := dotted(e.Key())
			table = path
			if seen["["+path] {
				return nil, fmt.Errorf("%s: table [%s] is given twice", where(at), path)
			}
			if path == layerTable {
				return nil, fmt.Errorf("%s: write [[%s]], once for each layer", where(at), path)
			}
			seen["["+path] = true
			origin[path] = where(at)
		case unstable.ArrayTable:
			path, at := dotted(e.Key())
			if path != layerTable {
				return nil, fmt.Errorf("%s: [[%s]] is unknown; the only list of tables is [[%s]]", where(at), path, layerTable)
			}
			table = path
			blocks = append(blocks, block{at: where(at), seen: map[string]bool{}})
		case unstable.KeyValue:
			if table == layerTable && len(blocks) > 0 {
				b := &blocks[len(blocks)-1]
				if err := collect(&b.keys, e, table, where, b.seen); err != nil {
					return nil, err
				}
				continue
			}
			if err := collect(&out, e, table, where, seen); err != nil {
				return nil, err
			}
		}
	}
	if err := p.Error(); err != nil {
		var pe *unstable.ParserError
		if errors.As(err, &pe) && len(pe.Highlight) > 0 {
			at := p.Range(pe.Highlight)
			return nil, fmt.Errorf("%s: %s", where(at), misread(content, int(at.Offset), pe.Message))
		}
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(blocks) == 0 {
		return out, nil
	}
	layers, err := stack(blocks, origin)
	if err != nil {
		return nil, err
	}
	if seen[layers.path] {
		return nil, fmt.Errorf("%s: [[%s]] is an alternative to model.stack; use only one of them", layers.at, layerTable)
	}
	if origin["model"] == "" {
		origin["model"] = layers.at
	}
	return append(out, layers), nil
}

// places formats the start of a range in a file: "ring.toml:12:5".
func places(file string, content []byte) func(unstable.Range) string {
	starts := []int{0} // of the lines
	for i, b := range content {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	return func(r unstable.Range) string {
		offset := int(r.Offset)
		line := sort.SearchInts(starts, offset+1)
		return fmt.Sprintf("%s:%d:%d", file, line, offset-starts[line-1]+1)
	}
}
