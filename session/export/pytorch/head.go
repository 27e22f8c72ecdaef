package pytorch

import (
	"slices"
	"strconv"
	"strings"
)

// head is all down to the network: what is loaded, and what is defined.
func (s *script) head(net *network) {
	set := s.r.trainer.Data()
	s.line(`"""%s, written by descent %s.`, strings.ReplaceAll(comment(s.name), `"`, "'"), s.version)
	s.line("")
	s.line("%s", comment(strings.ReplaceAll(set.Summary, `\`, "/")))
	s.line("")
	s.line("Run: python3 %s.py [CURVE.csv]", strings.TrimSuffix(s.file, ".pt"))
	s.line("")
	s.line("It trains the same network on the same rows in the same order, in float64, from the")
	s.line("same weights: the losses are those of descent but for rounding. %s has", s.file)
	s.line("these weights (\"start\"), those at the end (\"model\"), the data and the batches.")
	s.line(`"""`)
	s.line("")
	s.line("import math")
	s.line("import os")
	s.line("import sys")
	s.line("")
	s.line("import torch")
	s.line("from torch import nn")
	if s.effective {
		s.line("from torch.nn.utils import parametrize")
	}
	s.line("")
	s.line("torch.set_default_dtype(torch.float64)")
	s.line("torch.set_num_threads(1)")
	s.line("")
	s.line("saved = torch.load(os.path.join(os.path.dirname(os.path.abspath(__file__)), %q), weights_only=True)", s.file)
	s.line(`data = saved["data"]`)
	in := s.r.trainer
	n, _ := in.Network()
	shape := ""
	if dims := n.Model().InShape(); len(dims) > 1 {
		texts := make([]string, len(dims))
		for i, d := range dims {
			texts[i] = strconv.Itoa(d)
		}
		shape = ".reshape(-1, " + strings.Join(texts, ", ") + ")"
	}
	if n.Model().Layers()[0].Kind() == "embedding" {
		shape += ".long()"
	}
	s.line(`x_train, x_val = data["x_train"]%s, data["x_val"]%s`, shape, shape)
	if s.classes {
		s.line(`class_train, class_val = data["class_train"], data["class_val"]`)
	}
	if slices.ContainsFunc(s.r.moments, func(m moment) bool { return !m.loss.classes }) || !s.classes {
		s.line(`y_train, y_val = data["y_train"], data["y_val"]`)
	}
	if !s.r.whole {
		s.line(`order, ends = saved["order"], saved["ends"].tolist()  # rows of the batches, and where each ends`)
	}
	if s.taught {
		s.line(`teacher = data["teacher"]  # its outputs for the training rows`)
	}
	if s.r.seen != nil {
		s.line(`x_seen = saved["seen"]%s  # the rows of all batches as augmentation made them`, shape)
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
