package pruner

import "descent/core/knob"

// Row is a pruner in the catalogue.
type Row struct {
	Name, Help string
	Doc        knob.Doc
	New        func(Options) Pruner
}

// Catalogue is every pruner, in display order.
var Catalogue = []Row{
	{Name: "none", Help: "every trial is trained to its end", Doc: noneDoc, New: func(Options) Pruner { return None{} }},
}

// Find returns the pruner of a name.
func Find(name string) (r Row, ok bool) {
	for _, r := range Catalogue {
		if r.Name == name {
			return r, true
		}
	}
	return Row{}, false
}
