package race

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Most is how many race against each other at the most.
const Most = 24

// Menu chooses the racers. Typed text filters the list; space chooses a row.
type Menu struct {
	t     *draw.Theme
	frame func() *live.Frame
	kinds []kind
	kind  int
	rates []rates // of each kind
	at    []int   // the highlighted row of each kind
	typed string
	note  string // what the last key did, or why it did nothing
	due   bool   // the race starts as soon as the range tests are done
	page  int    // rows of a page, as last shown
}

// New opens the menu for a race from the step of the frame; selected is the knob
// selected in the panel.
func New(t *draw.Theme, frame func() *live.Frame, selected live.KnobState) *Menu {
	m := &Menu{t: t, frame: frame, kinds: kinds(frame(), selected)}
	m.rates, m.at = make([]rates, len(m.kinds)), make([]int, len(m.kinds))
	for i := range m.kinds {
		k := &m.kinds[i]
		switch {
		case k.rated && frame().Recipe.Surface.Name != "": // there it takes no time, and no rate suits all surfaces
			m.rates[i] = tested
		case k.knob.Knob.Path == optimizerName:
			m.rates[i] = own
		}
		m.at[i] = max(k.find(k.knob.Value), 0)
	}
	return m
}

func (m *Menu) now() *kind { return &m.kinds[m.kind] }

// Probes are the range tests of the chosen racers, while their rates are asked for.
func (m *Menu) Probes() []live.Probe {
	k := m.now()
	if m.rates[m.kind] != tested || !k.rated {
		return nil
	}
	var out []live.Probe
	for _, r := range k.chosen() {
		out = append(out, probe(m.frame(), k, r))
	}
	return out
}

// measured returns how many of the range tests are done.
func (m *Menu) measured() (done, of int) {
	f := m.frame()
	for _, p := range m.Probes() {
		if of++; f.Findings[p].Value != nil || f.Findings[p].Err != nil {
			done++
		}
	}
	return done, of
}

// Key handles one key.
func (m *Menu) Key(msg tea.KeyMsg) (tea.Msg, bool) {
	m.note, m.due = "", false
	switch msg.String() {
	case "esc":
		if done, of := m.measured(); done < of {
			m.rates[m.kind] = own
			m.note = "the range tests are cancelled"
			return nil, false
		}
		return nil, true
	case "enter":
		return m.start()
	case " ":
		m.toggle()
	case "ctrl+a":
		m.all(true)
	case "ctrl+d":
		m.all(false)
	case "tab", "shift+tab":
		by := 1
		if msg.String() == "shift+tab" {
			by = -1
		}
		m.kind, m.typed = draw.Modulo(m.kind+by, len(m.kinds)), ""
	case "right", "left":
		m.turn(msg.String() == "right")
	case "up":
		m.move(-1)
	case "down":
		m.move(1)
	case "pgup":
		m.move(-max(m.page, 1))
	case "pgdown":
		m.move(max(m.page, 1))
	case "home":
		m.move(-len(m.now().rows))
	case "end":
		m.move(len(m.now().rows))
	case "backspace":
		if r := []rune(m.typed); len(r) > 0 {
			m.filter(string(r[:len(r)-1]))
		}
	case "ctrl+u":
		m.filter("")
	default:
		m.types(msg)
	}
	return nil, false
}

// types adds to the filter.
func (m *Menu) types(k tea.KeyMsg) {
	if k.Alt || k.Type != tea.KeyRunes {
		return
	}
	text := ""
	for _, r := range k.Runes {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.+", r) {
			text += string(unicode.ToLower(r))
		}
	}
	if text != "" && len(m.typed)+len(text) <= 40 {
		m.filter(m.typed + text)
	}
}

// matching returns the rows that the typed text leaves: those whose name has it,
// those that it begins first.
func (m *Menu) matching() []int {
	var begin, have []int
	for i, r := range m.now().rows {
		switch name := strings.ToLower(r.label); {
		case strings.HasPrefix(name, m.typed):
			begin = append(begin, i)
		case strings.Contains(name, m.typed) || len(m.typed) > 2 && strings.Contains(strings.ToLower(r.help), m.typed):
			have = append(have, i)
		}
	}
	return append(begin, have...)
}

func (m *Menu) filter(text string) {
	m.typed = text
	if all := m.matching(); len(all) > 0 && text != "" {
		m.at[m.kind] = all[0]
	}
}

func (m *Menu) move(by int) {
	all := m.matching()
	if i := slices.Index(all, m.at[m.kind]); i >= 0 {
		m.at[m.kind] = all[min(max(i+by, 0), len(all)-1)]
	}
}

// turn chooses where the rates come from.
func (m *Menu) turn(on bool) {
	if !m.now().rated {
		m.note = "these racers differ in their learning rates already"
		return
	}
	by := 1
	if !on {
		by = -1
	}
	m.rates[m.kind] = draw.Modulo(m.rates[m.kind]+by, ratesCount)
}

// toggle enters or withdraws the highlighted row, or a typed number.
func (m *Menu) toggle() {
	k := m.now()
	if len(m.matching()) == 0 {
		if !k.takesNumbers() {
			m.note = "no match for “" + m.typed + "”"
			return
		}
		at, err := k.add(m.typed)
		if err != nil {
			m.note = err.Error()
			return
		}
		m.at[m.kind], m.typed = at, ""
		k.rows[at].chosen = false
	}
	r := &k.rows[m.at[m.kind]]
	switch {
	case r.refused != "":
		m.note = r.refused
	case !r.chosen && len(k.chosen()) >= Most:
		m.note = fmt.Sprintf("at most %d race at once", Most)
	default:
		r.chosen = !r.chosen
	}
}

// all enters every row that the filter leaves, or withdraws it.
func (m *Menu) all(on bool) {
	k := m.now()
	for _, i := range m.matching() {
		if r := &k.rows[i]; !on || r.refused == "" && len(k.chosen()) < Most {
			r.chosen = on
		}
	}
}

// start starts the race.
func (m *Menu) start() (tea.Msg, bool) {
	k, f := m.now(), m.frame()
	chosen := k.chosen()
	if len(chosen) < 2 {
		m.note = "a race needs two racers at least: space chooses"
		return nil, false
	}
	if done, of := m.measured(); done < of {
		m.due = true
		return nil, false
	}
	var out intent.Race
	for _, r := range chosen {
		racer := session.Racer{Label: recipe.Words(k.knob.Knob.Path, r.value), Changes: []recipe.Change{{Path: k.knob.Knob.Path, Value: r.value}}}
		if v, _ := rate(f, k, r, m.rates[m.kind]); k.rated && v > 0 {
			racer.Changes = append(racer.Changes, recipe.Change{Path: optimizerLR, Value: knob.Num(v)})
		}
		out.Racers = append(out.Racers, racer)
	}
	return out, true
}

// Due returns the race once the range tests that it waits for are done, nil before.
func (m *Menu) Due() tea.Msg {
	if done, of := m.measured(); !m.due || done < of {
		return nil
	}
	asked, _ := m.start()
	return asked
}

// View renders the box.
func (m *Menu) View(w, h int) string {
	k, f := m.now(), m.frame()
	inner := min(w-4, 92)
	title := "Race from step " + draw.Thousands(f.Step)
	lines := []string{m.tabs(inner)}
	if k.rated {
		lines = append(lines, " "+draw.FitLine(m.t.Muted.Render("learning rate: ")+m.t.Selected.Render("‹ "+names[m.rates[m.kind]]+" ›"), inner-1))
	} else {
		lines = append(lines, m.t.Muted.Render(" learning rate: that of each racer"))
	}
	lines = append(lines, "")
	rows := max(min(h-10, len(k.rows)), 1)
	m.page = rows
	all := m.matching()
	top := min(max(slices.Index(all, m.at[m.kind])-rows/2, 0), max(len(all)-rows, 0))
	wide := 8
	for _, r := range k.rows {
		wide = max(wide, draw.Width(r.label))
	}
	wide = min(wide, max(inner/3, 8))
	shown := all[top:min(top+rows, len(all))]
	for _, i := range shown {
		lines = append(lines, m.row(f, k, i, wide, inner))
	}
	lines = append(lines, make([]string, rows-len(shown))...)
	lines = append(lines, "", m.said(inner))
	keys := draw.FirstFitting(inner-2,
		m.t.Keys("space choose   enter start   tab what   ←→ rates   ctrl+a all   ctrl+d none   type to filter   esc close"),
		m.t.Keys("space choose   enter start   tab what   ←→ rates   ctrl+a all   ctrl+d none   esc"),
		m.t.Keys("space choose   enter start   tab what   ←→ rates   ctrl+a all"),
		m.t.Keys("space choose   enter start   tab what"))
	lines = append(lines, m.t.Muted.Render(" "+keys))
	more := strings.TrimSpace(draw.Beyond(top, len(all)-top-len(shown)))
	return m.t.Box(title, nil, more, strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}

// tabs renders what can be raced.
func (m *Menu) tabs(w int) string {
	var out, short []string
	for i, k := range m.kinds {
		if i == m.kind {
			out, short = append(out, m.t.Selected.Render("["+k.title+"]")), append(short, m.t.Selected.Render("["+k.title+"]"))
			continue
		}
		out, short = append(out, m.t.Muted.Render(" "+k.title+" ")), append(short, m.t.Muted.Render(draw.Crop(k.title, 8, "…")))
	}
	return draw.FitLine(draw.FirstFitting(w, " "+strings.Join(out, " "), " "+strings.Join(short, " ")), w)
}

// row renders a value with its rate.
func (m *Menu) row(f *live.Frame, k *kind, i, wide, inner int) string {
	r := k.rows[i]
	mark, style, help := " ", m.t.Text, r.help
	if r.refused != "" {
		style, help = m.t.Muted, r.refused
	}
	if i == m.at[m.kind] {
		mark, style = "▸", m.t.Selected
	}
	sign := "[ ]"
	if r.chosen {
		sign = "[x]"
	}
	text := style.Render(mark + sign + " " + draw.FitLine(r.label, wide) + " ")
	if !k.rated {
		return text + m.t.Muted.Render(help)
	}
	v, said := rate(f, k, r, m.rates[m.kind])
	number := draw.Significant(v)
	switch {
	case v == 0 && r.chosen:
		number = "testing"
	case v == 0:
		number = "–"
	}
	if said != "" {
		help = said
	}
	return text + m.t.Decision.Render(draw.Between("", number, 9)) + "  " + m.t.Muted.Render(draw.Crop(help, max(inner-wide-18, 1), "…"))
}

// said is the line above the keys: a note, the filter, the progress of the range
// tests, or how many race.
func (m *Menu) said(w int) string {
	k := m.now()
	done, of := m.measured()
	var racers []string
	for _, r := range k.chosen() {
		racers = append(racers, r.label)
	}
	text := fmt.Sprintf("%d racers", len(racers))
	then := ""
	if m.due {
		then = ", then the race starts"
	}
	for _, d := range m.frame().Panel {
		if d.Knob.Path == "train.steps" {
			text += " for " + draw.Thousands(draw.Floor(d.Value.Num())) + " steps each"
		}
	}
	if len(racers) > 0 {
		text += ": " + strings.Join(racers, ", ")
	}
	switch n := len(m.matching()); {
	case m.note != "":
		return " " + m.t.Title.Render(draw.Crop(draw.Line(m.note), w-2, "…"))
	case m.typed != "" && n == 0 && k.takesNumbers():
		return " " + m.t.Text.Render("space adds “"+m.typed+"”")
	case m.typed != "" && n == 0:
		return " " + m.t.Text.Render("no match for “"+m.typed+"”")
	case m.typed != "":
		text = fmt.Sprintf("“%s” %d of %d   %d chosen", m.typed, n, len(k.rows), len(k.chosen()))
	case done < of:
		return " " + m.t.Focus.Render(draw.Progress(done, of, 20)) + m.t.Text.Render(fmt.Sprintf(" range test %d of %d on a copy%s   esc cancels", done+1, of, then))
	}
	return " " + m.t.Text.Render(draw.Crop(text, w-2, "…"))
}

// Subject is the knob that the racers differ in, with the menu behind it.
func (m *Menu) Subject() intent.Subject {
	k := m.now()
	pages := []string{"dialog race", "knob " + k.knob.Knob.Path}
	if k.knob.Knob.Kind == knob.Choice && len(k.rows) > 0 {
		pages = append(pages, k.knob.Knob.Path+"="+k.rows[m.at[m.kind]].label)
	}
	return intent.Subject{Pages: pages}
}
