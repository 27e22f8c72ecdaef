package explain_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"descent/tui"
)

// A user of PyTorch holds the pages against it: every name of torch and torchvision
// that they mention, and every parameter, is one that testdata/torch_names.py found in
// torch, or one of testdata/torch_documented.txt.
func TestTorchNamesAreVerified(t *testing.T) {
	verified := map[string]bool{}
	for _, file := range []string{"torch_names.txt", "torch_documented.txt"} {
		text, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if name, _, ok := strings.Cut(line, "\t"); ok && !strings.HasPrefix(line, "#") {
				verified[name] = false
			}
		}
	}
	for _, p := range open(t, tui.Manual()...).Pages() {
		for _, name := range torchMentions(p.PyTorch) {
			if _, ok := verified[name]; !ok {
				t.Errorf("%s mentions %s, which is on neither list of testdata", p.Title(), name)
			}
			verified[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(verified)) {
		if !verified[name] {
			t.Errorf("%s is on a list of testdata, but on no page", name)
		}
	}
}

func TestMentionsOfTorch(t *testing.T) {
	for text, want := range map[string]string{
		"torch.optim.Adam(lr, betas=(a, b), eps), torch.cat": "torch.optim.Adam torch.optim.Adam(betas) torch.optim.Adam(lr) torch.optim.Adam(eps) torch.cat",
		"betas[0] of torch.optim.Adam, AdamW and RAdam":      "torch.optim.Adam torch.optim.AdamW torch.optim.RAdam torch.optim.Adam(betas) torch.optim.AdamW(betas) torch.optim.RAdam(betas)",
		"torch.softmax(z / T, dim=1)":                        "torch.softmax torch.softmax(dim)",
		"torch.nn.Linear(64, 32), safetensors.torch.load(f)": "torch.nn.Linear",
	} {
		if got := strings.Join(torchMentions(text), " "); got != want {
			t.Errorf("%q mentions %q, want %q", text, got, want)
		}
	}
}

var (
	torchName = regexp.MustCompile(`\b(torch|torchvision)(\.\w+)+`)
	before    = regexp.MustCompile(`(\w+)(\[\d\])? of $`)
	sibling   = regexp.MustCompile(`^(?:, | and )([A-Z]\w+)([^\w.(]|$)`)
	given     = regexp.MustCompile(`^(\w+)=`)
	alone     = regexp.MustCompile(`^[A-Za-z_]\w*$`)
)

// torchMentions are the names of a text and their parameters, as name(parameter), by
// the rules of testdata/torch_names.py.
func torchMentions(text string) (out []string) {
	for _, at := range torchName.FindAllStringIndex(text, -1) {
		if at[0] > 0 && text[at[0]-1] == '.' { // the end of a longer name
			continue
		}
		name, behind := text[at[0]:at[1]], text[at[1]:]
		names := []string{name}
		for s := sibling.FindStringSubmatch(behind); s != nil; s = sibling.FindStringSubmatch(behind) {
			names = append(names, name[:strings.LastIndex(name, ".")+1]+s[1])
			behind = behind[len(s[0])-len(s[2]):]
		}
		out = append(out, names...)
		if len(names) == 1 && strings.HasPrefix(behind, "(") {
			for _, p := range parameters(arguments(behind[1:])) {
				out = append(out, name+"("+p+")")
			}
		}
		if p := before.FindStringSubmatch(text[:at[0]]); p != nil {
			for _, n := range names {
				out = append(out, n+"("+p[1]+")")
			}
		}
	}
	return out
}

// arguments are those of a call, of the text behind its parenthesis.
func arguments(text string) (parts []string) {
	depth, start := 0, 0
	for i, c := range text {
		switch {
		case c == '(' || c == '[':
			depth++
		case (c == ')' || c == ']') && depth == 0:
			return append(parts, text[start:i])
		case c == ')' || c == ']':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return nil
}

// parameters are those among arguments that have a value and, where there are no
// other expressions, those that stand by themselves.
func parameters(arguments []string) (out []string) {
	var bare []string
	for _, a := range arguments {
		a = strings.TrimSpace(a)
		if m := given.FindStringSubmatch(a); m != nil {
			out = append(out, m[1])
		} else if alone.MatchString(a) {
			bare = append(bare, a)
		}
	}
	if len(out)+len(bare) == len(arguments) {
		out = append(out, bare...)
	}
	return out
}
