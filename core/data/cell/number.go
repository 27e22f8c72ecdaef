package cell

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// shapeOf is how a number is written that needs no more than digits, a point and an exponent.
type shapeOf struct {
	whole, fraction int  // digits before and behind the point
	point           bool // there is one
	zero            bool // the digits before the point begin with 0
	power           bool // there is an exponent
}

// plain reads a number of digits with a point and an exponent, without loss of a bit
// against strconv.ParseFloat.
func plain(b []byte) (v float64, s shapeOf, ok bool) {
	i, negative := 0, false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		negative = b[0] == '-'
		i = 1
	}
	start := i
	var mantissa uint64
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		mantissa = mantissa*10 + uint64(b[i]-'0')
	}
	s.whole = i - start
	s.zero = s.whole > 0 && b[start] == '0'
	if i < len(b) && b[i] == '.' {
		s.point = true
		i++
		from := i
		for ; i < len(b) && b[i]-'0' <= 9; i++ {
			mantissa = mantissa*10 + uint64(b[i]-'0')
		}
		s.fraction = i - from
	}
	if s.whole+s.fraction == 0 {
		return 0, s, false
	}
	exponent := -s.fraction
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		s.power = true
		i++
		sign := 1
		if i < len(b) && (b[i] == '-' || b[i] == '+') {
			if b[i] == '-' {
				sign = -1
			}
			i++
		}
		from, power := i, 0
		for ; i < len(b) && b[i]-'0' <= 9; i++ {
			power = min(power*10+int(b[i]-'0'), 10000)
		}
		if i == from {
			return 0, s, false
		}
		exponent += sign * power
	}
	if i < len(b) {
		return 0, s, false
	}
	// Up to 2^53 and 10^22 both are exact, so one operation rounds once.
	if s.whole+s.fraction > 18 || mantissa > 1<<53 || exponent < -22 || exponent > 22 {
		v, err := strconv.ParseFloat(string(b), 64)
		return v, s, err == nil
	}
	v = float64(mantissa)
	if exponent < 0 {
		v /= tens[-exponent]
	} else {
		v *= tens[exponent]
	}
	if negative {
		v = -v
	}
	return v, s, true
}

var tens = [23]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// Number reads a finite number. Plain digits with a point and an exponent go the fast
// way; besides it takes what Decimal and Thousands say, a currency sign, a percent sign,
// U+2212 for minus, Fortran's exponent (1.5D+02) and the parentheses of accounting.
func (f Format) Number(cell []byte) (v float64, ok bool) {
	if f.Decimal == "" && f.Thousands != "." {
		if v, _, ok = plain(cell); ok {
			return v, true
		}
	}
	var room [96]byte
	bare, negative, percent, _ := undress(room[:0], cell)
	return f.bare(bare, negative, percent)
}

// bare reads what undress left of a cell.
func (f Format) bare(bare []byte, negative, percent bool) (v float64, ok bool) {
	var room [96]byte
	digits, ok := f.point(room[:0], bare)
	if !ok {
		return 0, false
	}
	if percent { // hundredths, rounded once
		if i := bytes.IndexAny(digits, "eE"); i >= 0 {
			power, err := strconv.Atoi(string(digits[i+1:]))
			if err != nil {
				return 0, false
			}
			digits = strconv.AppendInt(append(digits[:i], 'e'), int64(power)-2, 10)
		} else {
			digits = append(digits, "e-2"...)
		}
	}
	if v, _, ok = plain(digits); !ok {
		var err error
		v, err = strconv.ParseFloat(string(digits), 64)
		if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
			return 0, false
		}
	}
	if negative {
		v = -v
	}
	return v, true
}

// point writes a number with a point for its decimal separator and without separators
// of thousands. Groups are of three digits, the first of one to three; those of India,
// of two before the last, are taken too.
func (f Format) point(dst, bare []byte) ([]byte, bool) {
	decimal, thousands := byte('.'), byte(0)
	if f.Decimal == "," {
		decimal = ','
	}
	if f.Thousands != "" {
		thousands = f.Thousands[0]
	}
	if thousands == decimal {
		thousands = 0
	}
	group, groups := 0, 0
	whole := true // before the fraction and the exponent
	for _, b := range bare {
		switch {
		case b >= '0' && b <= '9':
			group++
		case whole && thousands != 0 && b == thousands:
			if group == 0 || group > 3 || groups > 0 && group < 2 || groups == 0 && dst[len(dst)-group] == '0' {
				return nil, false
			}
			groups++
			group = 0
			continue
		case whole && (b == decimal || b == 'e' || b == 'E'):
			if groups > 0 && group != 3 {
				return nil, false
			}
			whole = false
			if b == decimal {
				b = '.'
			}
		case b == '+' || b == '-' || b == 'e' || b == 'E':
		case b == '_' || b == 'x' || b == 'X' || b == 'p' || b == 'P' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F': // what strconv knows besides
			if thousands != 0 || decimal == ',' {
				return nil, false
			}
		case !whole && b == '.' && decimal == '.':
			return nil, false
		default:
			return nil, false
		}
		dst = append(dst, b)
	}
	if whole && groups > 0 && group != 3 {
		return nil, false
	}
	return dst, len(dst) > 0
}

// currencies are the signs and codes of currencies that may stand before or behind a number.
var currencies = []string{
	"$", "€", "£", "¥", "₹", "₽", "₩", "₺", "₴", "₪", "฿", "₫", "¢", "US$", "R$", "C$", "A$",
	"USD", "EUR", "GBP", "CHF", "JPY", "CNY", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "INR", "BRL", "CAD", "AUD",
	"Fr.", "kr", "zł", "Kč", "Rs.", "Rs",
}

// blanks are the spaces of one and of more bytes.
var blanks = []string{" ", "\u00a0", "\u202f", "\u2009", "\u2007"}

// undress takes off a number what does not belong to its digits: blanks around it, a
// sign of percent or of a currency, parentheses. What is left has ASCII signs, one kind of
// blank and one kind of apostrophe, and e for an exponent; the sign is told apart
// where it stood outside of what was taken off.
func undress(dst, cell []byte) (bare []byte, negative, percent bool, currency string) {
	cell = trim(cell)
	if len(cell) > 64 || len(cell) == 0 {
		return append(dst, cell...), false, false, ""
	}
	if cell[0] == '(' && cell[len(cell)-1] == ')' {
		negative = true
		cell = trim(cell[1 : len(cell)-1])
		if len(cell) > 0 && (cell[0] == '-' || cell[0] == '+') {
			return append(dst, '('), false, false, "" // a sign in parentheses is no number
		}
	}
	for range 3 { // a sign and a currency, in either order
		before := len(cell)
		for _, minus := range []string{"−", "-", "–"} {
			if rest, ok := bytes.CutPrefix(cell, []byte(minus)); ok && !negative {
				negative, cell = true, trim(rest)
				break
			}
		}
		if currency == "" {
			for _, c := range currencies {
				if rest, ok := bytes.CutPrefix(cell, []byte(c)); ok && len(rest) > 0 && !letter(rest[0]) {
					currency, cell = c, trim(rest)
					break
				}
			}
		}
		if len(cell) == before {
			break
		}
	}
	if rest, ok := bytes.CutSuffix(cell, []byte("%")); ok {
		percent, cell = true, trim(rest)
	}
	if currency == "" && len(cell) > 0 && cell[len(cell)-1]-'0' > 9 {
		for _, c := range currencies {
			if rest, ok := bytes.CutSuffix(cell, []byte(c)); ok && len(rest) > 0 {
				currency, cell = c, trim(rest)
				break
			}
		}
		if n := len(cell); n > 1 && cell[n-1] == '-' && !negative && (cell[n-2] == '.' || cell[n-2] == ',') { // Fr. 12.-
			cell = cell[:n-2]
		}
	}
	for i := 0; i < len(cell); {
		b := cell[i]
		if b < utf8.RuneSelf {
			if (b == 'd' || b == 'D') && i > 0 && i+1 < len(cell) && digit(cell[i-1], '.') && (digit(cell[i+1], '+') || cell[i+1] == '-') {
				b = 'e'
			}
			dst = append(dst, b)
			i++
			continue
		}
		r, size := utf8.DecodeRune(cell[i:])
		switch r {
		case '\u00a0', '\u202f', '\u2009', '\u2007':
			dst = append(dst, ' ')
		case '’', '‘', '´':
			dst = append(dst, '\'')
		case '−':
			dst = append(dst, '-')
		default:
			dst = append(dst, cell[i:i+size]...)
		}
		i += size
	}
	if negative && len(dst) > 0 && (dst[0] == '-' || dst[0] == '+') {
		dst[0] = '(' // two signs are no number
	}
	return dst, negative, percent, currency
}

func digit(b, or byte) bool { return b >= '0' && b <= '9' || b == or }

func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// trim takes blanks off both ends.
func trim(b []byte) []byte {
	for again := true; again; {
		b = bytes.TrimSpace(b)
		again = false
		for _, s := range blanks[1:] {
			if rest, ok := bytes.CutPrefix(b, []byte(s)); ok {
				b, again = rest, true
			}
			if rest, ok := bytes.CutSuffix(b, []byte(s)); ok {
				b, again = rest, true
			}
		}
	}
	return b
}

func (f Format) number() string {
	var parts []string
	if f.Decimal == "," {
		parts = append(parts, "decimal comma")
	}
	switch f.Thousands {
	case "":
	case " ":
		parts = append(parts, "blanks between thousands")
	default:
		parts = append(parts, f.Thousands+" between thousands")
	}
	if f.Percent {
		parts = append(parts, "percent signs (5% is 0.05)")
	}
	if f.Currency != "" {
		parts = append(parts, f.Currency)
	}
	return strings.Join(parts, ", ")
}
