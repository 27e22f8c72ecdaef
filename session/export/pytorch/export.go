// Package pytorch writes a session as a script for PyTorch, with its weights, data and
// batches beside it, and networks as files of weights that torch.load takes.
package pytorch

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"descent/core/data"
	"descent/core/knob"
	"descent/core/model"
	"descent/core/tensor"
	"descent/core/tensor/pickle"
	"descent/session/disk"
	"descent/session/export/format"
)

// Weights writes the effective weights as a state_dict, as torch.save would.
func Weights(_ context.Context, d disk.Disk, s format.Subject, path string) (files, notes []string, err error) {
	if s.Model == nil {
		return nil, nil, errors.New("a test surface has no weights")
	}
	return []string{path}, nil, disk.WriteAll(d, disk.Output{Path: path, Content: pickle.Encode(dict(tensors(s.Model.Layout, s.Model.Weights, s.Model.State), dtypeOf(s.Model)))})
}

// tensors are those of a flat vector, and what layers keep beside.
func tensors(layout knob.Layout, w []float64, state []knob.Buffer) []tensor.Tensor {
	var out []tensor.Tensor
	for _, seg := range layout {
		out = append(out, tensor.Tensor{Name: seg.Name, Shape: seg.Shape, Data: seg.Of(w)})
	}
	for _, b := range state {
		out = append(out, tensor.Tensor{Name: b.Name, Shape: []int{len(b.Data)}, Data: b.Data})
	}
	return out
}

// dtypeOf is the format in which the weights of a model were trained.
func dtypeOf(m *model.Model) dtype {
	if m.InSingle() {
		return single
	}
	return double
}

// dict is a state_dict; a batch norm has a count of batches in it, which PyTorch asks
// for.
func dict(of []tensor.Tensor, in dtype) *pickle.Dict {
	out := &pickle.Dict{}
	for _, t := range of {
		out.Set(t.Name, pickle.Array{DType: in.file, Shape: t.Shape, Data: t.Data})
		if layer, ok := strings.CutSuffix(t.Name, ".running_var"); ok {
			out.Set(layer+".num_batches_tracked", pickle.Array{DType: "I64", Shape: nil, Data: []float64{0}})
		}
	}
	return out
}

// Script writes a session as a script that trains the same network in the same way,
// and what it needs to a file of the same name that ends in .pt.
func Script(ctx context.Context, d disk.Disk, s format.Subject, path string) (files, notes []string, err error) {
	if s.Session == nil {
		return nil, nil, errors.New("a model alone has no training to write; --to pt writes its weights")
	}
	r, err := gather(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	beside := strings.TrimSuffix(path, ".py") + ".pt"
	if beside == path {
		return nil, nil, errors.New("the script needs another name than " + path + ", which its data take; end it in .py")
	}
	w := &script{r: r, file: filepath.Base(beside), name: strings.TrimSuffix(s.Name, ".jsonl")}
	if s.Model != nil {
		w.version = s.Model.Version
		if s.Model.Name != "" {
			w.name = s.Model.Name
		}
	}
	n, _ := r.trainer.Network()
	stack, err := n.Spec().Describe()
	if err != nil {
		return nil, nil, err
	}
	text, err := w.write()
	if err != nil {
		return nil, nil, err
	}
	if w.effective && recurrent(stack) {
		return nil, nil, errors.New("masks, quantizers and adapters of a gru are not written for PyTorch")
	}
	for _, m := range r.moments {
		if m.num("train.ema") > 0 || m.num("train.swa_start") > 0 {
			notes = append(notes, "the average of the weights (train.ema, train.swa_start) is left out: it changes what is evaluated, not what is trained")
			break
		}
	}
	if others := len(s.Session.Branches()) - 1; others > 0 {
		notes = append(notes, "the script is of the branch that the session ended on; other branches are left out")
	}
	return []string{path, beside}, notes, disk.WriteAll(d,
		disk.Output{Path: path, Content: []byte(text)}, disk.Output{Path: beside, Content: pickle.Encode(w.saved(s))})
}

// saved is what the script loads.
func (s *script) saved(of format.Subject) *pickle.Dict {
	out, r, rows := &pickle.Dict{}, s.r, s.rows().file
	if of.Model != nil {
		out.Set("model", dict(tensors(of.Model.Layout, of.Model.Weights, of.Model.State), dtypeOf(of.Model)))
	}
	out.Set("start", dict(r.start, r.moments[0].weights()))
	set := r.trainer.Data()
	held := &pickle.Dict{}
	for _, p := range []struct {
		name string
		part data.Part
	}{{"train", set.Train}, {"val", set.Val}} {
		held.Set("x_"+p.name, pickle.Array{DType: rows, Shape: []int{p.part.Rows(), p.part.X.Cols}, Data: p.part.Cut(0, p.part.Rows()).X.Data[:p.part.Rows()*p.part.X.Cols]})
		held.Set("y_"+p.name, pickle.Array{DType: rows, Shape: []int{p.part.Rows(), p.part.Values.Cols}, Data: p.part.Values.Data[:p.part.Rows()*p.part.Values.Cols]})
		if set.ByClass {
			classes := make([]float64, p.part.Rows())
			for i := range classes {
				classes[i] = float64(p.part.Classes[i])
			}
			held.Set("class_"+p.name, pickle.Array{DType: "I64", Shape: []int{len(classes)}, Data: classes})
		}
	}
	if s.taught {
		held.Set("teacher", pickle.Array{DType: rows, Shape: []int{r.rows, len(r.answers) / r.rows}, Data: r.answers})
	}
	out.Set("data", held)
	if !r.whole {
		out.Set("order", pickle.Array{DType: "I64", Shape: []int{len(r.order)}, Data: r.order})
	}
	if r.seen != nil {
		width := set.Train.X.Cols
		out.Set("seen", pickle.Array{DType: rows, Shape: []int{len(r.seen) / width, width}, Data: r.seen})
	}
	if !r.whole || len(r.kept) > 0 || r.seen != nil {
		out.Set("ends", pickle.Array{DType: "I64", Shape: []int{len(r.ends)}, Data: r.ends})
	}
	if len(r.kept) > 0 {
		kept := &pickle.Dict{}
		for _, name := range slices.Sorted(maps.Keys(r.kept)) {
			all := int(r.ends[len(r.ends)-1])
			kept.Set(name, pickle.Array{DType: "BOOL", Shape: []int{all, len(r.kept[name]) / all}, Data: r.kept[name]})
		}
		out.Set("kept", kept)
	}
	if len(r.adapters) > 0 {
		out.Set("adapters", dict(r.adapters, s.kept((*moment).weights)))
	}
	if len(r.masks) > 0 {
		masks := &pickle.Dict{}
		for _, step := range slices.Sorted(maps.Keys(r.masks)) {
			names, values, shapes := kernelMasks(r.trainer.Layout(), r.masks[step])
			one := &pickle.Dict{}
			for _, name := range names {
				one.Set(name, pickle.Array{DType: "BOOL", Shape: shapes[name], Data: values[name]})
			}
			masks.Set(step, one)
		}
		out.Set("masks", masks)
	}
	return out
}
