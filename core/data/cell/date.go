package cell

import (
	"bytes"
	"math"
)

// Orders are the orders of year, month and day in which dates are written, by name; clock is
// a time of day alone, and ym a year and a month.
const (
	YearMonthDay = "ymd" // 2024-12-31, with a time or without: 2024-12-31T23:59:59.5+01:00
	DayMonthYear = "dmy" // 31.12.2024, 31/12/24, 31 Dec 2024
	MonthDayYear = "mdy" // 12/31/2024, Dec 31, 2024
	YearMonth    = "ym"  // 2024-12
	Clock        = "clock"
)

// orders are the readings of a date, in this order.
var orders = [...]string{YearMonthDay, DayMonthYear, MonthDayYear, YearMonth, Clock}

// dated is a date as it was written.
type dated struct {
	orders  uint8    // the readings that are possible, a bit each
	days    [4]int32 // since 1970-01-01, of each reading of a date
	clock   float64  // seconds since midnight
	timed   bool     // there was a time of day
	zoned   bool     // there was a zone
	zone    float64  // seconds east of UTC
	between byte     // what stands between the numbers of the date
}

// Seconds is a date in seconds since 1970-01-01 UTC, or a time of day since midnight.
func (f Format) Seconds(cell []byte) (float64, bool) {
	d, ok := date(cell)
	if !ok {
		return 0, false
	}
	for i, o := range orders {
		if o == f.Order {
			return d.seconds(i)
		}
	}
	return 0, false
}

// seconds is the date in one of its readings.
func (d *dated) seconds(order int) (float64, bool) {
	if d.orders&(1<<order) == 0 {
		return 0, false
	}
	v := d.clock - d.zone
	if orders[order] != Clock {
		v += float64(float64(d.days[order]) * 86400)
	}
	return v, true
}

// date reads a date, a date with a time, or a time.
func date(cell []byte) (d dated, ok bool) {
	cell = trim(cell)
	if len(cell) < 4 || len(cell) > 40 {
		return d, false
	}
	rest := cell
	if at := bytes.IndexByte(rest, ':'); at == 1 || at == 2 {
		if rest, ok = d.time(rest); !ok || len(rest) > 0 {
			return d, false
		}
		d.orders = 1 << 4
		return d, true
	}
	if rest, ok = d.day(rest); !ok {
		return d, false
	}
	if len(rest) == 0 {
		return d, true
	}
	switch {
	case rest[0] == 'T' || rest[0] == 't' || rest[0] == '_' && len(rest) > 1:
		rest = rest[1:]
	case rest[0] == ' ' || rest[0] == ',':
		rest = trim(bytes.TrimPrefix(rest, []byte(",")))
	default:
		return d, false
	}
	if d.orders == 1<<3 { // a month has no time
		return d, false
	}
	rest, ok = d.time(rest)
	return d, ok && len(rest) == 0
}

// day reads year, month and day.
func (d *dated) day(b []byte) (rest []byte, ok bool) {
	if at := bytes.IndexByte(b, ' '); at > 2 && at < 11 && weekday(b[:at]) { // Mon, 02 Jan 2006
		b = trim(b[at:])
	}
	var parts [3]int
	var size [3]int
	named := -1
	n := 0
	for ; n < 3; n++ {
		i := 0
		for i < len(b) && b[i]-'0' <= 9 && i < 5 {
			parts[n] = parts[n]*10 + int(b[i]-'0')
			i++
		}
		size[n] = i
		if i == 0 {
			if named >= 0 {
				return nil, false
			}
			for i < len(b) && letter(b[i]) {
				i++
			}
			if parts[n] = month(b[:i]); parts[n] == 0 {
				return nil, false
			}
			named = n
		} else if i > 4 {
			return nil, false
		}
		b = b[i:]
		if n == 2 {
			n++
			break
		}
		if len(b) == 0 {
			n++
			break
		}
		sep := b[0]
		if named >= 0 || len(b) > 1 && letter(b[1]) {
			for len(b) > 0 && (b[0] == ' ' || b[0] == ',' || b[0] == '-' || b[0] == '.' || b[0] == '/') {
				b = b[1:]
			}
		} else {
			if sep != '-' && sep != '/' && sep != '.' {
				return nil, false
			}
			if d.between != 0 && sep != d.between {
				return nil, false
			}
			b = b[1:]
			if sep == '.' && len(b) > 0 && b[0] == ' ' { // 31. 12. 2024
				b = b[1:]
			}
		}
		d.between = sep
	}
	if n == 2 {
		if named >= 0 || d.between != '-' || size[0] != 4 || size[1] != 2 || parts[1] < 1 || parts[1] > 12 {
			return nil, false
		}
		d.orders, d.days[3] = 1<<3, days(parts[0], parts[1], 1)
		return b, true
	}
	if n < 3 {
		return nil, false
	}
	reading := func(order int, y, m, day int) {
		if size[y] == 3 || size[y] == 1 || size[m] > 2 || size[day] > 2 || size[day] == 0 || size[y] == 0 {
			return
		}
		year := parts[y]
		if size[y] == 2 { // as POSIX reads them
			if year += 1900; year < 1969 {
				year += 100
			}
		}
		if parts[m] < 1 || parts[m] > 12 || parts[day] < 1 || parts[day] > length(year, parts[m]) {
			return
		}
		d.orders |= 1 << order
		d.days[order] = days(year, parts[m], parts[day])
	}
	switch named {
	case 0:
		reading(2, 2, 0, 1)
	case 1:
		reading(1, 2, 1, 0)
		if size[0] == 4 {
			reading(0, 0, 1, 2)
		}
	case 2:
		return nil, false
	default:
		if size[0] == 4 || size[0] == 2 && size[2] == 2 && d.between == '-' {
			reading(0, 0, 1, 2)
		}
		if size[0] != 4 {
			reading(1, 2, 1, 0)
			if d.between != '.' {
				reading(2, 2, 0, 1)
			}
		}
	}
	return b, d.orders != 0
}

// time reads hours and minutes, with or without seconds and their fraction, am or pm,
// and a zone.
func (d *dated) time(b []byte) (rest []byte, ok bool) {
	two := func(most int) (int, bool) {
		i, n := 0, 0
		for i < len(b) && i < 2 && b[i]-'0' <= 9 {
			n = n*10 + int(b[i]-'0')
			i++
		}
		b = b[i:]
		return n, i > 0 && n <= most
	}
	hour, ok := two(24)
	if !ok || len(b) == 0 || b[0] != ':' {
		return nil, false
	}
	b = b[1:]
	minute, ok := two(59)
	if !ok {
		return nil, false
	}
	second := 0.0
	if len(b) > 0 && b[0] == ':' {
		b = b[1:]
		whole, ok := two(60)
		if !ok {
			return nil, false
		}
		second = float64(whole)
		if len(b) > 1 && (b[0] == '.' || b[0] == ',') && digit(b[1], '0') {
			scale, fraction := 1.0, 0.0
			for b = b[1:]; len(b) > 0 && b[0]-'0' <= 9; b = b[1:] {
				if scale < 1e15 {
					fraction = float64(fraction*10) + float64(b[0]-'0')
					scale *= 10
				}
			}
			second += fraction / scale
		}
	}
	b = trim(b)
	if len(b) >= 2 && b[1]|0x20 == 'm' && (b[0]|0x20 == 'a' || b[0]|0x20 == 'p') && (len(b) == 2 || b[2] == ' ') {
		if hour < 1 || hour > 12 {
			return nil, false
		}
		if hour %= 12; b[0]|0x20 == 'p' {
			hour += 12
		}
		b = trim(b[2:])
	}
	d.clock, d.timed = float64(hour*3600+minute*60)+second, true
	switch {
	case len(b) == 0:
	case string(b) == "Z", string(b) == "z", string(b) == "UTC", string(b) == "GMT":
		d.zoned, b = true, nil
	case b[0] == '+' || b[0] == '-':
		sign := 1.0
		if b[0] == '-' {
			sign = -1
		}
		b = b[1:]
		h, ok := two(18)
		if !ok {
			return nil, false
		}
		if len(b) > 0 && b[0] == ':' {
			b = b[1:]
		}
		m := 0
		if len(b) > 0 {
			if m, ok = two(59); !ok {
				return nil, false
			}
		}
		d.zoned, d.zone = true, float64(sign*float64(h*3600+m*60))
	}
	return b, hour < 24 || d.clock == 86400
}

// days since 1970-01-01 of a day of the Gregorian calendar.
// H. Hinnant, “chrono-Compatible Low-Level Date Algorithms”, 2013: days_from_civil.
func days(y, m, d int) int32 {
	if m <= 2 {
		y--
	}
	era := int(math.Floor(float64(y) / 400))
	year := y - era*400
	month := (m + 9) % 12
	return int32(era*146097 + year*365 + year/4 - year/100 + (153*month+2)/5 + d - 1 - 719468)
}

// Day is the year, month and day of so many days since 1970-01-01: civil_from_days of
// the same.
func Day(days int) (y, m, d int) {
	z := days + 719468
	era := int(math.Floor(float64(z) / 146097))
	day := z - era*146097
	year := (day - day/1460 + day/36524 - day/146096) / 365
	rest := day - (365*year + year/4 - year/100)
	month := (5*rest + 2) / 153
	d = rest - (153*month+2)/5 + 1
	m = (month+2)%12 + 1
	y = year + era*400
	if m <= 2 {
		y++
	}
	return y, m, d
}

func length(y, m int) int {
	switch {
	case m == 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0):
		return 29
	case m == 2:
		return 28
	case m == 4 || m == 6 || m == 9 || m == 11:
		return 30
	}
	return 31
}

var monthNames = [...]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

// month is the number of a month by its English name or the first letters of it, 0 for
// none.
func month(name []byte) int {
	if len(name) < 3 || len(name) > 9 {
		return 0
	}
	lower := string(bytes.ToLower(name))
	for i, m := range monthNames {
		if m == lower || m[:3] == lower || lower == "sept" && i == 8 {
			return i + 1
		}
	}
	return 0
}

func weekday(name []byte) bool {
	lower := string(bytes.ToLower(bytes.TrimSuffix(name, []byte(","))))
	for _, d := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		if d == lower || d[:3] == lower {
			return true
		}
	}
	return false
}

func (f Format) date() string {
	text := map[string]string{
		YearMonthDay: "year-month-day", DayMonthYear: "day-month-year", MonthDayYear: "month-day-year", YearMonth: "year-month", Clock: "time of day",
	}[f.Order]
	if f.Clock && f.Order != Clock {
		text += " with a time"
	}
	if f.Zone {
		text += " and a zone"
	}
	return text
}
