package knob

import (
	"strconv"
	"strings"
)

// Parse reads a value as it is typed on the screen or after --set PATH=.
// The meaning of 0 ("off") is taken as 0. A list is words between commas, or as
// a preset has it: ["0:8", "4:2"].
func (k Knob) Parse(text string) (Value, error) {
	text = strings.TrimSpace(text)
	switch k.Kind {
	case Number, Integer:
		if k.Zero != "" && text == k.Zero {
			return k.Check(Num(0))
		}
		percent := strings.HasSuffix(text, "%")
		n, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(text, "%")), 64)
		if err != nil {
			return k.Check(Word(text))
		}
		if percent {
			n /= 100
		}
		return k.Check(Num(n))
	case Switch:
		switch text {
		case "true", "on":
			return Flag(true), nil
		case "false", "off":
			return Flag(false), nil
		}
	case List:
		return k.Check(Items(splitList(text)))
	}
	return k.Check(Word(text))
}

// Format writes a value for the screen: rounded to four digits where it has more, "on"
// and "off" for a switch, and Zero for 0.
func (k Knob) Format(v Value) string {
	switch k.Kind {
	case Switch:
		if v.On() {
			return "on"
		}
		return "off"
	case Number, Integer:
		if v.num == 0 && k.Zero != "" {
			return k.Zero
		}
		return short(v.num)
	case List:
		if len(v.items) == 0 && k.Zero != "" {
			return k.Zero
		}
	}
	return v.String()
}
