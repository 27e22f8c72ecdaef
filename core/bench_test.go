package core_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"descent/core"
	"descent/core/recipe"
	"descent/presets"
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
	{"784-1024-1024-10 relu cross-entropy adam", "784,1024,1024,10", "relu", "cross-entropy", "adam", 128},
	{name: "fashion-cnn"}, // the preset
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
// forward, backward, update, without evaluation, in each precision.
func BenchmarkPeers(b *testing.B) {
	for _, precision := range []string{"float64", "float32", "mixed"} {
		b.Run(precision, func(b *testing.B) {
			for _, p := range peers {
				b.Run(strings.ReplaceAll(p.name, " ", "_"), func(b *testing.B) {
					if p.layers == "" {
						r, err := presets.Load(p.name)
						if err != nil {
							b.Fatal(err)
						}
						benchmarkPeer(b, r, presets.Files{}, nil, precision)
						return
					}
					r := recipe.New()
					r.Data.Set = "classes"
					if p.loss == "mse" {
						r.Data.Set = "numbers"
					}
					keys := [][2]string{
						{"model.layers", p.layers},
						{"model.activation", p.activation},
						{"loss.name", p.loss},
						{"optimizer.name", p.with},
						{"train.batch", fmt.Sprint(p.batch)},
					}
					sizes := strings.Split(p.layers, ",")
					in, _ := strconv.Atoi(sizes[0])
					out, _ := strconv.Atoi(sizes[len(sizes)-1])
					benchmarkPeer(b, r, noise{in, out, 8 * p.batch}, keys, precision)
				})
			}
		})
	}
}

func benchmarkPeer(b *testing.B, r recipe.Recipe, files core.Files, keys [][2]string, precision string) {
	for _, kv := range append(keys, [2]string{"train.eval_every", "1000000000"}, [2]string{"train.precision", precision}) {
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
	t, err := core.New(r, files)
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
}
