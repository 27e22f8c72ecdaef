package columns

import (
	"fmt"
	"slices"
	"strings"

	"descent/presets/draft"
)

// missings are the treatments of missing values, in the order in which a key goes
// through them; "" is the choice of the draft.
var missings = []string{"", "median", "mean", "mode", "indicator", "drop"}

// change is what a key does to the selected column.
func (v *View) change(key string) {
	c := v.d.Columns[v.at]
	o := v.d.Options
	without := func(names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == c.Name })
	}
	with := func(names []string) []string { return append(without(names), c.Name) }
	said := ""
	switch key {
	case "t":
		if c.Role == draft.Target {
			v.notice = c.Name + " is the target already; t on another column changes it"
			return
		}
		o.Target, o.Ignore = []string{c.Name}, without(o.Ignore)
		said = c.Name + " is what is predicted now"
	case "T":
		if c.Role == draft.Target {
			goals := without(names(v.d, draft.Target))
			if len(goals) == 0 {
				v.notice = c.Name + " is the only target"
				return
			}
			o.Target, said = goals, c.Name+" is an input again"
			break
		}
		o.Target, o.Ignore = append(names(v.d, draft.Target), c.Name), without(o.Ignore)
		said = "predicted: " + strings.Join(o.Target, ", ")
	case "i":
		switch c.Role {
		case draft.Target:
			v.notice = c.Name + " is the target; t on another column makes that the target"
			return
		case draft.Ignored:
			o.Ignore, o.Use = without(o.Ignore), with(o.Use)
			said = c.Name + " is an input"
		default:
			o.Ignore, o.Use = with(o.Ignore), without(o.Use)
			said = c.Name + " is left out"
		}
	case "c":
		o.Categorical, o.Ordinal, o.Number = without(o.Categorical), without(o.Ordinal), without(o.Number)
		if c.Kind == draft.Category && !c.Words() {
			o.Number = append(o.Number, c.Name)
			said = c.Name + " is a number"
		} else {
			o.Categorical = append(o.Categorical, c.Name)
			said = fmt.Sprintf("%s is of %s categories", c.Name, c.Unique())
		}
		if c.Words() {
			v.notice = c.Name + " holds words: its categories are inputs already; o makes them one"
			return
		}
	case "o":
		switch {
		case c.Role == draft.Target:
			v.notice = "the order of classes is not learned; o is for inputs"
			return
		case c.Kind == draft.Ordinal:
			o.Ordinal, said = without(o.Ordinal), c.Name+" is as it was proposed"
		default:
			o.Ordinal, o.Categorical, o.Number = with(o.Ordinal), without(o.Categorical), without(o.Number)
			said = c.Name + ": its place in the order of the categories, one input"
		}
	case "m":
		next, ok := v.missing()
		if !ok {
			v.notice = "no input has a missing value"
			return
		}
		v.take(next, "missing values: "+treatment(next))
		return
	default:
		return
	}
	d, err := v.d.With(o)
	if err != nil {
		v.Notice(err.Error())
		return
	}
	v.take(d, said)
}

// take shows another draft, which u takes back.
func (v *View) take(d *draft.Draft, said string) {
	v.past = append(v.past, v.d)
	v.d = d
	v.notice, v.bad = said+"; u takes it back", false
}

// missing is the draft with the next treatment of missing values that there is.
func (v *View) missing() (*draft.Draft, bool) {
	gaps := 0
	for _, c := range v.d.Columns {
		if c.Role != draft.Ignored {
			gaps += c.Missing
		}
	}
	if gaps == 0 {
		return nil, false
	}
	now := treatment(v.d)
	at := max(slices.Index(missings, now), 0)
	for i := range missings {
		o := v.d.Options
		o.Missing = missings[(at+1+i)%len(missings)]
		if d, err := v.d.With(o); err == nil && o.Missing != "" && treatment(d) == o.Missing {
			return d, true
		}
	}
	return nil, false
}

func treatment(d *draft.Draft) string { return d.Recipe.Data.Missing }

// names are those of the columns of a role.
func names(d *draft.Draft, role draft.Role) (out []string) {
	for _, c := range d.Columns {
		if c.Role == role {
			out = append(out, c.Name)
		}
	}
	return out
}

func (v *View) undo() {
	if len(v.past) == 0 {
		v.notice = "nothing was changed yet"
		return
	}
	v.d, v.past = v.past[len(v.past)-1], v.past[:len(v.past)-1]
	v.notice = "taken back"
}
