package explain

import (
	"slices"
	"strings"
	"unicode"

	"descent/core/knob"
)

// Book is every page there is.
type Book struct {
	pages []Page
	names map[string][]int // the places of the pages of a name, in small letters
	knobs map[string][]int // and of knobs, by the name without its table
}

// New is the book of all catalogues, and of pages that others bring: those of
// panes, which only the screen knows. The error is of a preset that cannot be read.
func New(more ...Page) (Book, error) {
	shelf, err := library()
	if err != nil {
		return Book{}, err
	}
	all := catalogues()
	var b Book
	for _, w := range shelf {
		b.pages = append(b.pages, w.page())
	}
	for _, c := range all {
		b.pages = append(b.pages, c.pages()...)
	}
	b.pages = append(b.pages, augmentations()...)
	b.pages = append(b.pages, metrics()...)
	b.pages = append(b.pages, diagnoses()...)
	b.pages = append(b.pages, searches()...)
	b.pages = append(b.pages, knobs()...)
	b.pages = append(b.pages, choices(all)...)
	b.pages = append(b.pages, more...)
	slices.SortStableFunc(b.pages, func(x, y Page) int { return slices.Index(Kinds, x.Kind) - slices.Index(Kinds, y.Kind) })
	b.names, b.knobs = map[string][]int{}, map[string][]int{}
	for i, p := range b.pages {
		name := strings.ToLower(p.Name)
		b.names[name] = append(b.names[name], i)
		if _, word, _ := strings.Cut(p.Name, "."); p.Kind == Knob {
			b.knobs[word] = append(b.knobs[word], i)
		}
	}
	for i := range b.pages {
		p := &b.pages[i]
		chooser := p.Of
		for _, c := range all {
			if c.kind == p.Kind {
				chooser = c.by
			}
		}
		for _, w := range shelf {
			if w.uses(*p, chooser) {
				p.Presets = append(p.Presets, w.recipe.Name)
			}
		}
		b.refer(p)
	}
	return b, nil
}

// refer adds to a page those of its kind that its text names, and the knobs. Of
// choices, which have names such as "mean" and "all", it is those of the same knob.
func (b Book) refer(p *Page) {
	text := words(p.Summary + " " + p.When)
	for _, o := range b.pages {
		if o.Name == p.Name || !slices.Contains(text, o.Name) || slices.Contains(p.SeeAlso, o.Name) || has(p.Knobs, o.Name) || has(p.Choices, o.Name) {
			continue
		}
		if o.Kind == Knob && strings.Contains(o.Name, ".") || o.Kind == p.Kind && o.Of == p.Of && !common[o.Name] {
			p.SeeAlso = append(p.SeeAlso, o.Name)
		}
	}
}

// common are names that a text rather means as words.
var common = map[string]bool{
	"step": true, "linear": true, "constant": true, "scale": true, "noise": true, "drop": true, "crop": true,
	"loss": true, "title": true, "summary": true, "seed": true, "identity": true, "sparse": true,
}

// words are the words of a text; dots and hyphens within them stay.
func words(text string) []string {
	all := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._-", r)
	})
	for i, w := range all {
		all[i] = strings.Trim(w, ".-")
	}
	return all
}

// Pages are all of them, kind by kind. The slice is shared: it is not to be modified.
func (b Book) Pages() []Page { return b.pages }

// Of are the pages of one kind.
func (b Book) Of(kind Kind) (out []Page) {
	for _, p := range b.pages {
		if p.Kind == kind {
			out = append(out, p)
		}
	}
	return out
}

// Named are the pages of that name. Case does not matter; a knob can be named
// without its table, "beta1", where nothing has that name in full, a choice with
// its knob, "quant.when=aware", a knob with its owner, "optimizer.beta1@lion", and
// anything with its kind, "schedule step" or "loss pane", or by PyTorch's name,
// "torch.optim.AdamW".
func (b Book) Named(name string) (out []Page) {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, i := range b.names[name] {
		out = append(out, b.pages[i])
	}
	path, choice, _ := strings.Cut(name, "=")
	for _, i := range b.names[choice] {
		if p := b.pages[i]; p.Of == path || slices.Contains(p.SeeAlso, path) {
			out = append(out, p)
		}
	}
	if out != nil {
		return out
	}
	if path, owner, both := strings.Cut(name, "@"); both {
		return b.ofOwner(path, owner)
	}
	if strings.HasPrefix(name, "torch.") {
		return b.inTorch(name)
	}
	if out = b.kindAndName(strings.Fields(name)); out != nil {
		return out
	}
	for _, i := range b.knobs[name] {
		out = append(out, b.pages[i])
	}
	return out
}

// ofOwner is the page of a knob as one optimizer, schedule or loss has it.
func (b Book) ofOwner(path, owner string) []Page {
	for i := range b.pages {
		if b.pages[i].Kind != Knob || b.pages[i].Name != path {
			continue
		}
		p := b.pages[i]
		has := len(p.Owners) == 0 || slices.ContainsFunc(p.Owners, func(e Entry) bool { return e.Name == owner })
		if own, ok := owned(p.Name, owner); ok && has {
			p.Summary, p.Default = own.Help, standing(own)
			return []Page{p.explained(own.Doc)}
		}
	}
	return nil
}

// inTorch are the pages of what PyTorch calls so: those that begin with the name, or
// else those that name it at all.
func (b Book) inTorch(name string) (out []Page) {
	name, _, _ = strings.Cut(name, "(")
	names := func(p Page) int {
		text := strings.ToLower(p.PyTorch)
		at := strings.Index(text, name)
		if at < 0 {
			return -1
		}
		if rest := text[at+len(name):]; rest != "" && (unicode.IsLetter(rune(rest[0])) || rest[0] == '_' || rest[0] == '.') {
			return -1
		}
		return at
	}
	for _, first := range []bool{true, false} {
		for _, p := range b.pages {
			if at := names(p); at == 0 && p.Kind != Knob || at >= 0 && !first {
				out = append(out, p)
			}
		}
		if out != nil {
			return out
		}
	}
	return nil
}

// kindAndName are the pages that words name together with their kind, which
// stands before the name or behind it.
func (b Book) kindAndName(words []string) []Page {
	for _, kindFirst := range []bool{true, false} {
		for n := 1; n < len(words); n++ {
			kind, name := strings.Join(words[:n], " "), strings.Join(words[n:], " ")
			if !kindFirst {
				kind, name = name, kind
			}
			k, ok := KindOf(kind)
			if !ok {
				continue
			}
			var out []Page
			for _, i := range b.names[name] {
				if b.pages[i].Kind == k {
					out = append(out, b.pages[i])
				}
			}
			if out != nil {
				return out
			}
		}
	}
	return nil
}

// Follow is the page that a name on a page leads to: of several of that name the
// one of the page's own kind, or else the first. ok is false if there is none.
func (b Book) Follow(from Page, name string) (to Page, ok bool) {
	pages := b.Named(name)
	if _, choice, both := strings.Cut(name, "="); both && pages == nil { // of a knob that shares another's choices
		pages = b.Named(choice)
	}
	if path, _, both := strings.Cut(name, "@"); both && pages == nil { // of a knob that all of them have
		pages = b.Named(path)
	}
	for _, p := range pages {
		switch {
		case p.Ref() == from.Ref():
		case !ok:
			to, ok = p, true
		case p.Kind == from.Kind && to.Kind != from.Kind:
			to = p
		}
	}
	return to, ok
}

// Search are the pages whose text holds all the words, the beginnings of words
// counting as well: first those that hold them side by side.
func (b Book) Search(text string) (out []Page) {
	wanted := words(text)
	if len(wanted) == 0 {
		return nil
	}
	rank := map[string]int{}
	for _, p := range b.pages {
		head := p.Name + " " + strings.ReplaceAll(p.Name, ".", " ") + " " + p.Summary
		all := strings.Join(append([]string{head, p.When, p.Formula, p.PyTorch, p.Source, shown(p)}, p.Story...), " ")
		switch phrase := strings.Join(wanted, " "); {
		case strings.Contains(strings.Join(words(head), " "), phrase):
			rank[p.Ref()] = 0
		case holds(words(head), wanted):
			rank[p.Ref()] = 1
		case strings.Contains(strings.Join(words(all), " "), phrase):
			rank[p.Ref()] = 2
		case holds(words(all), wanted):
			rank[p.Ref()] = 3
		default:
			continue
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(x, y Page) int { return rank[x.Ref()] - rank[y.Ref()] })
	return out
}

// shown is what the page of a pane or a dialog says of it.
func shown(p Page) string {
	var out strings.Builder
	for _, e := range p.Shows {
		out.WriteString(e.Name + " " + e.Summary + " ")
	}
	for _, m := range p.Measures {
		out.WriteString(m.Name + " ")
	}
	return out.String()
}

// holds tells whether each wanted word begins one of the text.
func holds(text, wanted []string) bool {
	for _, w := range wanted {
		if !slices.ContainsFunc(text, func(t string) bool { return strings.HasPrefix(t, w) }) {
			return false
		}
	}
	return true
}

// Nearest is the name that a mistyped one was probably meant to be, or "".
func (b Book) Nearest(name string) string {
	var known []string
	for _, p := range b.pages {
		known = append(known, p.Name)
		if _, word, ok := strings.Cut(p.Name, "."); ok && p.Kind == Knob {
			known = append(known, word)
		}
	}
	return knob.Nearest(strings.ToLower(name), known)
}

// KindOf is the kind that a word means: its name, for one or for several.
func KindOf(word string) (Kind, bool) {
	word = strings.ToLower(word)
	for _, k := range Kinds {
		if word == string(k) || word == k.Plural() {
			return k, true
		}
	}
	other, ok := otherwise[word]
	return other, ok
}

// otherwise are words that mean a kind as well.
var otherwise = map[string]Kind{
	"init": Initialisation, "inits": Initialisation, "initialization": Initialisation, "initializations": Initialisation,
	"pruner": Pruning, "pruners": Pruning, "pruning": Pruning,
	"quantizer": Quantization, "quantizers": Quantization, "quantization": Quantization,
	"data": DataSet, "dataset": DataSet, "datasets": DataSet,
	"setting": Knob, "settings": Knob, "key": Knob, "keys": Knob,
}
