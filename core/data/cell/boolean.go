package cell

import "bytes"

// pairs are the words for no and yes.
var pairs = [...][2]string{
	{"no", "yes"},
	{"false", "true"},
	{"n", "y"},
	{"f", "t"},
	{"off", "on"},
	{".false.", ".true."},
	{"nein", "ja"},
	{"falsch", "wahr"},
	{"non", "oui"},
	{"faux", "vrai"},
	{"no", "sí"},
	{"no", "si"},
	{"falso", "verdadero"},
	{"não", "sim"},
	{"nao", "sim"},
	{"nee", "ja"},
	{"nej", "ja"},
	{"nei", "ja"},
	{"nie", "tak"},
	{"ei", "kyllä"},
	{"нет", "да"},
}

// Boolean is 0 or 1 of a word for no or yes, in whatever case.
func (f Format) Boolean(cell []byte) (float64, bool) {
	switch lower := bytes.ToLower(trim(cell)); {
	case string(lower) == f.No:
		return 0, true
	case string(lower) == f.Yes:
		return 1, true
	}
	return 0, false
}
