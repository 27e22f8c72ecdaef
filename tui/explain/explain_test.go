package explain_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/tui/explain"
)

func open(t *testing.T, more ...explain.Page) explain.Book {
	t.Helper()
	b, err := explain.New(more...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// page is the one page of a name and kind.
func page(t *testing.T, b explain.Book, kind explain.Kind, name string) explain.Page {
	t.Helper()
	for _, p := range b.Named(name) {
		if p.Kind == kind {
			return p
		}
	}
	t.Fatalf("there is no page of the %s %q", kind, name)
	return explain.Page{}
}

func TestEveryPageIsComplete(t *testing.T) {
	for _, p := range open(t).Pages() {
		if lacks := p.Lacks(); len(lacks) > 0 {
			t.Errorf("%s lacks %s", p.Title(), strings.Join(lacks, ", "))
		}
	}
}

func TestEveryKindHasPagesAndEveryPageItsKind(t *testing.T) {
	b := open(t, explain.Page{Name: "loss curve", Kind: explain.Pane}, explain.Page{Name: "race", Kind: explain.Dialog}, explain.Page{Name: "saliency", Kind: explain.Measure})
	total := 0
	for _, k := range explain.Kinds {
		n := len(b.Of(k))
		if total += n; n == 0 {
			t.Errorf("there are no %s", k.Plural())
		}
		for _, word := range []string{string(k), k.Plural()} {
			if got, ok := explain.KindOf(word); !ok || got != k {
				t.Errorf("%q is the kind %q", word, got)
			}
		}
	}
	if total != len(b.Pages()) {
		t.Errorf("%d of %d pages are of a known kind", total, len(b.Pages()))
	}
}

func TestEveryKnobHasAPage(t *testing.T) {
	b := open(t)
	for _, e := range recipe.Catalogue() {
		p := page(t, b, explain.Knob, e.Knob.Path)
		if len(p.Owners) != len(e.Owners) || len(p.Choices) != len(e.Knob.Options) {
			t.Errorf("%s has %d owners and %d choices on its page, not %d and %d", p.Name, len(p.Owners), len(p.Choices), len(e.Owners), len(e.Knob.Options))
		}
	}
}

func TestAPageOfAnOptimizerHasItsOwnDefaults(t *testing.T) {
	b := open(t)
	for _, c := range []struct{ optimizer, path, want string }{
		{"adam", "optimizer.lr", "0.001"}, {"lion", "optimizer.lr", "0.0001"}, {"lion", "optimizer.beta2", "0.99"}, {"adam", "optimizer.beta2", "0.999"},
	} {
		knobs := page(t, b, explain.Optimizer, c.optimizer).Knobs
		if !slices.ContainsFunc(knobs, func(e explain.Entry) bool { return e.Name == c.path && e.Value == c.want }) {
			t.Errorf("%s: %s is not %s in %v", c.optimizer, c.path, c.want, knobs)
		}
	}
}

// A knob that means different things to its owners has the page of most of them,
// and says how the others differ.
func TestAPageOfASharedKnobIsThatOfMostOwners(t *testing.T) {
	p := page(t, open(t), explain.Knob, "optimizer.eps")
	if !strings.Contains(p.PyTorch, "torch.optim.Adam,") || p.Default != "1e-8" {
		t.Errorf("optimizer.eps is that of %q, with the default %s", p.PyTorch, p.Default)
	}
	for owner, want := range map[string]string{"adam": "", "adadelta": "√(vₜ + ε)", "sophia": "max(γ hₜ, ε)"} {
		at := slices.IndexFunc(p.Owners, func(e explain.Entry) bool { return e.Name == owner })
		if at < 0 || want == "" && p.Owners[at].Summary != "" || !strings.Contains(p.Owners[at].Summary, want) {
			t.Errorf("for %s it says %v", owner, p.Owners)
		}
	}
}

// The names of choices are words, such as "mean" and "all": only those of the same
// knob are meant.
func TestChoicesReferToTheirKnobAlone(t *testing.T) {
	b := open(t)
	for _, p := range b.Of(explain.Choice) {
		for _, name := range p.SeeAlso {
			if !slices.ContainsFunc(b.Named(name), func(o explain.Page) bool { return o.Kind == explain.Knob || o.Of == p.Of }) {
				t.Errorf("%s refers to %s", p.Title(), name)
			}
		}
	}
}

func TestPagesNameThePresetsThatUseThem(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		kind         explain.Kind
		name, preset string
	}{
		{explain.Optimizer, "adam", "digits"},
		{explain.Layer, "conv2d", "fashion-cnn"},
		{explain.Layer, "dense", "digits"},
		{explain.Activation, "relu", "fashion-cnn"},
		{explain.DataSet, "digits", "overfit"},
		{explain.Generator, "chebyshev", "chebyshev"},
		{explain.Surface, "rosenbrock", "rosenbrock"},
		{explain.Knob, "distill.temperature", "distil-digits"},
		{explain.Augmentation, "rotate", "augment-digits"},
	} {
		if p := page(t, b, c.kind, c.name); !slices.Contains(p.Presets, c.preset) {
			t.Errorf("%s is in the presets %v, without %s", p.Title(), p.Presets, c.preset)
		}
	}
	p := page(t, b, explain.Preset, "digits")
	if !slices.Contains(p.Keys, explain.Entry{Name: "model.layers", Value: "64, 64, 32, 10"}) || slices.ContainsFunc(p.Keys, func(e explain.Entry) bool { return e.Name == "optimizer.lr" }) {
		t.Errorf("digits sets %v: want model.layers, and not the learning rate, which is the default", p.Keys)
	}
}

func TestNames(t *testing.T) {
	b := open(t)
	for name, want := range map[string]string{
		"adam": "adam – optimizer, adam – choice of optimizer.base", "ADAM": "adam – optimizer, adam – choice of optimizer.base",
		"beta1": "optimizer.beta1 – knob", "optimizer.beta1": "optimizer.beta1 – knob",
		"step":            "step – schedule, step – metric",
		"quant.when=post": "", "optimizer.base=adam": "adam – choice of optimizer.base", "optimizer.name=adam": "adam – optimizer",
		"nothing of that name": "",
	} {
		var got []string
		for _, p := range b.Named(name) {
			got = append(got, p.Title())
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q names %q, want %q", name, got, want)
		}
	}
	for typed, want := range map[string]string{"adma": "adam", "betta1": "beta1", "chebishev": "chebyshev", "quant.granularty": "quant.granularity", "zzzzzzz": ""} {
		if got := b.Nearest(typed); got != want {
			t.Errorf("%q is near to %q, want %q", typed, got, want)
		}
	}
}

func TestAThingIsNamedWithItsKind(t *testing.T) {
	b := open(t, explain.Page{Name: "Loss", Kind: explain.Pane}, explain.Page{Name: "range test", Kind: explain.Dialog})
	for name, want := range map[string]string{
		"loss": "loss – metric, Loss – pane", "loss pane": "Loss – pane", "Pane Loss": "Loss – pane", "metric loss": "loss – metric", "schedule step": "step – schedule",
		"data set digits": "digits – data set", "digits preset": "digits – preset", "dialog range test": "range test – dialog", "optimizer loss": "", "pane": "", "pane pane": "",
	} {
		var got []string
		for _, p := range b.Named(name) {
			got = append(got, p.Title())
			if own := b.Named(p.Ref()); len(own) != 1 || own[0].Title() != p.Title() {
				t.Errorf("%q names %d pages", p.Ref(), len(own))
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q names %q, want %q", name, got, want)
		}
	}
}

func TestALinkLeadsToItsOwnKindAndNeverToItself(t *testing.T) {
	b := open(t, explain.Page{Name: "Loss", Kind: explain.Pane})
	adam, loss := page(t, b, explain.Optimizer, "adam"), page(t, b, explain.Pane, "Loss")
	for _, c := range []struct {
		from     explain.Page
		to, want string
	}{
		{adam, "sgd", "sgd – optimizer"},
		{page(t, b, explain.Choice, "adam"), "sgd", "sgd – choice of optimizer.base"},
		{loss, "loss", "loss – metric"},
		{adam, "adam", "adam – choice of optimizer.base"},
		{adam, "nothing", ""},
	} {
		if to, ok := b.Follow(c.from, c.to); ok != (c.want != "") || ok && to.Title() != c.want {
			t.Errorf("%s leads from %s to %s, want %s", c.to, c.from.Title(), to.Title(), c.want)
		}
	}
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	b := open(t)
	for _, p := range b.Pages() {
		if own := b.Named(p.Ref()); len(own) != 1 {
			t.Errorf("%q names %d pages", p.Ref(), len(own))
		}
		for _, l := range p.Lines(80) {
			for i, s := range l {
				if s.To == "" {
					continue
				}
				if _, ok := b.Follow(p, s.To); !ok {
					t.Errorf("%s: %q leads nowhere", p.Title(), s.To)
				}
				if i == 0 || !strings.HasSuffix(l[i-1].Text, " ") {
					t.Errorf("%s: before %q is no blank", p.Title(), s.Text)
				}
			}
		}
	}
}

func TestTextsAreSearched(t *testing.T) {
	b := open(t, explain.Page{Name: "zoom", Kind: explain.Pane, Summary: "Quadratic frobnication of a curve"}, explain.Page{Name: "other", Kind: explain.Pane, When: "frobnication that is quadratic"})
	for text, want := range map[string]string{"quadratic frobnication": "zoom other", "Frobnic quadr": "zoom other", "frobnication elsewhere": "", "": ""} {
		var got []string
		for _, p := range b.Search(text) {
			got = append(got, p.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
}

func TestPagesKeepToTheirWidth(t *testing.T) {
	b := open(t)
	for _, width := range []int{50, 60, 80, 100} {
		for _, p := range b.Pages() {
			text := p.Text(width)
			if !strings.HasPrefix(text, p.Title()+"\n") || !strings.HasSuffix(text, "\n") || strings.Contains(text, "\n\n\n") || strings.Contains(text, "\t") {
				t.Errorf("%s is not well laid out:\n%s", p.Title(), text)
			}
			for line := range strings.Lines(text) {
				line = strings.TrimRight(line, "\n")
				n := 0
				for _, r := range line {
					if !unicode.Is(unicode.Mn, r) { // a mark on the letter before it
						n++
					}
				}
				if n > width && len(strings.Fields(line)) > 3 {
					t.Errorf("%s at %d columns has a line of %d: %q", p.Title(), width, n, line)
				}
			}
		}
	}
}

func TestWhatDoesNotApplyIsLeftOut(t *testing.T) {
	p := explain.Page{Name: "x", Kind: explain.Metric, Summary: "a thing", Formula: knob.None, Source: "A book", PyTorch: knob.None, When: "Always", Range: "0 to 1"}
	if lacks := p.Lacks(); len(lacks) > 0 {
		t.Errorf("it lacks %v", lacks)
	}
	text := p.Text(80)
	if strings.Contains(text, knob.None+"\n") || strings.Contains(text, "PyTorch") || !strings.Contains(text, "Source      A book\n") {
		t.Errorf("its page is\n%s", text)
	}
}

func TestAPageComesBackFromJSON(t *testing.T) {
	for _, p := range open(t).Pages() {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var back explain.Page
		if err := json.Unmarshal(text, &back); err != nil || back.Text(80) != p.Text(80) {
			t.Errorf("%s: %v, or it reads differently", p.Title(), err)
		}
	}
}

func TestPagesAreFoundByPyTorchsNamesAndByOwner(t *testing.T) {
	b := open(t)
	for name, want := range map[string]string{
		"torch.optim.AdamW": "adamw", "torch.nn.HuberLoss": "huber", "torch.optim.SGD(momentum=0.9)": "sgd",
		"torch.nn.Conv2d": "conv2d", "torch.optim.lr_scheduler.OneCycleLR": "one-cycle",
	} {
		found := b.Named(name)
		if !slices.ContainsFunc(found, func(p explain.Page) bool { return p.Name == want }) {
			t.Errorf("%s leads to %d pages, none of %s", name, len(found), want)
		}
	}
	lion, adam := b.Named("optimizer.beta1@lion"), b.Named("optimizer.beta1")
	if len(lion) != 1 || len(adam) == 0 || lion[0].Formula == adam[0].Formula {
		t.Errorf("optimizer.beta1@lion: %+v", lion)
	}
	if b.Named("optimizer.beta1@gd") != nil || b.Named("torch.optim.Nothing") != nil {
		t.Error("what there is not has a page")
	}
}
