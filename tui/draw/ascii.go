package draw

import (
	"strings"
	"unicode/utf8"
)

// asciiSigns are the characters that are drawn or written here, each with the one
// that stands for it where there is nothing but ASCII.
var asciiSigns = func() map[rune]byte {
	out := map[rune]byte{}
	for _, row := range []struct{ from, to string }{
		{"─━╌═┄╴╶", "-=-=---"},
		{"│┃┆┤├‖╵╷╹╻", "||||||||||"},
		{"╍┅╸╺┣┫┳┻╋", "====+++++"},
		{"┌┐└┘┏┓┗┛┬┴┼", "+++++++++++"},
		{"╭╮╰╯", "..`'"},
		{"▁▂▃▄▅▆▇█", "_.-:=+*#"},
		{"▏▎▍▌▋▊▉▀", "---===##"},
		{"●○▲△■□◆◇×✕★•·", "*o^A#D%vxx*o."},
		{"░▒▓", ":=#"},
		{"▶▸▷◂‹›«»", ">>><<><>"},
		{"←→↑↓↔⇒", "<>^v->"},
		{"✓✗◈", "+!!"},
		{"…–—‐−“”„‘’", "~----\"\"\"''"},
		{"≤≥≈≠±÷√∞∂∇∑∏∈⊙°§∘", "<>~#+/vIdVSPe*oSo"},
		{"αβγδεζηθικλμνξπρστυφχψω", "abgdezntiklmnxprstufxyw"},
		{"ΑΒΓΔΕΘΛΞΠΣΦΨΩµŷȳŵēȲ", "ABGDETLXPSFYWuyyweY"},
		{"₋₊ˣᵗ′ᵏⁱℓⁿᵐᵃḡₗˡ⌊⌋⌈⌉⋯∗∝", "-+xt'kilnmagll[][]~*~"},
		{"⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᵀ", "0123456789-+T"},
		{"₀₁₂₃₄₅₆₇₈₉ₜᵢⱼₖₙ", "0123456789tijkn"},
		{"äöüÄÖÜßéèêëáàâåãñçíìîïóòôõúùûøÉÈÅØ", "aouAOUseeeeaaaaanciiiioooouuuoEEAO"},
	} {
		i := 0
		for _, r := range row.from {
			out[r] = row.to[i]
			i++
		}
	}
	return out
}()

// Release prepares a neutral text for output to the terminal.
func (t *Theme) Release(s string) string {
	if t.ascii {
		s = inASCII(s)
	}
	return strings.ReplaceAll(s, signature, "\x1b[")
}

// inASCII is a neutral text in as many cells without any other character.
func inASCII(s string) string {
	if ascii(s) {
		return s
	}
	var out strings.Builder
	for line := range strings.SplitAfterSeq(s, "\n") {
		if ascii(line) {
			out.WriteString(line)
			continue
		}
		text, end := strings.CutSuffix(line, "\n")
		width := cells(text)
		out.WriteString(fitted(ASCII(text), width, ""))
		if end {
			out.WriteByte('\n')
		}
	}
	return out.String()
}

// Keys is a text with the names of arrow keys in the place of their signs, which in
// ASCII could be taken for other keys.
func (t *Theme) Keys(text string) string {
	if !t.ascii {
		return text
	}
	return arrowNames.Replace(text)
}

var arrowNames = strings.NewReplacer("↑↓", "up/down", "←→", "left/right", "↑", "up", "↓", "down", "←", "left", "→", "right")

// ASCII is a text with signs of ASCII in the place of all others.
func ASCII(s string) string {
	if ascii(s) {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		asciiSign(&out, r)
	}
	return out.String()
}

func asciiSign(out *strings.Builder, r rune) {
	sign, known := asciiSigns[r]
	switch {
	case r < utf8.RuneSelf:
		out.WriteRune(r)
	case known:
		out.WriteByte(sign)
	case 0x2800 <= r && r < 0x2900:
		out.WriteByte(asciiDots(r))
	default:
		out.WriteString(strings.Repeat("?", cells(string(r))))
	}
}

// asciiDots is a sign for the dots of a cell, by whether they lie above or below.
func asciiDots(r rune) byte {
	const above = 0x01 | 0x08 | 0x02 | 0x10
	switch up, down := r&above != 0, r&0xff&^above != 0; {
	case up && down:
		return ':'
	case up:
		return '\''
	case down:
		return '.'
	}
	return ' '
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
