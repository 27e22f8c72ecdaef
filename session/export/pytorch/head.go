package pytorch

import "strings"

// head is all down to the network: what is loaded, and what is defined.
func (s *script) head(net *network) {
	s.line(`"""%s, written by descent %s.`, strings.ReplaceAll(comment(s.name), `"`, "'"), s.version)
	s.line("")
	s.line("%s", comment(strings.ReplaceAll(s.r.trainer.Data().Summary, `\`, "/")))
	s.line("")
	s.line("Run: python3 %s.py [CURVE.csv]", strings.TrimSuffix(s.file, ".pt"))
	s.line("")
	s.line("It trains the same network on the same rows in the same order, %s, from the", s.exactly())
	s.line("same weights: the losses are those of descent but for rounding. %s has", s.file)
	s.line("these weights (\"start\"), those at the end (\"model\"), the data and the batches.")
	if s.anySingle() {
		s.line("What float32 rounds off grows from step to step: after hundreds of steps losses are")
		s.line("near each other, and not the same.")
	}
	s.line(`"""`)
	s.line("")
	s.line("import math")
	s.line("import os")
	if s.mixed && s.named {
		s.line("import re")
	}
	s.line("import sys")
	s.line("")
	s.line("import torch")
	s.line("from torch import nn")
	if s.effective || s.mixed {
		s.line("from torch.nn.utils import parametrize")
	}
	s.line("")
	s.line("torch.set_default_dtype(%s)", s.r.moments[0].passes().torch)
	s.line("torch.set_num_threads(1)")
	s.line("")
	s.line("saved = torch.load(os.path.join(os.path.dirname(os.path.abspath(__file__)), %q), weights_only=True)", s.file)
	s.line(`data = saved["data"]`)
	s.numbers(s.cast())
	if s.classes {
		s.line(`class_train, class_val = data["class_train"], data["class_val"]`)
	}
	if !s.r.whole {
		s.line(`order, ends = saved["order"], saved["ends"].tolist()  # rows of the batches, and where each ends`)
	}
	if len(s.r.kept) > 0 || s.r.seen != nil {
		if s.r.whole {
			s.line(`ends = saved["ends"].tolist()`)
		}
		if len(s.r.kept) > 0 {
			s.line(`kept = saved["kept"]  # what dropout lets through`)
		}
	}
	s.line("")
	defined := map[string]bool{}
	define := func(text string) {
		if text == "" || defined[text] {
			return
		}
		defined[text] = true
		s.line("")
		s.text(text)
		s.line("")
	}
	for _, class := range net.needs {
		if class == "GRU" && s.mixed {
			define(gathers(classes[class]))
			continue
		}
		define(classes[class])
	}
	if s.effective {
		define(classes["Effective"])
		if s.learned {
			define(classes["Learned"])
		}
	}
	for _, m := range s.r.moments {
		if own[m.optimizer.class] != "" {
			define(own["Written"])
			define(own[m.optimizer.class])
		}
		define(m.loss.define)
	}
	for _, m := range s.r.moments {
		define(m.quantize)
	}
	if s.mixed {
		define(s.rounded())
	}
	if s.taught {
		define(distilled)
	}
	for _, body := range s.order {
		s.line("")
		s.line("def %s(t, lr):", s.rates[body])
		s.block(func() {
			for _, m := range s.r.moments {
				if m.rate == body {
					like := "The learning rate after t steps"
					if m.like != "" {
						like += ", as torch.optim.lr_scheduler." + m.like
					}
					s.line(`"""%s."""`, like)
					break
				}
			}
			s.text(body)
		})
		s.line("")
	}
	s.line("")
}
