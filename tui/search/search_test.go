package search

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"descent/core/search"
	"descent/core/search/pruner"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/intent"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"

	tea "github.com/charmbracelet/bubbletea"
)

// keys are those that are no text.
var keys = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"tab": tea.KeyTab, "backspace": tea.KeyBackspace, "space": tea.KeySpace, "end": tea.KeyEnd, "ctrl+u": tea.KeyCtrlU,
}

func press(d Dialog, names ...string) (asked tea.Msg, done bool) {
	for _, k := range names {
		if t, ok := keys[k]; ok {
			msg := tea.KeyMsg{Type: t}
			if k == "space" {
				msg.Runes = []rune{' '}
			}
			asked, done = d.Key(msg)
			continue
		}
		for _, r := range k {
			asked, done = d.Key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
		}
	}
	return asked, done
}

func menu(t *testing.T) *Menu {
	f := frames.Still(t)
	return New(frames.Plain(), func() *live.Frame { return f })
}

// over says what an intent searches over.
func over(asked tea.Msg) string {
	b, _ := asked.(intent.BeginSearch)
	var out []string
	for _, a := range b.Spec.Axes {
		out = append(out, study.FormatAxis(a))
	}
	return strings.Join(out, "; ")
}

func TestTheMenuStartsWhatMattersMost(t *testing.T) {
	m := menu(t)
	asked, done := press(m, "enter")
	b, ok := asked.(intent.BeginSearch)
	if !done || !ok || len(b.Spec.Axes) != 3 || b.Spec.Axes[0].Path != "optimizer.lr" || b.Here || b.Workers == 0 || b.Spec.Trials != 50 {
		t.Fatalf("it asks for %+v", asked)
	}
	if err := b.Spec.Check(); err != nil {
		t.Error(err)
	}
}

func TestAnyKnobIsAddedByTypingAndRangesAreText(t *testing.T) {
	m := menu(t)
	press(m, "space", "down", "space", "down", "space") // without those that were chosen
	if asked, done := press(m, "enter"); done || asked != nil || !strings.Contains(m.note, "nothing is searched over") {
		t.Errorf("a search over nothing: %v, %q", asked, m.note)
	}
	press(m, "a", "lr=1e-4..1e-1", "enter", "a", "optimizer.name=sgd,adam", "enter", "a", "beta2", "enter")
	asked, _ := press(m, "enter")
	if got := over(asked); got != "optimizer.name=sgd,adam; optimizer.lr=0.0001..0.1 log; optimizer.beta2=0.8..0.9999" {
		t.Fatalf("it searches over %s: %s", got, m.note)
	}
	if b := asked.(intent.BeginSearch); b.Spec.Axes[2].Condition == nil {
		t.Error("beta2 exists without adam")
	}
	press(m, "a", "lr=1..0.1", "enter")
	if m.edit == nil || !strings.Contains(m.note, "empty range") {
		t.Errorf("an empty range is taken: %q", m.note)
	}
	press(m, "esc", "a", "nonsense", "enter")
	if m.note == "" {
		t.Error("an unknown knob is taken")
	}
	press(m, "esc", "esc")
}

func TestRangesAreNarrowedAndWidenedAroundTheValueAsItStands(t *testing.T) {
	m := menu(t)
	before, _ := study.ParseAxis(m.of, m.rows[0].text, nil)
	press(m, "left")
	narrow, err := study.ParseAxis(m.of, m.rows[0].text, nil)
	if err != nil || narrow.Low <= before.Low || narrow.High >= before.High || !narrow.Log {
		t.Errorf("%v narrowed is %v (%v)", before, narrow, err)
	}
	press(m, "right", "right")
	wide, err := study.ParseAxis(m.of, m.rows[0].text, nil)
	if err != nil || wide.Low >= before.Low || wide.High <= before.High {
		t.Errorf("%v widened is %v (%v)", before, wide, err)
	}
	for range 100 { // down to the least and up to the most that the knob takes
		press(m, "left")
	}
	for range 200 {
		press(m, "right")
	}
	if _, err := study.ParseAxis(m.of, m.rows[0].text, nil); err != nil {
		t.Error(err)
	}
}

func TestSettingsAreTurnedAndTyped(t *testing.T) {
	m := menu(t)
	press(m, "tab", "down", "right", "down", "e", "bytes<=20000 val_accuracy>=0.9", "enter", "down", "right", "down", "right", "down", "200", "enter", "down", "1k", "enter")
	press(m, "end", "right", "up", "right")
	asked, _ := press(m, "enter")
	b, ok := asked.(intent.BeginSearch)
	if !ok {
		t.Fatalf("it asks for %v: %s", asked, m.note)
	}
	s := b.Spec
	if len(s.Objectives) != 1 && len(s.Objectives) != 2 || len(s.Where) != 2 || s.Trials != 200 || s.Steps != 1000 || s.Sampler == samplers()[0] || s.Pruner == pruner.Names()[0] || !b.Here || s.Around == nil || s.Around.Width != 0.05 {
		t.Errorf("%+v", b)
	}
	m = menu(t)
	press(m, "tab", "down", "down", "e", "size<=3", "enter")
	if !strings.Contains(m.note, "no metric") {
		t.Errorf("a constraint on nothing: %q", m.note)
	}
}

func TestNumbersAreTurnedThroughRoundOnes(t *testing.T) {
	for _, c := range []struct{ n, by, want int }{{0, 1, 1}, {1, 1, 2}, {2, 1, 5}, {5, 1, 10}, {60, 1, 100}, {60, -1, 50}, {1, -1, 0}, {0, -1, 0}, {10, -1, 5}, {2000, -1, 1000}, {1000, -1, 500}, {7, -1, 5}} {
		if got := stop(c.n, c.by); got != c.want {
			t.Errorf("%d by %d is %d, want %d", c.n, c.by, got, c.want)
		}
	}
}

// steered is a frame with a search.
func steered(t *testing.T) *live.Frame {
	f := frames.Still(t)
	axes, err := study.ParseAxes(f.Recipe, []string{"optimizer.lr=1e-4..1e-1", "optimizer.name=sgd,adam", "optimizer.beta2"})
	if err != nil {
		t.Fatal(err)
	}
	p := search.Point{}
	for _, a := range axes {
		p[a.Path] = a.At(0.7)
	}
	r := &study.Reading{
		Spec: study.Spec{Axes: axes, Objectives: []string{"val_loss"}, Steps: 2000}, Best: 1, Front: []int{1}, Over: true,
		Trials: []*study.Trial{{Trial: search.Trial{Number: 0, Point: search.Point{}, State: search.Failed}}, {Trial: search.Trial{Number: 1, Point: p, State: search.Complete, Values: []float64{0.05}}}},
		Candidates: []study.Candidate{
			{Trial: -1, Values: []float64{0.1, 0.2, 0.15}, Low: 0.1, Median: 0.15, High: 0.2, Of: 5, Claimed: check.Extremes[0]},
			{Trial: 1, Point: p, Values: []float64{0.06, 0.07, 0.08}, Low: 0.06, Median: 0.07, High: 0.08, Of: 3, Claimed: 0.05},
		},
	}
	r.Plan = study.Plan{Space: search.Space{Axes: axes}, Sampler: samplers()[0], Pruner: pruner.Names()[0], Trials: 50}
	f.Tuning = &live.Tuning{Study: r, Recipe: f.Recipe, Workers: 2}
	return f
}

func dialog(t *testing.T, f *live.Frame, asked tea.Msg) Dialog {
	t.Helper()
	d, err := For(frames.Plain(), func() *live.Frame { return f }, asked)
	if err != nil || d == nil {
		t.Fatalf("%T has no dialog: %v", asked, err)
	}
	return d
}

func TestASearchIsSteeredByForms(t *testing.T) {
	f := steered(t)
	decided := func(asked tea.Msg, keys ...string) study.Decision {
		t.Helper()
		got, done := press(dialog(t, f, asked), keys...)
		d, ok := got.(intent.Decide)
		if !done || !ok || d.Decision.Words == "" || d.Decision.Actor != "user" {
			t.Fatalf("%T: %v gives %#v", asked, keys, got)
		}
		return d.Decision
	}
	if d := decided(intent.EditAxis{Path: "optimizer.lr"}, "ctrl+u", "optimizer.lr=1e-3..1e-2", "enter"); len(d.Axes) != 3 || d.Axes[1].Low != 0.001 || d.Axes[1].High != 0.01 {
		t.Errorf("the axes are %+v", d.Axes)
	}
	if d := decided(intent.EditAxis{}, "ctrl+u", "batch=8..64", "enter"); len(d.Axes) != 4 || d.Axes[3].Path != "train.batch" {
		t.Errorf("the axes are %+v", d.Axes)
	}
	if d := decided(intent.EditSampler{}, "down", "0.5", "enter", "enter"); d.Sampler == nil || d.Sampler.Greed != 0.5 {
		t.Errorf("the sampler is %+v", d.Sampler)
	}
	if d := decided(intent.EditPruner{}, "right", "enter"); d.Pruner == nil || *d.Pruner != pruner.Names()[1] {
		t.Error("the pruner stays")
	}
	if d := decided(intent.EditAround{}, "right", "enter"); d.Around == nil || d.Around.Width != 0.05 {
		t.Errorf("the prior is %+v", d.Around)
	}
	if d := decided(intent.EditTrials{}, "ctrl+u", "80", "enter"); d.Trials == nil || *d.Trials != 80 {
		t.Error("the budget stays")
	}
	if d := decided(intent.EditTrial{Trial: 1}, "down", "ctrl+u", "down", "0.95", "enter", "enter"); len(d.Enqueue) != 3 || d.Enqueue["optimizer.beta2"].Num() != 0.95 {
		t.Errorf("the point is %v", d.Enqueue)
	}
	if d := decided(intent.EditTrial{Trial: 1}, "left", "enter"); d.Enqueue["optimizer.name"].Word() == "adam" && len(d.Enqueue) != 3 {
		t.Errorf("the point is %v", d.Enqueue)
	}
	if asked, _ := press(dialog(t, f, intent.AskWorkers{}), "ctrl+u", "3", "enter"); asked != tea.Msg(intent.SetWorkers{Workers: 3}) {
		t.Errorf("workers: %v", asked)
	}
	if _, err := For(frames.Plain(), func() *live.Frame { return f }, intent.EditTrial{Trial: 7}); err == nil {
		t.Error("a trial that does not exist is cloned")
	}
	f.Tuning = nil
	if _, err := For(frames.Plain(), func() *live.Frame { return f }, intent.EditSampler{}); err == nil {
		t.Error("there is a sampler without a search")
	}
}

func TestAxesAreNarrowedDroppedAndSet(t *testing.T) {
	f := steered(t)
	d, ok, err := Decision(f, intent.ScaleAxis{Path: "optimizer.lr", Factor: 0.5})
	if err != nil || !ok || !(d.Axes[1].Low > 1e-4) || !(d.Axes[1].High < 1e-1) {
		t.Errorf("narrowed: %+v %v", d, err)
	}
	d, _, err = Decision(f, intent.DropAxis{Path: "optimizer.name"})
	if err != nil || len(d.Axes) != 2 { // the recipe has adam
		t.Errorf("dropped: %+v %v", d, err)
	}
	if _, _, err = Decision(f, intent.ScaleAxis{Path: "optimizer.name", Factor: 0.5}); err == nil {
		t.Error("names are narrowed")
	}
	f.Tuning.Study.Plan.Space.Axes = f.Tuning.Study.Plan.Space.Axes[1:2]
	if _, _, err = Decision(f, intent.DropAxis{Path: "optimizer.lr"}); err == nil {
		t.Error("the last axis is dropped")
	}
}

func TestTheCardSaysWhatWasFoundAndHowMuchWasLuck(t *testing.T) {
	f := steered(t)
	said := Said(f)
	for _, want := range []string{"trial 1", "0.0700", "3 fresh seeds", "started from", "0.1500", "better", "0.0200 better by luck"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %q", want, said)
		}
	}
	d := dialog(t, f, intent.SearchResult{})
	if asked, done := press(d, "enter"); !done || asked != tea.Msg(intent.AdoptTrial{Trial: 1}) {
		t.Errorf("enter asks for %v", asked)
	}
	if asked, _ := press(d, "s"); asked != tea.Msg(intent.SaveTrial{Trial: 1}) {
		t.Errorf("s asks for %v", asked)
	}
	card := NewResult(frames.Plain(), func() *live.Frame { return f }).Unasked(time.Now())
	if asked, done := card.Key(tea.KeyMsg{Type: tea.KeyEnter}); asked != nil || done {
		t.Errorf("a card that has just come by itself takes enter: %v", asked)
	}
	if _, done := card.Unasked(time.Now().Add(-startled)).Key(tea.KeyMsg{Type: tea.KeyEnter}); !done {
		t.Error("and later it does not")
	}
	if asked, _ := press(d, "down", "enter"); asked != nil {
		t.Errorf("the preset's own values are adopted: %v", asked)
	}
}

func TestGoldenDialogs(t *testing.T) {
	for name, make := range map[string]func(t *testing.T) Dialog{
		"menu":   func(t *testing.T) Dialog { return menu(t) },
		"adding": func(t *testing.T) Dialog { return menu(t) },
		"trial":  func(t *testing.T) Dialog { return dialog(t, steered(t), intent.EditTrial{Trial: 1}) },
		"axis":   func(t *testing.T) Dialog { return dialog(t, steered(t), intent.EditAxis{Path: "optimizer.lr"}) },
		"result": func(t *testing.T) Dialog { return dialog(t, steered(t), intent.SearchResult{}) },
	} {
		for _, size := range [][2]int{{50, 14}, {80, 24}, {120, 36}} {
			t.Run(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), func(t *testing.T) {
				if m, ok := make(t).(*Menu); ok {
					m.settings[workersOf].text = "2" // on any machine
					m.settings[workersOf].help = said("trials at once")
					if name == "adding" {
						press(m, "a", "decay")
					}
					check.Golden(t, m.View(size[0], size[1]))
					return
				}
				check.Golden(t, make(t).View(size[0], size[1]))
			})
		}
	}
}

// Nothing that a search comes to breaks a dialog, in any window.
func TestWhateverASearchComesTo(t *testing.T) {
	for _, v := range check.Extremes {
		f := steered(t)
		for i := range f.Tuning.Study.Candidates {
			c := &f.Tuning.Study.Candidates[i]
			c.Median, c.Low, c.High, c.Claimed = v, v, v, v
		}
		for _, size := range [][2]int{{20, 5}, {50, 14}, {200, 55}} {
			for _, asked := range []tea.Msg{intent.SearchResult{}, intent.StartSearch{}, intent.EditTrial{Trial: 0}, intent.EditTrial{Trial: -1}, intent.EditAround{}, intent.SaveTrial{Trial: 1}} {
				text := dialog(t, f, asked).View(size[0], size[1])
				check.Exact(t, fmt.Sprintf("%T", asked), text, len([]rune(strings.SplitN(text, "\n", 2)[0])), len(strings.Split(text, "\n")))
			}
		}
	}
	f := steered(t)
	f.Tuning.Study.Candidates, f.Tuning.Study.Front, f.Tuning.Study.Best = nil, nil, -1
	press(dialog(t, f, intent.SearchResult{}), "up", "down", "enter", "s")
	dialog(t, f, intent.SearchResult{}).View(80, 24)
}
