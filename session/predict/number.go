package predict

var tens = [23]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// number reads a cell of digits with a point, to the bit as strconv.ParseFloat does; ok
// is false for what needs more than one rounding, and for what is no such number.
func number(b []byte) (v float64, ok bool) {
	i, negative := 0, false
	if len(b) > 0 && b[0] == '-' {
		negative, i = true, 1
	}
	if len(b)-i > 19 {
		return 0, false
	}
	var mantissa uint64
	digits, fraction := 0, 0
	for ; i < len(b) && b[i]-'0' <= 9; i++ {
		mantissa = mantissa*10 + uint64(b[i]-'0')
		digits++
	}
	if i < len(b) && b[i] == '.' {
		for i++; i < len(b) && b[i]-'0' <= 9; i++ {
			mantissa = mantissa*10 + uint64(b[i]-'0')
			fraction++
		}
	}
	// Up to 2^53 and 10^22 both are exact, so that the division rounds once.
	if i < len(b) || digits+fraction == 0 || digits+fraction > 18 || mantissa > 1<<53 {
		return 0, false
	}
	v = float64(mantissa)
	if fraction > 0 {
		v /= tens[fraction]
	}
	if negative {
		v = -v
	}
	return v, true
}
