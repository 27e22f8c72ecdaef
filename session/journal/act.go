package journal

import (
	"fmt"
	"strconv"
)

// actValues describes the value of each act, as in --at.
var actValues = map[string]string{Rewind: "a step, as rewind=100", Best: "a step, as best=100", Merge: "adapters, as merge=adapters", Teach: "a step of this branch, as teach=500"}

// ParseAct parses an act; ok is false if name is not an act.
func ParseAct(name, value string) (c Command, ok bool, err error) {
	form, ok := actValues[name]
	if !ok {
		return c, false, nil
	}
	a := &Act{Name: name}
	if name == Merge {
		if value != "adapters" {
			return c, true, fmt.Errorf("%s takes %s, not %q", name, form, value)
		}
		return Command{Act: a}, true, nil
	}
	if a.Step, err = strconv.Atoi(value); err != nil || a.Step < 0 {
		return c, true, fmt.Errorf("%s takes %s, not %q", name, form, value)
	}
	return Command{Act: a}, true, nil
}
