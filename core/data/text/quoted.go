package text

import "fmt"

// quoted reads a record in whose first line there are quotes; it may go over several lines.
// Within a quoted cell a quote is written twice, or behind a backslash. A quote within a
// cell that does not begin with one stands for itself.
func (r *Reader) quoted() error {
	r.cells, r.places = r.cells[:0], r.places[:0]
	// Cells are noted as spans of record, which may move while it grows.
	r.record = r.record[:0]
	spans := make([][2]int, 0, 64)
	line, next, _, err := r.physical(r.pos)
	if err != nil {
		return err
	}
	number, i := 0, 0
	for {
		// A cell begins at i.
		for i < len(line) && blank(line[i]) && (line[i] != r.separator || r.separator == ' ') {
			i++
		}
		if r.separator == ' ' && i >= len(line) && len(spans) > 0 {
			break
		}
		at := place{number, i}
		from := len(r.record)
		if i < len(line) && line[i] == r.quote {
			began := number
			i++
			for {
				if i >= len(line) {
					// The cell goes on in the next line.
					more, after, done, err := r.physical(next)
					if err != nil {
						return err
					}
					if done {
						return fmt.Errorf("%s:%d:%d: the quote that opens here is never closed", r.Name, r.first+at.line, at.column+1)
					}
					r.record = append(r.record, '\n')
					line, next, i = more, after, 0
					number++
					if len(r.record) > maxRecord {
						return fmt.Errorf("%s:%d:%d: the quote that opens here is not closed within %d MiB", r.Name, r.first+at.line, at.column+1, maxRecord>>20)
					}
					continue
				}
				b := line[i]
				if b != r.quote {
					r.record = append(r.record, b)
					i++
					continue
				}
				rest := i + 1
				if rest < len(line) && line[rest] == r.quote {
					r.record = append(r.record, b)
					i += 2
					continue
				}
				for rest < len(line) && blank(line[rest]) && line[rest] != r.separator && r.separator != ' ' {
					rest++
				}
				if rest >= len(line) || line[rest] == r.separator || r.separator == ' ' && blank(line[rest]) {
					i = rest
					break
				}
				if n := len(r.record); n > from && r.record[n-1] == '\\' {
					r.record[n-1] = b
					i++
					continue
				}
				return fmt.Errorf("%s:%d:%d: the quote that opens here is closed at %d:%d, where more text follows; close it where the cell ends, and double quotes within a cell, or say data.quote = %q if quotes are letters like others",
					r.Name, r.first+at.line, at.column+1, r.first+number, i+1, None)
			}
			if number > began {
				if r.Broken++; r.Broken == 1 {
					r.Where = fmt.Sprintf("%d:%d", r.first+at.line, at.column+1)
				}
			}
		} else {
			for i < len(line) && line[i] != r.separator && !(r.separator == ' ' && blank(line[i])) {
				r.record = append(r.record, line[i])
				i++
			}
		}
		spans = append(spans, [2]int{from, len(r.record)})
		r.places = append(r.places, at)
		if i >= len(line) {
			break
		}
		i++ // the separator
	}
	for _, s := range spans {
		r.cells = append(r.cells, trim(r.record[s[0]:s[1]]))
	}
	r.line += number + 1
	r.pos = next
	return nil
}
