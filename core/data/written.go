package data

import (
	"slices"
	"unicode/utf8"

	"descent/core/data/cell"
	"descent/core/data/text"
	"descent/core/knob"
)

// Written is how a table of text is written. "auto" is found from the file; the zero
// value reads it as releases did that knew none of these keys.
type Written struct {
	Encoding  string // utf-8, utf-16le, utf-16be, windows-1252
	Separator string // what stands between cells: one character, "tab" or "blank"
	Quote     string // what cells are quoted by: one character or "none"
	Comment   string // what lines begin with that are no rows, or "none"
	Skip      int    // lines before the table; -1 finds them
	Decimal   string // the decimal separator: "." or ","
	Thousands string // what stands between thousands: one character, "blank" or "none"
	Dates     string // the order of dates: ymd, dmy, mdy, or "none" for words
}

const (
	auto = "auto"
	none = "none"
)

// found is a table of which everything is to be found.
func found() Written { return Written{auto, auto, auto, auto, -1, auto, auto, auto} }

// Former tells whether a table is read as releases did that had none of these keys.
func (w Written) Former() bool { return w == Written{} }

// WrittenKeys are the keys of a Written.
var WrittenKeys = []string{"data.encoding", "data.separator", "data.quote", "data.comment", "data.skip", "data.decimal", "data.thousands", "data.dates"}

// dialect is what the keys say of lines and cells.
func (w Written) dialect() (text.Dialect, error) {
	d := text.Dialect{Encoding: w.Encoding, Separator: w.Separator, Quote: w.Quote, Comment: w.Comment, Skip: w.Skip}
	switch d.Separator {
	case "tab", "\\t":
		d.Separator = "\t"
	case "blank", "blanks", "space":
		d.Separator = " "
	case "comma":
		d.Separator = ","
	case "semicolon":
		d.Separator = ";"
	case "pipe":
		d.Separator = "|"
	}
	switch d.Quote {
	case "double":
		d.Quote = `"`
	case "single":
		d.Quote = "'"
	}
	for _, k := range []struct{ key, value string }{{"data.separator", d.Separator}, {"data.quote", d.Quote}} {
		if k.value == "" || k.value == auto || k.value == none && k.key == "data.quote" || len(k.value) == 1 && k.value[0] < utf8.RuneSelf && k.value[0] != '\n' && k.value[0] != '\r' {
			continue
		}
		return d, blame(k.key, "%s takes one ASCII character%s; %s is none", k.key, map[string]string{
			"data.separator": `, "tab", "blank" or "auto"`, "data.quote": `, "none" or "auto"`,
		}[k.key], quoted(k.value))
	}
	if len(d.Separator) == 1 && d.Separator == d.Quote {
		return d, blame("data.quote", "data.quote and data.separator are both %s", quoted(d.Quote))
	}
	return d, nil
}

// hint is what the keys say of numbers and dates.
func (w Written) hint() (h cell.Hint, err error) {
	given := func(v string) string {
		if v == auto {
			return ""
		}
		return v
	}
	h = cell.Hint{Decimal: given(w.Decimal), Thousands: given(w.Thousands), Order: given(w.Dates)}
	switch h.Decimal {
	case "point":
		h.Decimal = "."
	case "comma":
		h.Decimal = ","
	}
	if !slices.Contains([]string{"", ".", ","}, h.Decimal) {
		return h, blame("data.decimal", `data.decimal takes ".", "," or "auto", not %s`, quoted(h.Decimal))
	}
	if h.Thousands == "blank" {
		h.Thousands = " "
	}
	if !slices.Contains([]string{"", none, ".", ",", " ", "'"}, h.Thousands) {
		return h, blame("data.thousands", `data.thousands takes ",", ".", "'", "blank", "none" or "auto", not %s`, quoted(h.Thousands))
	}
	if h.Thousands != "" && h.Thousands == h.Decimal {
		return h, blame("data.thousands", "data.thousands and data.decimal are both %s", quoted(h.Decimal))
	}
	return h, nil
}

var encodings = []knob.Option{
	encoding(auto, "detect: by the first bytes, else UTF-8, else Windows-1252", "For most files.", "pandas.read_csv; detection as of charset-normalizer"),
	encoding(text.UTF8, "UTF-8, with a byte order mark or without", "When a file is refused or read otherwise although it is UTF-8.", `pandas.read_csv(encoding="utf-8")`),
	encoding(text.UTF16LE, "UTF-16, little-endian", "For files of Excel (\"Unicode text\") without a byte order mark.", `pandas.read_csv(encoding="utf-16-le")`),
	encoding(text.UTF16BE, "UTF-16, big-endian", "For files without a byte order mark.", `pandas.read_csv(encoding="utf-16-be")`),
	encoding(text.Windows1252, "Windows-1252, and with it Latin-1", "For files of older programs in western Europe.", `pandas.read_csv(encoding="cp1252")`),
}

func encoding(name, help, when, pandas string) knob.Option {
	return knob.Option{Name: name, Help: help, Doc: knob.Doc{Formula: knob.None, Source: knob.None, PyTorch: pandas, When: when, Range: knob.None}}
}

var dates = []knob.Option{
	encoding(auto, "detect, from all dates of a column", "For most files.", `pandas.to_datetime`),
	encoding(cell.YearMonthDay, "year, month, day: 2024-12-31", "When dates are not found to be such.", `pandas.to_datetime(yearfirst=True)`),
	encoding(cell.DayMonthYear, "day, month, year: 31.12.2024, 31/12/2024", "When all days are 12 or less, so that both orders are possible.", `pandas.to_datetime(dayfirst=True)`),
	encoding(cell.MonthDayYear, "month, day, year: 12/31/2024", "When all days are 12 or less, so that both orders are possible.", `pandas.to_datetime`),
	encoding(none, "dates are words like others", "When cells are no dates although they could be, such as numbers of versions.", `pandas.read_csv(parse_dates=False)`),
}

// knobs are the keys, bound.
func (w *Written) knobs() []knob.Knob {
	doc := func(pandas, when, usual string) knob.Doc {
		return knob.Doc{Formula: knob.None, Source: knob.None, PyTorch: pandas, When: when, Range: usual}
	}
	const found = "Only where what was found is wrong; a note says what was found."
	return []knob.Knob{
		knob.OneOf("data.encoding", &w.Encoding, encodings, "encoding of a table of text").Explained(doc("pandas.read_csv(encoding=...)", found, auto)),
		knob.String("data.separator", &w.Separator, "what separates cells: one character, tab or blank; auto finds it").Explained(doc("pandas.read_csv(sep=...)", found, auto)),
		knob.String("data.quote", &w.Quote, "what cells are quoted by: one character or none; auto finds it").Explained(doc("pandas.read_csv(quotechar=..., quoting=...)", found, auto)),
		knob.String("data.comment", &w.Comment, "what lines begin with that are comments, or none; auto finds it").Explained(doc("pandas.read_csv(comment=...)", found, auto)),
		knob.Int("data.skip", &w.Skip, -1, 1_000_000, "lines to skip before the table; -1 finds title lines").Explained(doc("pandas.read_csv(skiprows=...)", found, "-1")),
		knob.String("data.decimal", &w.Decimal, "decimal separator: a point or a comma; auto finds it").Explained(doc("pandas.read_csv(decimal=...)", found, auto)),
		knob.String("data.thousands", &w.Thousands, "what separates thousands: one character, blank or none; auto finds it").Explained(doc("pandas.read_csv(thousands=...)", found, auto)),
		knob.OneOf("data.dates", &w.Dates, dates, "order of day, month and year in dates").Explained(doc("pandas.to_datetime(dayfirst=...)", found, auto)),
	}
}
