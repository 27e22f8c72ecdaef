package core_test

import (
	"slices"
	"strings"
	"testing"

	"descent/core/optim"
)

func TestFrozenLayersDoNotMoveByABit(t *testing.T) {
	for _, o := range optim.Catalogue {
		for turned, frozen := range map[string]func(name, role string) bool{
			"finetune.freeze=0,2":      func(name, _ string) bool { return !strings.HasPrefix(name, "4.") },
			"finetune.only=last layer": func(name, _ string) bool { return !strings.HasPrefix(name, "4.") },
			"finetune.only=biases":     func(name, _ string) bool { return strings.HasSuffix(name, "weight") },
		} {
			for _, ema := range []string{"0.9", "0"} {
				tr := trainer(t, classesTOML, "optimizer.name="+o.Name, "train.noise=0.1", "train.ema="+ema)
				if _, err := tr.Settings().Find("optimizer.weight_decay"); err == nil {
					turn(t, tr, "optimizer.weight_decay=0.1")
				}
				steps(tr, 5)
				turn(t, tr, turned)
				before, shown := slices.Clone(tr.Params()), slices.Clone(tr.Weights())
				steps(tr, 10)
				averages := ema != "0" || o.Name == "asgd" // which come nearer to what stands
				for _, seg := range tr.Layout() {
					same := slices.Equal(seg.Of(before), seg.Of(tr.Params()))
					if same != frozen(seg.Name, seg.Role) {
						t.Errorf("%s, %s: %s stands still: %v", o.Name, turned, seg.Name, same)
					}
					if same && !averages && !slices.Equal(seg.Of(shown), seg.Of(tr.Weights())) {
						t.Errorf("%s, %s: %s is shown as another", o.Name, turned, seg.Name)
					}
				}
			}
		}
	}
}

func TestFreezingWhatIsNotThereIsRefused(t *testing.T) {
	tr := trainer(t, classesTOML)
	path, v := parse(t, tr.Settings(), "finetune.freeze=0,1")
	if err := tr.Set(path, v); err == nil || !strings.Contains(err.Error(), `no layer "1" with weights; there are 0, 2, 4`) {
		t.Errorf("error %v", err)
	}
}

func TestTheSizeCountsEveryBit(t *testing.T) {
	tr := trainer(t, classesTOML) // 2-7-5-2: 59 weights, 14 biases
	if s := tr.Size(); s.Params != 73 || s.Bytes != 4*73 || s.Dense != 4*73 || s.Work != 59 || s.DenseWork != 59 {
		t.Errorf("dense: %+v", s)
	}
	turn(t, tr, "quant.bits=4", "quant.granularity=channel")
	// 14, 35 and 10 weights of 4 bits with 7, 5 and 2 scales, 14 biases of 32.
	if s := tr.Size(); s.Bytes != (14*4+7*32)/8+(35*4+5*32+7)/8+(10*4+2*32)/8+14*4 {
		t.Errorf("4 bits: %+v", s)
	}
	turn(t, tr, "quant.bits=0", "prune.sparsity=0.5", "prune.scope=layer")
	// 7, 17 or 18 and 5 weights go; a bit for each says which.
	if s := tr.Size(); s.Kept != 73-30 && s.Kept != 73-29 || s.Bytes != s.Kept*4+(14+7)/8+(35+7)/8+(10+7)/8 || s.Work != s.Kept-14 {
		t.Errorf("half cut: %+v", s)
	}
}

// A share of the rate is what a smaller rate is, for optimizers whose rate has
// no say in more than the length of a step.
func TestAShareOfTheRateIsASmallerRate(t *testing.T) {
	for _, o := range []string{"sgd", "momentum", "adamw", "schedule-free", "muon", "lion"} {
		part := trainer(t, classesTOML, "optimizer.name="+o, "optimizer.lr=0.04", "finetune.rate_decay=0.5", "finetune.freeze=2,4")
		slow := trainer(t, classesTOML, "optimizer.name="+o, "optimizer.lr=0.01", "finetune.freeze=2,4")
		steps(part, 30)
		steps(slow, 30)
		for i, w := range part.Weights() {
			if !near(w, slow.Weights()[i], 1e-12) {
				t.Errorf("%s: weight %d is %v, at the smaller rate %v", o, i, w, slow.Weights()[i])
				break
			}
		}
	}
}
