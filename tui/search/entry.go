package search

import (
	"strconv"
	"strings"

	"descent/tui/draw"
	"descent/tui/intent"
)

// entry is a line of a form: a value that is typed, or chosen from a list.
type entry struct {
	name    string
	text    string   // the value
	options []string // what it is chosen from; nil for anything
	turn    func(text string, by int) string
	check   func(text string) error // nil for anything
	help    func(text string) string
}

// said is a help that does not depend on the value.
func said(text string) func(string) string { return func(string) string { return text } }

// turned chooses the value by places further.
func (e *entry) turned(by int) {
	if e.turn != nil {
		e.text = e.turn(e.text, by)
		return
	}
	for i, o := range e.options {
		if o == e.text {
			e.text = e.options[draw.Modulo(i+by, len(e.options))]
			return
		}
	}
}

// set takes a typed value: of a list also its beginning.
func (e *entry) set(text string) error {
	text = strings.TrimSpace(text)
	if len(e.options) > 0 {
		for _, same := range []func(o string) bool{
			func(o string) bool { return o == text },
			func(o string) bool { return text != "" && strings.HasPrefix(o, text) },
			func(o string) bool { return text != "" && strings.Contains(o, text) },
		} {
			for _, o := range e.options {
				if same(o) {
					e.text = o
					return nil
				}
			}
		}
		if e.check == nil {
			return errChoices(e.options)
		}
	}
	if e.check != nil {
		if err := e.check(text); err != nil {
			return err
		}
	}
	e.text = text
	return nil
}

// number makes an entry of an integer from least on; ←→ goes through 1, 2, 5, 10.
func number(name string, value, least int, help string) *entry {
	return &entry{name: name, text: strconv.Itoa(value), help: said(help), check: func(text string) error {
		_, err := whole(text, least)
		return err
	}, turn: func(text string, by int) string {
		n, err := whole(text, least)
		if err != nil {
			return text
		}
		return strconv.Itoa(max(stop(n, by), least))
	}}
}

// whole reads an integer as people type it.
func whole(text string, least int) (int, error) {
	x, err := intent.Number(text)
	n := draw.Round(x)
	if err != nil || x != float64(n) || n < least || x > 1e12 {
		return 0, errWhole(least)
	}
	return n, nil
}

// int is the value of a number, which was checked.
func (e *entry) int() int {
	n, _ := whole(e.text, 0)
	return n
}

// stop is the next number in 1, 2, 5, 10, 20, or 0 below 1.
func stop(n, by int) int {
	if n <= 0 {
		return max(by, 0)
	}
	power := 1
	for power <= n/10 {
		power *= 10
	}
	up := []int{1, 2, 5, 10}
	if by > 0 {
		for _, u := range up {
			if u*power > n {
				return u * power
			}
		}
		return n
	}
	for i := len(up) - 1; i >= 0; i-- {
		if u := up[i] * power; u < n {
			return u
		}
	}
	if power == 1 {
		return 0
	}
	return power / 2
}
