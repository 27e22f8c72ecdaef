package journal

import (
	"fmt"
	"strconv"
)

// actKinds says of each what its value is, as --at and the screen write it.
var actKinds = map[string]string{Rewind: "a step, as rewind=100", Merge: "adapters, as merge=adapters", Teach: "a step of this branch, as teach=500"}

// ParseAct reads an act as it is typed; ok is false if name is none.
func ParseAct(name, value string) (c Command, ok bool, err error) {
	form, ok := actKinds[name]
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
