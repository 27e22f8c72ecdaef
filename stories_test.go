package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"descent/core"
	"descent/core/parallel"
	"descent/presets"
	"descent/session/headless"
)

// A story is what a preset promises, as ways through it that are measured. The
// figures of all seeds are kept in docs/stories.json.
type story struct {
	preset string
	ways   []way
	holds  func(at figures) error // of the medians
}

// way is a run of the preset, changed.
type way struct {
	name  string
	of    string // another preset than the story's
	steps int
	set   []string
	at    []string
}

// figures are what each way came to, by its name and a metric's.
type figures map[string]map[string]float64

var (
	allSeeds = flag.Bool("stories", false, "measure the stories of the presets over all seeds")
	inSingle = flag.Bool("float32", false, "with -stories: in float32, where they hold within the spread of the seeds in float64")
	rewrite  = flag.Bool("rewrite", false, "write what the stories came to into docs")
)

const (
	storySeeds = 3
	storyFile  = "docs/stories.json"
	storyTable = "docs/stories.md"
)

var stories = []story{
	{
		"overfit",
		[]way{{name: "step 100", steps: 100}, {name: "step 3000", steps: 3000}},
		func(f figures) error {
			return all(less(f["step 100"]["val_loss"], f["step 3000"]["val_loss"]-0.05), less(f["step 3000"]["loss"], 1e-4))
		},
	},
	{
		"augment-digits",
		[]way{
			{name: "augmented"},
			{name: "not augmented", set: plain},
			{name: "augmented and flipped", set: []string{"augment.flip=0.5"}},
			{name: "flipped alone", set: append(slices.Clone(plain), "augment.flip=0.5")},
			{name: "mixup alone", set: append(slices.Clone(plain), "augment.mixup=0.2")},
		},
		func(f figures) error {
			right := func(way string) float64 { return f[way]["val_accuracy"] }
			return all(less(right("not augmented")+0.015, right("augmented")), less(right("augmented and flipped"), right("augmented")-0.01), less(right("flipped alone"), right("not augmented")-0.01))
		},
	},
	{
		"prune-cliff",
		[]way{
			{name: "dense", steps: 1, set: []string{"optimizer.lr=0"}},
			{name: "sparsity 50 %", steps: 1, set: []string{"optimizer.lr=0", "prune.sparsity=0.5"}},
			{name: "sparsity 70 %", steps: 1, set: []string{"optimizer.lr=0", "prune.sparsity=0.7"}},
			{name: "sparsity 90 %", steps: 1, set: []string{"optimizer.lr=0", "prune.sparsity=0.9"}},
			{name: "sparsity 70 %, 500 steps", set: []string{"prune.sparsity=0.7"}},
			{name: "sparsity 90 %, 500 steps", set: []string{"prune.sparsity=0.9"}},
		},
		func(f figures) error {
			right := func(way string) float64 { return f[way]["val_accuracy"] }
			return all(
				less(right("dense")-0.02, right("sparsity 50 %")), less(right("sparsity 70 %"), right("sparsity 50 %")-0.02), less(right("sparsity 90 %"), 0.75),
				less(0.98, right("sparsity 70 %, 500 steps")), less(0.8, right("sparsity 90 %, 500 steps")))
		},
	},
	{
		"lottery",
		[]way{
			{name: "dense", steps: 1000},
			{name: "rewound", at: []string{"1001:prune.sparsity=0.9", "1001:rewind=0"}},
			{name: "not rewound", at: []string{"1001:prune.sparsity=0.9"}},
			{name: "random mask, sparsity 90 %", steps: 1000, set: []string{"prune.method=random", "prune.sparsity=0.9"}},
		},
		func(f figures) error {
			right := func(way string) float64 { return f[way]["val_accuracy"] }
			return all(less(right("random mask, sparsity 90 %")+0.08, right("rewound")), less(right("dense")-0.05, right("rewound")))
		},
	},
	{
		"quantize-cliff",
		[]way{
			{name: "float", steps: 1, set: []string{"optimizer.lr=0"}},
			{name: "4 bits", steps: 1, set: []string{"optimizer.lr=0", "quant.bits=4"}},
			{name: "3 bits", steps: 1, set: []string{"optimizer.lr=0", "quant.bits=3"}},
			{name: "2 bits", steps: 1, set: []string{"optimizer.lr=0", "quant.bits=2"}},
			{name: "3 bits, per channel", steps: 1, set: []string{"optimizer.lr=0", "quant.bits=3", "quant.granularity=channel"}},
			{name: "2 bits, per channel", steps: 1, set: []string{"optimizer.lr=0", "quant.bits=2", "quant.granularity=channel"}},
		},
		func(f figures) error {
			right := func(way string) float64 { return f[way]["val_accuracy"] }
			return all(less(right("float")-0.02, right("4 bits")), less(right("3 bits"), right("4 bits")-0.03), less(right("2 bits"), 0.7),
				less(right("3 bits")+0.03, right("3 bits, per channel")))
		},
	},
	{
		"qat-rescue",
		[]way{
			{name: "QAT, learned scale"},
			{name: "QAT", set: []string{"quant.step=range"}},
			{name: "PTQ", set: []string{"quant.step=range", "quant.when=after"}},
		},
		func(f figures) error {
			right := func(way string) float64 { return f[way]["val_accuracy"] }
			return all(less(right("PTQ")+0.1, right("QAT")), less(right("QAT"), right("QAT, learned scale")), less(0.95, right("QAT, learned scale")))
		},
	},
	{
		"distil-digits",
		[]way{
			{name: "distilled"},
			{name: "not distilled", set: []string{"distill.alpha=0"}},
			{name: "teacher", of: "augment-digits"},
			{name: "distilled, features too", set: []string{"distill.features=similarity"}},
		},
		func(f figures) error {
			return all(less(f["not distilled"]["val_accuracy"]+0.015, f["distilled"]["val_accuracy"]), less(f["distilled"]["val_loss"], f["not distilled"]["val_loss"]))
		},
	},
	{
		"finetune-digits",
		[]way{
			{name: "before", steps: 1, set: []string{"optimizer.lr=0"}},
			{name: "plain fine-tuning"},
			{name: "replay", set: []string{"finetune.replay=0.25"}},
			{name: "distilled from step 0", set: []string{"distill.alpha=0.3"}, at: []string{"1:teach=0"}},
			{name: "l2-sp", set: []string{"finetune.l2_sp=0.1"}},
			{name: "ewc", set: []string{"finetune.ewc=1000"}},
		},
		func(f figures) error {
			now := func(way string) float64 { return f[way]["val_accuracy"] }
			old := func(way string) float64 { return f[way]["old_accuracy"] }
			return all(
				less(0.95, old("before")), less(old("plain fine-tuning"), 0.05), less(0.93, now("plain fine-tuning")),
				less(0.9, old("replay")), less(0.9, now("replay")),
				less(0.9, old("distilled from step 0")), less(0.75, now("distilled from step 0")),
				less(0.3, old("l2-sp")), less(0.85, now("l2-sp")), less(0.05, old("ewc")))
		},
	},
	{
		"lora-fashion",
		[]way{
			{name: "rank 2"},
			{name: "all weights", set: []string{"finetune.lora_rank=0"}},
			{name: "last layer", set: []string{"finetune.lora_rank=0", "finetune.only=last layer"}},
			{name: "adapters off", at: []string{"400:finetune.lora_alpha=0", "400:optimizer.lr=0"}},
			{name: "before", steps: 1, set: []string{"finetune.lora_rank=0", "optimizer.lr=0"}},
		},
		func(f figures) error {
			right := func(way string) float64 { return f[way]["val_accuracy"] }
			return all(
				less(right("all weights")-0.05, right("rank 2")), less(right("last layer")+0.05, right("rank 2")),
				less(f["before"]["old_accuracy"]-1e-12, f["adapters off"]["old_accuracy"]))
		},
	},
}

// plain takes the augmentation of augment-digits back.
var plain = []string{"augment.rotate=0", "augment.elastic=0", "augment.noise=0"}

func less(a, b float64) error {
	if a < b {
		return nil
	}
	return fmt.Errorf("%.4f is not below %.4f", a, b)
}

func all(claims ...error) error {
	for i, err := range claims {
		if err != nil {
			return fmt.Errorf("claim %d: %w", i+1, err)
		}
	}
	return nil
}

// tell runs a way with a seed, and says what it came to. The loss is the mean
// of the last steps.
func tell(s story, w way, seed int) (map[string]float64, error) {
	if w.of == "" {
		w.of = s.preset
	}
	set := []string{"seed=" + strconv.Itoa(seed), "train.eval_every=1000000000"} // the last step is evaluated always
	if *inSingle {
		set = append(set, "train.precision=float32")
	}
	r, err := presets.Override(w.of, append(set, w.set...)...)
	if err != nil {
		return nil, err
	}
	steps := w.steps
	if steps == 0 {
		v, err := r.Settings.Find("train.steps")
		if err != nil {
			return nil, err
		}
		steps = int(v.Value.Num())
	}
	var out bytes.Buffer
	o := headless.Options{Metrics: "-", Out: &out}
	for _, text := range w.at {
		d, err := headless.ParseScheduled(text)
		if err != nil {
			return nil, err
		}
		o.At = append(o.At, d)
	}
	if err := headless.Run(context.Background(), r, steps, lessons, o); err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	last := map[string]float64{}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		return nil, err
	}
	delete(last, "step")
	delete(last, "lr")
	tail, sum := lines[max(0, len(lines)-100):], 0.0
	for _, line := range tail {
		var m struct{ Loss float64 }
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			return nil, err
		}
		sum += m.Loss
	}
	last["loss"] = sum / float64(len(tail))
	return last, nil
}

// lessons keeps in memory what presets learn first.
var lessons = &remembered{kept: map[string][]byte{}}

type remembered struct {
	presets.Files
	mu   sync.Mutex
	kept map[string][]byte
}

func (r *remembered) Kept(key string) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.kept[key]
}

func (r *remembered) Keep(key string, content []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept[key] = content
}

var _ core.Shelf = lessons

// kept is what every way of every story came to, by seed.
type kept map[string]map[string][]map[string]float64

// median of each metric over the seeds.
func (k kept) median(s story) figures {
	out := figures{}
	for _, w := range s.ways {
		out[w.name] = map[string]float64{}
		runs := k[s.preset][w.name]
		for metric := range runs[0] {
			var v []float64
			for _, run := range runs {
				v = append(v, run[metric])
			}
			slices.Sort(v)
			out[w.name][metric] = v[len(v)/2]
		}
	}
	return out
}

// The presets' stories come true: one seed here, all with -stories, as
// `make stories` does. What they came to is what docs and presets say.
func TestStories(t *testing.T) {
	if testing.Short() {
		t.Skip("stories take a while")
	}
	var want kept
	content, err := os.ReadFile(storyFile)
	if err == nil {
		err = json.Unmarshal(content, &want)
	}
	if err != nil && !*rewrite {
		t.Fatal(err)
	}
	seeds := 1
	if *allSeeds {
		seeds = storySeeds
	}
	type telling struct {
		story
		way
		seed int
		came map[string]float64
		err  error
	}
	var tellings []telling
	for _, s := range stories {
		for _, w := range s.ways {
			for seed := 1; seed <= seeds; seed++ {
				tellings = append(tellings, telling{story: s, way: w, seed: seed})
			}
		}
	}
	parallel.Do(runtime.GOMAXPROCS(0), len(tellings), func(i int) {
		one := &tellings[i]
		one.came, one.err = tell(one.story, one.way, one.seed)
	})
	got := kept{}
	for _, one := range tellings {
		s, name, seed, f := one.preset, one.name, one.seed, one.came
		if one.err != nil {
			t.Fatalf("%s, %s: %v", s, name, one.err)
		}
		if got[s] == nil {
			got[s] = map[string][]map[string]float64{}
		}
		got[s][name] = append(got[s][name], f)
		if *rewrite || *inSingle {
			continue
		}
		runs := want[s][name]
		if len(runs) < seed {
			t.Errorf("%s, %s: docs know no seed %d", s, name, seed)
			continue
		}
		for metric, v := range runs[seed-1] {
			if math.Abs(f[metric]-v) > 0.01*max(1, math.Abs(v)) {
				t.Errorf("%s, %s, seed %d: %s is %.4f, docs say %.4f", s, name, seed, metric, f[metric], v)
			}
		}
	}
	if *inSingle {
		if !*allSeeds || *rewrite {
			t.Fatal("-float32 goes with -stories, and without -rewrite")
		}
		within(t, got, want)
		return
	}
	if *rewrite {
		want = got
		if !*allSeeds {
			t.Fatal("-rewrite goes with -stories")
		}
		content, err := json.MarshalIndent(got, "", " ")
		if err == nil {
			err = os.WriteFile(storyFile, append(content, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range stories {
		medians := want.median(s)
		if err := s.holds(medians); err != nil {
			t.Errorf("%s: %v", s.preset, err)
		}
		r, err := presets.Load(s.preset)
		if err != nil {
			t.Fatal(err)
		}
		for _, cited := range numbers.FindAllString(r.Summary, -1) {
			if !medians.say(cited) {
				t.Errorf("%s says %q, which was not measured", s.preset, cited)
			}
		}
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stories {
		_, row, ok := strings.Cut(string(readme), "| `"+s.preset+"` | ")
		row, _, _ = strings.Cut(row, "\n")
		if !ok {
			t.Errorf("README does not tell of %s", s.preset)
		}
		for _, cited := range numbers.FindAllString(row, -1) {
			if !want.median(s).say(cited) && !strings.Contains(row, "("+cited+" of them)") {
				t.Errorf("README says %q of %s, which was not measured", cited, s.preset)
			}
		}
	}
	table := told(want)
	if *rewrite {
		if err := os.WriteFile(storyTable, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if content, err := os.ReadFile(storyTable); err != nil || string(content) != table {
		t.Errorf("%s is not what was measured: %v", storyTable, err)
	}
}

// within holds that the stories are true of other runs of all ways, and that the median
// of each metric is none that the seeds do not have, but for what docs are held to.
func within(t *testing.T, got, want kept) {
	for _, s := range stories {
		medians := got.median(s)
		if err := s.holds(medians); err != nil {
			t.Errorf("%s: %v", s.preset, err)
		}
		for _, w := range s.ways {
			for metric, v := range medians[w.name] {
				least, most := math.Inf(1), math.Inf(-1)
				for _, run := range want[s.preset][w.name] {
					least, most = min(least, run[metric]), max(most, run[metric])
				}
				if slack := 0.01 * max(1, math.Abs(v)); !(v >= least-slack && v <= most+slack) {
					t.Errorf("%s, %s: %s is %.4f, in float64 from %.4f to %.4f", s.preset, w.name, metric, v, least, most)
				}
			}
		}
	}
}

// numbers are the shares that a text gives.
var numbers = regexp.MustCompile(`\d+(\.\d+)? %`)

// say tells whether a share in a text is one of those measured, or that of a way's name.
func (f figures) say(cited string) bool {
	text := strings.TrimSuffix(cited, " %")
	digits := 0
	if _, after, ok := strings.Cut(text, "."); ok {
		digits = len(after)
	}
	for name, metrics := range f {
		if strings.Contains(name, cited) {
			return true
		}
		for metric, v := range metrics {
			if strings.Contains(metric, "accuracy") && strconv.FormatFloat(100*v, 'f', digits, 64) == text {
				return true
			}
		}
	}
	return false
}

// told is the table of all stories.
func told(k kept) string {
	var b strings.Builder
	b.WriteString("# Measured results of the presets\n\nMedians over three seeds, measured by `make stories`; the results of each seed are in [stories.json](stories.json).\n")
	for _, s := range stories {
		medians := k.median(s)
		var metrics []string
		for _, m := range []string{"val_accuracy", "old_accuracy", "val_loss", "loss"} {
			if _, ok := medians[s.ways[0].name][m]; ok {
				metrics = append(metrics, m)
			}
		}
		fmt.Fprintf(&b, "\n## %s\n\n| | %s |\n|---%s|\n", s.preset, strings.Join(metrics, " | "), strings.Repeat("|---:", len(metrics)))
		for _, w := range s.ways {
			fmt.Fprintf(&b, "| %s |", w.name)
			for _, m := range metrics {
				if v := medians[w.name][m]; strings.HasSuffix(m, "accuracy") {
					fmt.Fprintf(&b, " %.1f %% |", 100*v)
				} else {
					fmt.Fprintf(&b, " %.4g |", v)
				}
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}
