package intent

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"descent/core/knob"
)

// Typed reads what is typed into the field of a knob that stands at a value. Beside
// what knob.Parse reads, a number may have a decimal comma (0,5), grouped digits
// (12,480 or 12 480), a power (2^-10), a fraction (3/4) or a factor of thousands (2k),
// and it may refer to the present value: ×2, *2, /2, +10%, -10%, and +1 or -1 where
// the knob takes no negative number. A percentage is a fraction where the knob is one
// (of prune.sparsity 50% is 0.5, +10% adds 0.1); of any other knob it refers to the
// present value (50% halves it, +10% multiplies it by 1.1). The error says what the
// knob takes.
func Typed(k knob.Knob, now knob.Value, text string) (knob.Value, error) {
	text = strings.TrimSpace(text)
	if k.Kind != knob.Number && k.Kind != knob.Integer || k.Zero != "" && text == k.Zero {
		return k.Parse(text)
	}
	n, relative, err := typedNumber(k, now.Num(), text)
	if err != nil {
		return knob.Value{}, fmt.Errorf("%s takes %s: %w", k.Path, Takes(k), err)
	}
	if relative {
		n = tidied(n)
		if k.Kind == knob.Integer {
			n = math.Round(n)
		}
	}
	v, err := k.Check(knob.Num(n))
	if err != nil && relative {
		return v, fmt.Errorf("%w: that would be %s", err, knob.Num(n))
	}
	return v, err
}

// Takes says which numbers a knob takes.
func Takes(k knob.Knob) string {
	kind := "a number"
	if k.Kind == knob.Integer {
		kind = "an integer"
	}
	out := fmt.Sprintf("%s from %s to %s", kind, knob.Num(k.Min), knob.Num(k.Max))
	if k.Max >= 1e9 {
		out = fmt.Sprintf("%s of at least %s", kind, knob.Num(k.Min))
	}
	if k.Zero != "" && k.Min <= 0 {
		out += " (0 is " + k.Zero + ")"
	}
	return out
}

// share reports whether a knob is a fraction of something.
func share(k knob.Knob) bool {
	return k.Kind == knob.Number && k.Min >= 0 && k.Max <= 1 && k.Scale != knob.Log
}

// typedNumber reads a number, and whether it refers to the present one.
func typedNumber(k knob.Knob, now float64, text string) (n float64, relative bool, err error) {
	sign, rest := operator(text)
	rest, percent := strings.CutSuffix(rest, "%")
	n, err = Number(rest)
	if err != nil {
		return 0, false, err
	}
	if percent {
		n /= 100
	}
	switch {
	case sign == "*":
		return now * n, true, nil
	case sign == "/" && n == 0:
		return 0, false, errors.New("nothing can be divided by 0")
	case sign == "/":
		return now / n, true, nil
	case sign == "-" && !percent && k.Min < 0:
		return -n, false, nil
	case sign == "-":
		n = -n
	case sign == "+" && !percent && k.Min < 0:
		return n, false, nil
	case sign == "" && percent && !share(k):
		return now * n, true, nil
	case sign == "":
		return n, false, nil
	}
	if percent && !share(k) {
		return now * (1 + n), true, nil
	}
	return now + n, true, nil
}

// operator splits a text at the sign with which it begins, "" for none.
func operator(text string) (sign, rest string) {
	for _, o := range []struct{ typed, sign string }{{"×", "*"}, {"·", "*"}, {"*", "*"}, {"÷", "/"}, {"/", "/"}, {"+", "+"}, {"−", "-"}, {"–", "-"}, {"-", "-"}} {
		if rest, ok := strings.CutPrefix(text, o.typed); ok {
			return o.sign, strings.TrimSpace(rest)
		}
	}
	if rest, ok := strings.CutPrefix(text, "x"); ok && rest != "" && !strings.HasPrefix(rest, "x") {
		return "*", strings.TrimSpace(rest)
	}
	return "", text
}

var (
	grouped  = regexp.MustCompile(`^[1-9]\d{0,2}(,\d{3})+(\.\d*)?$`)
	spaced   = regexp.MustCompile(`^\d{1,3}([   ]\d{3})+([.,]\d*)?$`)
	plain    = regexp.MustCompile(`^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$`)
	thousand = map[string]float64{"k": 1e3, "K": 1e3, "M": 1e6}
)

// Number reads a number as people type it: 0.5 and 0,5, 1e-3, 12,480 and 12 480,
// 3/4, 2^-10, 2k, 1.5M. Groups of three digits behind commas are thousands unless they
// begin with 0: 1,500 is 1500, and 0,125 is an eighth.
func Number(text string) (float64, error) {
	text = strings.ReplaceAll(strings.TrimSpace(text), "−", "-")
	for _, o := range []string{"/", "^"} {
		left, right, ok := strings.Cut(text, o)
		if !ok {
			continue
		}
		a, err := Number(left)
		if err != nil {
			return 0, err
		}
		b, err := Number(right)
		switch {
		case err != nil:
			return 0, err
		case o == "^":
			return math.Pow(a, b), nil
		case b == 0:
			return 0, errors.New("nothing can be divided by 0")
		}
		return a / b, nil
	}
	factor := 1.0
	for unit, f := range thousand {
		if rest, ok := strings.CutSuffix(text, unit); ok {
			text, factor = strings.TrimSpace(rest), f
			break
		}
	}
	switch {
	case spaced.MatchString(text):
		text = strings.NewReplacer(" ", "", " ", "", " ", "").Replace(text)
	case grouped.MatchString(text):
		text = strings.ReplaceAll(text, ",", "")
	}
	if !plain.MatchString(text) {
		if text == "" {
			return 0, errors.New("type a number")
		}
		return 0, fmt.Errorf("%q is no number", text)
	}
	n, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	if err != nil {
		return 0, fmt.Errorf("%q is too large", text)
	}
	return n * factor, nil
}

// tidied is a number without the rounding noise of repeated doubling and halving.
func tidied(n float64) float64 {
	if tidy, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 12, 64), 64); err == nil {
		return tidy
	}
	return n
}

// Typable reports whether a text may be meant as a number or refers to one.
func Typable(text string) bool {
	_, rest := operator(strings.TrimSpace(text))
	_, err := Number(strings.TrimSuffix(rest, "%"))
	return err == nil
}

// TypedStep reads a step to go to: a number, +100 and -100 from the present one, 50% of the
// way to the end, and words such as start and end.
func TypedStep(text string, now, end int, words map[string]float64) (float64, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if at, ok := words[text]; ok {
		return at, nil
	}
	sign, rest := operator(text)
	rest, percent := strings.CutSuffix(rest, "%")
	n, err := Number(rest)
	if err != nil || sign == "*" || sign == "/" {
		return 0, errors.New("no step")
	}
	if percent {
		n *= float64(end) / 100
	}
	switch sign {
	case "+":
		n += float64(now)
	case "-":
		n = float64(now) - n
	}
	if n = math.Round(n); !(n >= 0 && n <= float64(end)) {
		return 0, errors.New("no step of the branch")
	}
	return n, nil
}
