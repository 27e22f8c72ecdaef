package optim

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"descent/core/kernel"
	"descent/core/knob"
)

// Line is one line of an update rule, in symbols and with the numbers of one
// parameter in one step.
type Line struct {
	Symbol string // what it defines: "mₜ"
	Anew   bool   // the symbol had a value before
	Rule   string // in symbols: "β₁ mₜ₋₁ + (1 − β₁) gₜ"; "" for a value that is given
	Parts  []Part // the rule with the numbers
	Value  float64
}

// Part is a piece of a rule with its numbers: a number, or signs between them.
type Part struct {
	Text   string // "" for a number
	Number float64
}

// Worked is an update rule worked out for one parameter. A transform that has a
// rule writes it here line by line, in the symbols of its Doc; the values are
// computed from what the lines say.
type Worked struct {
	I           int       // the parameter
	In, Out     []float64 // the update before and after the transform
	Params      []float64 // before the step
	At          At
	Title, Note string // of the transform; what there is to say beside the lines
	Lines       []Line
	Now         string // the symbol of what is handed on: "gₜ", then "uₜ", then "Δθₜ"
	before      []knob.Buffer
	names       []string // the symbols, the longer first
	values      map[string]float64
}

// worker is a transform that works its rule out.
type worker interface {
	// worked is called after Apply.
	worked(w *Worked)
}

// Set gives a symbol a value.
func (w *Worked) Set(symbol string, v float64) {
	if _, ok := w.values[symbol]; !ok {
		at, _ := slices.BinarySearchFunc(w.names, symbol, func(a, b string) int { return len(b) - len(a) })
		w.names = slices.Insert(w.names, at, symbol)
	}
	w.values[symbol] = v
}

// Get is the value of a symbol, NaN if it has none.
func (w *Worked) Get(symbol string) float64 {
	if v, ok := w.values[symbol]; ok {
		return v
	}
	return math.NaN()
}

// Before gives a symbol the parameter's value in a buffer as the step found it, 0
// where there was no such buffer.
func (w *Worked) Before(symbol, buffer string) {
	v := w.Saved(buffer)
	if w.I < len(v) {
		w.Set(symbol, v[w.I])
		return
	}
	w.Set(symbol, 0)
}

// Saved is a buffer as the step found it, nil if there was none.
func (w *Worked) Saved(buffer string) []float64 {
	for _, b := range w.before {
		if b.Name == buffer {
			return b.Data
		}
	}
	return nil
}

// Age is the parameter's number of updates, this one included; 0 if it is frozen.
func (w *Worked) Age() int {
	for _, s := range w.At.spans(len(w.Params), 0) {
		if s.From <= w.I && w.I < s.To {
			return s.Age
		}
	}
	return 0
}

// Tensor is the index of the tensor that holds the parameter.
func (w *Worked) Tensor(layout knob.Layout) int {
	return slices.IndexFunc(layout, func(s knob.Segment) bool { return s.Offset <= w.I && w.I < s.Offset+s.Size() })
}

// Line adds a line and gives its symbol the value.
func (w *Worked) Line(symbol, rule string) {
	_, anew := w.values[symbol]
	e := expression{text: rule, w: w}
	l := Line{Symbol: symbol, Anew: anew, Rule: rule, Value: e.sum()}
	if e.rest(); e.at != len(rule) {
		panic(fmt.Sprintf("optim: the rule %q cannot be read from %q on", rule, rule[e.at:]))
	}
	l.Parts = e.parts
	w.Set(symbol, l.Value)
	w.Lines = append(w.Lines, l)
}

// Given adds a line for a value that other parameters decide too.
func (w *Worked) Given(symbol string, v float64) {
	_, anew := w.values[symbol]
	w.Set(symbol, v)
	w.Lines = append(w.Lines, Line{Symbol: symbol, Anew: anew, Value: v})
}

// Hand says which symbol is handed on to the next transform.
func (w *Worked) Hand(symbol string) { w.Now = symbol }

// expression reads a rule: sums, products by · or by standing side by side,
// quotients, √, ², ᵗ, |x|, max, min, sign.
type expression struct {
	text  string
	at    int
	w     *Worked
	parts []Part
}

func (e *expression) rest() string {
	for e.at < len(e.text) && e.text[e.at] == ' ' {
		e.at++
	}
	return e.text[e.at:]
}

// take moves past a sign, and shows it.
func (e *expression) take(sign, shown string) bool {
	if !strings.HasPrefix(e.rest(), sign) {
		return false
	}
	e.at += len(sign)
	e.show(shown)
	return true
}

func (e *expression) show(text string) {
	if n := len(e.parts); n > 0 && e.parts[n-1].Text != "" {
		e.parts[n-1].Text += text
		return
	}
	if text != "" {
		e.parts = append(e.parts, Part{Text: text})
	}
}

func (e *expression) sum() float64 {
	v := e.product()
	for {
		switch {
		case e.take("+", " + "):
			v += float64(e.product())
		case e.take("−", " − "):
			v -= float64(e.product())
		default:
			return v
		}
	}
}

func (e *expression) product() float64 {
	v := e.factor()
	for {
		switch next := e.rest(); {
		case e.take("·", "×"):
			v = float64(v * e.factor())
		case e.take("/", " / "):
			v /= e.factor()
		case next == "" || strings.ContainsRune("+−),|", first(next)):
			return v
		default:
			e.show("×")
			v = float64(v * e.factor())
		}
	}
}

func first(s string) rune { r, _ := utf8.DecodeRuneInString(s); return r }

func (e *expression) factor() float64 {
	switch {
	case e.take("−", "−"):
		return -e.factor()
	case e.take("√", "√"):
		return math.Sqrt(e.power())
	}
	return e.power()
}

func (e *expression) power() float64 {
	v := e.primary()
	for {
		switch {
		case e.take("²", "^2"):
			v = float64(v * v)
		case e.take("ᵗ", "^"):
			t := e.w.Get("t")
			e.parts = append(e.parts, Part{Number: t})
			v = kernel.Power(v, int(t))
		default:
			return v
		}
	}
}

func (e *expression) primary() float64 {
	text := e.rest()
	for _, f := range []struct {
		name string
		of   func(a, b float64) float64
	}{{"max(", func(a, b float64) float64 { return max(a, b) }}, {"min(", func(a, b float64) float64 { return min(a, b) }}} {
		if e.take(f.name, f.name) {
			a := e.sum()
			e.take(",", ", ")
			b := e.sum()
			e.take(")", ")")
			return f.of(a, b)
		}
	}
	switch {
	case e.take("sign(", "sign("):
		v := sign(e.sum())
		e.take(")", ")")
		return v
	case e.take("(", "("):
		v := e.sum()
		e.take(")", ")")
		return v
	case e.take("|", "|"):
		v := math.Abs(e.sum())
		e.take("|", "|")
		return v
	}
	for _, name := range e.w.names {
		if strings.HasPrefix(text, name) {
			e.at += len(name)
			v := e.w.values[name]
			e.parts = append(e.parts, Part{Number: v})
			return v
		}
	}
	n := 0
	for n < len(text) && (text[n] >= '0' && text[n] <= '9' || text[n] == '.' || n > 0 && (text[n] == 'e' || text[n] == '-')) {
		n++
	}
	v, err := strconv.ParseFloat(text[:n], 64)
	if err != nil {
		panic(fmt.Sprintf("optim: the rule %q has no value at %q", e.text, text))
	}
	e.at += n
	e.parts = append(e.parts, Part{Number: v})
	return v
}

// sign is −1, 0 or 1; NaN stays NaN.
func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}
