package core_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"descent/core"
	"descent/core/recipe"
)

// peers are the networks that tools/bench-peers measures beside PyTorch.
var peers = []struct {
	name                   string
	layers                 string
	activation, loss, with string
	batch                  int
}{
	{"10-20-10 linear mse sgd", "10,20,10", "identity", "mse", "sgd", 64},
	{"2-16-16-2 relu cross-entropy adam", "2,16,16,2", "relu", "cross-entropy", "adam", 128},
	{"2-16-16-2 tanh cross-entropy adam", "2,16,16,2", "tanh", "cross-entropy", "adam", 128},
	{"64-128-64-10 relu cross-entropy adam", "64,128,64,10", "relu", "cross-entropy", "adam", 128},
	{"784-256-128-10 relu cross-entropy adam", "784,256,128,10", "relu", "cross-entropy", "adam", 128},
}

// noise is a table of normal inputs with classes or numbers to predict.
type noise struct{ inputs, outputs, rows int }

func (n noise) Table(set string) ([]byte, []string, bool) {
	rng := rand.New(rand.NewPCG(1, 1))
	var b strings.Builder
	for i := range n.inputs {
		fmt.Fprintf(&b, "x%d,", i)
	}
	targets := []string{"y"}
	if set == "numbers" {
		targets = nil
		for i := range n.outputs {
			targets = append(targets, fmt.Sprintf("y%d", i))
		}
	}
	b.WriteString(strings.Join(targets, ",") + "\n")
	for range n.rows {
		for range n.inputs {
			fmt.Fprintf(&b, "%.4f,", rng.NormFloat64())
		}
		for i := range targets {
			if i > 0 {
				b.WriteByte(',')
			}
			if set == "numbers" {
				fmt.Fprintf(&b, "%.4f", rng.NormFloat64())
			} else {
				fmt.Fprint(&b, rng.IntN(n.outputs))
			}
		}
		b.WriteByte('\n')
	}
	return []byte(b.String()), targets, true
}

func (noise) File(path string) ([]byte, error) {
	return nil, fmt.Errorf("%s: there are no files", path)
}

// BenchmarkPeers is a step of the Trainer that the workbench drives: batch,
// forward, backward, update, without evaluation.
func BenchmarkPeers(b *testing.B) {
	for _, p := range peers {
		b.Run(strings.ReplaceAll(p.name, " ", "_"), func(b *testing.B) {
			r := recipe.New()
			r.Data.Set = "classes"
			if p.loss == "mse" {
				r.Data.Set = "numbers"
			}
			for _, kv := range [][2]string{
				{"model.layers", p.layers},
				{"model.activation", p.activation},
				{"loss.name", p.loss},
				{"optimizer.name", p.with},
				{"train.batch", fmt.Sprint(p.batch)},
				{"train.eval_every", "1000000000"},
			} {
				k, err := r.Find(kv[0])
				if err != nil {
					b.Fatal(err)
				}
				v, err := k.Knob.Parse(kv[1])
				if err == nil {
					err = r.Set(kv[0], v)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
			n := noise{r.Model.Layers[0], r.Model.Layers[len(r.Model.Layers)-1], 8 * p.batch}
			t, err := core.New(r, n)
			if err != nil {
				b.Fatal(err)
			}
			t.Share(runtime.GOMAXPROCS(0))
			defer t.Close()
			b.ReportAllocs()
			for b.Loop() {
				t.Step()
			}
			if !t.Finite() {
				b.Fatal("it diverged")
			}
		})
	}
}
