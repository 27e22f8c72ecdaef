package main_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestExplainPrintsThePageOfAName(t *testing.T) {
	dir := t.TempDir()
	for args, want := range map[string][]string{
		"adam":              {"adam – optimizer\n", "optimizer.beta1", "In presets  digits"},
		"quant.granularity": {"quant.granularity – knob\n", "Choices\n"},
		"one-cycle":         {"one-cycle – schedule\n", "schedule.pct_start"},
		"chebyshev":         {"chebyshev – preset\n", "chebyshev – generator\n"},
		"val_loss":          {"val_loss – metric\n", "Formula     L(θ"},
		"schedule step":     {"step – schedule\n"},
		"data set digits":   {"digits – data set\n", "1797 rows"},
		"quant.when=aware":  {"aware – choice of quant.when\n"},
		"schedules":         {"one-cycle", "cosine"},
		"loss":              {"cross-entropy", "descent explain metric loss"},
		"timeline":          {"Timeline – pane\n", "delete the chosen branch", "★"},
		"loss pane":         {"Loss – pane\n", "log ℓₜ", "Keys\n"},
		"race":              {"race – dialog\n"},
		"saliency":          {"saliency – measure\n", "Simonyan"},
		"panes":             {"Compression", "Network"},
		"":                  {"optimizers", "knobs", "`descent explain NAME`"},
	} {
		r := succeed(t, dir, append([]string{"explain"}, strings.Fields(args)...)...)
		for _, w := range want {
			if !strings.Contains(r.out, w) {
				t.Errorf("explain %s: %q is not in\n%s", args, w, r.out)
			}
		}
		for line := range strings.Lines(r.out) {
			if args != "schedules" && args != "panes" && args != "loss" && args != "" && utf8.RuneCountInString(line) > 81 {
				t.Errorf("explain %s: a line is wider than 80: %q", args, line)
			}
		}
	}
	if r := succeed(t, dir, "explain", "schedule", "step"); strings.Contains(r.out, "metric") {
		t.Errorf("the kind does not choose:\n%s", r.out)
	}
}

func TestExplainSearchesAndSuggests(t *testing.T) {
	dir := t.TempDir()
	r := succeed(t, dir, "explain", "gradient accumulation")
	if !strings.Contains(r.out, "step ") || !strings.Contains(r.err, `nothing is named "gradient accumulation"`) {
		t.Errorf("it finds %q and says %q", r.out, r.err)
	}
	refused(t, dir, []string{`nothing is named "adma"`, "did you mean `descent explain adam`?"}, "explain", "adma")
	refused(t, dir, []string{"`descent explain` lists what there is"}, "explain", "qqqqqqqq")
	refused(t, dir, []string{`"chebyshev" is several things`, "`descent explain generator chebyshev`"}, "explain", "chebyshev", "--json")
	refused(t, dir, []string{"--all prints every page"}, "explain", "adam", "--all")
}

func TestExplainIsCompleteForMachines(t *testing.T) {
	dir := t.TempDir()
	var one map[string]any
	if err := json.Unmarshal([]byte(succeed(t, dir, "explain", "lion", "--json").out), &one); err != nil || one["name"] != "lion" || one["kind"] != "optimizer" || one["summary"] == "" {
		t.Errorf("one page is %v, %v", one, err)
	}
	var kinds []struct {
		Kind  string
		Pages int
	}
	if err := json.Unmarshal([]byte(succeed(t, dir, "explain", "--json").out), &kinds); err != nil {
		t.Fatal(err)
	}
	var all []struct{ Name, Kind, Summary string }
	if err := json.Unmarshal([]byte(succeed(t, dir, "explain", "--all", "--json").out), &all); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, p := range all {
		if count[p.Kind]++; p.Name == "" || p.Summary == "" {
			t.Errorf("a page is %+v", p)
		}
	}
	for _, k := range kinds {
		if count[k.Kind] != k.Pages || k.Pages == 0 {
			t.Errorf("there are %d pages of the kind %s, %d are said", count[k.Kind], k.Kind, k.Pages)
		}
	}
	if text := succeed(t, dir, "explain", "--all").out; strings.Count(text, "\n───") != len(all)-1 {
		t.Errorf("%d rules lie between %d pages", strings.Count(text, "\n───"), len(all))
	}
}

// Whatever a list names has a page.
func TestWhatIsListedIsExplained(t *testing.T) {
	dir := t.TempDir()
	var lists map[string][]struct{ Name string }
	if err := json.Unmarshal([]byte(succeed(t, dir, "list", "--json").out), &lists); err != nil {
		t.Fatal(err)
	}
	var pages []struct{ Name string }
	if err := json.Unmarshal([]byte(succeed(t, dir, "explain", "--all", "--json").out), &pages); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, p := range pages {
		known[p.Name] = true
	}
	for topic, items := range lists {
		for _, i := range items {
			if !known[i.Name] {
				t.Errorf("%s of the list of %s has no page", i.Name, topic)
			}
		}
	}
	for _, args := range []string{"explain ", "explain optimizer "} {
		if r := succeed(t, dir, append([]string{"__complete"}, strings.Split(args, " ")...)...); !strings.Contains(r.out, "adamw\t") {
			t.Errorf("completing %q gives %q", args, r.out)
		}
	}
}
