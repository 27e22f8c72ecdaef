package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"descent/core/data/transform"
	"descent/core/foreign"
	"descent/core/loss"
	"descent/core/nn"
	"descent/core/recipe"
	"descent/core/tensor"
)

// FileVersion is the version of the format that is written. A file of a later one is
// refused.
const FileVersion = 1

// Limit is the largest file, in bytes.
const Limit = 3 << 30

// The metadata of the file. Readers of safetensors pass them over, but for format, by
// which some know that tensors are as PyTorch names them.
const (
	modelKey   = "descent.model"   // header, as JSON
	recipeKey  = "descent.recipe"  // as logs have it
	columnsKey = "descent.columns" // the transform, as JSON; not of data without columns
	sumKey     = "descent.sum"     // tensor.Digest of all else
	formatKey  = "format"
)

// header is what the file says of the network beside its weights.
type header struct {
	Version    int    `json:"version"`
	Descent    string `json:"descent"`    // version of the program
	Arithmetic string `json:"arithmetic"` // as in logs
	Name       string `json:"name"`
	Step       int    `json:"step"`

	Layers     []int    `json:"layers,omitempty"`
	Activation string   `json:"activation,omitempty"`
	Stack      []string `json:"stack,omitempty"`
	Input      []int    `json:"input,omitempty"`

	Inputs          []string  `json:"inputs,omitempty"`
	Outputs         []string  `json:"outputs"`
	ByClass         bool      `json:"by_class,omitempty"`
	Reads           string    `json:"reads"`
	Images          *Images   `json:"images,omitempty"`
	Mean            []float64 `json:"mean,omitempty"`
	Deviation       []float64 `json:"deviation,omitempty"`
	TargetMean      []float64 `json:"target_mean,omitempty"`
	TargetDeviation []float64 `json:"target_deviation,omitempty"`

	Metrics map[string]float64 `json:"metrics,omitempty"`
}

// readings are how a loss takes outputs, in words.
var readings = map[loss.Reading]string{loss.Numbers: "numbers", loss.Distribution: "distribution", loss.LogOdds: "log-odds"}

// Is tells whether the content of a file, or its beginning, is that of a model: a
// safetensors file with our metadata.
func Is(head []byte) bool {
	return len(head) > 9 && head[8] == '{' && strings.Contains(string(head), `"`+modelKey+`"`)
}

// HeadBytes is how much of a file Is has to see.
const HeadBytes = 16 << 20

// Encode is the file of a model: its effective weights and the running statistics of its
// layers under the names of PyTorch's Sequential, F64, or F32 where they were trained as
// float32 and lose nothing by it; what training goes on from under
// names that begin with nn.Beside; all else as metadata.
func (m *Model) Encode() ([]byte, error) {
	tensors := make([]tensor.Tensor, 0, len(m.Layout)+len(m.State)+len(m.Beside))
	for _, seg := range m.Layout {
		tensors = append(tensors, tensor.Tensor{Name: seg.Name, Shape: seg.Shape, Data: seg.Of(m.Weights)})
	}
	for _, b := range m.State {
		tensors = append(tensors, tensor.Tensor{Name: b.Name, Shape: []int{len(b.Data)}, Data: b.Data})
	}
	return m.Label(nn.EncodeTensors(append(tensors, m.Beside...), m.InSingle(), nil))
}

// Label puts all that a model says beside its weights into the metadata of a safetensors
// file of these weights, and keeps what else is there.
func (m *Model) Label(weights []byte) ([]byte, error) {
	metadata, err := tensor.Metadata(weights)
	if err != nil {
		return nil, err
	}
	if metadata == nil {
		metadata = map[string]string{}
	}
	metadata[formatKey] = "pt"
	h := header{
		Version: FileVersion, Descent: m.Version, Arithmetic: m.Recipe.Computes(), Name: m.Name, Step: m.Step,
		Layers: m.Spec.Layers, Activation: m.Spec.Activation, Stack: m.Spec.Stack, Input: m.Spec.Input,
		Inputs: m.Inputs, Outputs: m.Outputs, ByClass: m.ByClass, Reads: readings[m.Reads],
		Mean: m.Mean, Deviation: m.Deviation, TargetMean: m.TargetMean, TargetDeviation: m.TargetDeviation, Metrics: m.Metrics,
	}
	if m.Images.Shape != nil {
		h.Images = &m.Images
	}
	if m.Transform != nil {
		h.Inputs = nil // its columns name them
	}
	parts := map[string]any{modelKey: h, recipeKey: m.Recipe}
	if m.Transform != nil {
		parts[columnsKey] = m.Transform
	}
	for key, part := range parts {
		text, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		metadata[key] = string(text)
	}
	file, err := tensor.SetMetadata(weights, metadata)
	if err != nil {
		return nil, err
	}
	if metadata[sumKey], err = tensor.Digest(file, sumKey); err != nil {
		return nil, err
	}
	return tensor.SetMetadata(file, metadata)
}

// Decode reads the file of a model. An error is a sentence without the name of the file.
func Decode(b []byte) (*Model, error) {
	if int64(len(b)) > Limit {
		return nil, fmt.Errorf("it is larger than %d GiB, the most that is read", Limit>>30)
	}
	if err := foreign.Check(b, foreign.Weights); err != nil {
		return nil, err
	}
	metadata, err := tensor.Metadata(b)
	if err != nil {
		return nil, strange(err)
	}
	text, ok := metadata[modelKey]
	if !ok {
		return nil, errors.New("it holds weights alone and no model of descent; model.weights of a preset takes them")
	}
	var version struct{ Version int }
	if err := json.Unmarshal([]byte(text), &version); err != nil {
		return nil, damaged(err)
	}
	if version.Version < 1 {
		return nil, damaged(errors.New("it says no version"))
	}
	if version.Version > FileVersion {
		return nil, fmt.Errorf("the model is of version %d and this descent reads up to %d; use a newer one", version.Version, FileVersion)
	}
	if sum, ok := metadata[sumKey]; ok {
		if is, err := tensor.Digest(b, sumKey); err != nil || is != sum {
			return nil, fmt.Errorf("the file is not as it was written: its SHA-256 is another; use another copy of it, or if it was changed on purpose, take %s out of its metadata", sumKey)
		}
	}
	var h header
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		return nil, damaged(err)
	}
	m := &Model{Name: h.Name, Version: h.Descent, Step: h.Step}
	if err := json.Unmarshal([]byte(metadata[recipeKey]), &m.Recipe); err != nil {
		return nil, fmt.Errorf("the recipe in the model is damaged: %w", err)
	}
	m.Recipe.Arithmetic = h.Arithmetic
	if text, ok := metadata[columnsKey]; ok {
		m.Transform = &transform.Table{}
		if err := json.Unmarshal([]byte(text), m.Transform); err != nil {
			return nil, fmt.Errorf("the columns in the model are damaged: %w", err)
		}
	}
	m.Spec = recipe.New().Model
	m.Spec.Layers, m.Spec.Activation, m.Spec.Stack, m.Spec.Input = h.Layers, h.Activation, h.Stack, h.Input
	m.Inputs, m.Outputs, m.ByClass, m.Metrics = h.Inputs, h.Outputs, h.ByClass, h.Metrics
	m.Mean, m.Deviation, m.TargetMean, m.TargetDeviation = h.Mean, h.Deviation, h.TargetMean, h.TargetDeviation
	if h.Images != nil {
		m.Images = *h.Images
	}
	if m.Reads, ok = reading(h.Reads); !ok {
		return nil, fmt.Errorf("the model is damaged: its outputs are read as %.40q", h.Reads)
	}
	if m.Transform != nil {
		for _, c := range m.Transform.Columns {
			m.Inputs = append(m.Inputs, c.Inputs...)
		}
	}
	return m, m.load(b)
}

func reading(name string) (loss.Reading, bool) {
	for r, text := range readings {
		if text == name {
			return r, true
		}
	}
	return 0, false
}

// strange is an error of a file that is no safetensors file.
func strange(err error) error {
	return fmt.Errorf("%w; a model is a file that `s` in the workbench or --model-out wrote", err)
}

func damaged(err error) error { return fmt.Errorf("the model is damaged: %w", err) }

// load reads the weights of the network that m describes.
func (m *Model) load(b []byte) error {
	if err := m.Spec.Check(); err != nil {
		return damaged(err)
	}
	net, err := nn.New(m.Spec)
	if err != nil {
		return damaged(err)
	}
	m.Layout = net.Layout()
	if m.Layout.Size() > 8*len(b) { // a number takes at least a bit
		return fmt.Errorf("the model is damaged: its network has %d weights, and the file does not hold them", m.Layout.Size())
	}
	if err := m.fits(net); err != nil {
		return damaged(err)
	}
	m.Weights, m.State = make([]float64, m.Layout.Size()), net.State()
	if err := nn.LoadWeights(m.Weights, m.Layout, b, m.State...); err != nil {
		return damaged(err)
	}
	if m.Beside, err = nn.DecodeBeside(b); err != nil {
		return damaged(err)
	}
	return nil
}

// fits says what of the model does not belong to its network.
func (m *Model) fits(net *nn.Model) error {
	in, out := net.In(), net.Out()
	odd := func(v []float64, n int) bool { return v != nil && (len(v) != n || !nn.Finite(v)) }
	switch {
	case len(m.Outputs) != out:
		return fmt.Errorf("its network has %d outputs and it names %d", out, len(m.Outputs))
	case len(m.Inputs) != in:
		return fmt.Errorf("its network has %d inputs and it names %d", in, len(m.Inputs))
	case odd(m.Mean, in) || odd(m.Deviation, in) || (m.Mean == nil) != (m.Deviation == nil):
		return errors.New("the scale of its inputs does not fit its network")
	case odd(m.TargetMean, out) || odd(m.TargetDeviation, out) || (m.TargetMean == nil) != (m.TargetDeviation == nil):
		return errors.New("the scale of its targets does not fit its network")
	case m.ByClass && m.Reads != loss.Distribution && m.Reads != loss.LogOdds:
		return errors.New("its classes are read as numbers")
	case slices.Contains(m.Deviation, 0) || slices.Contains(m.TargetDeviation, 0):
		return errors.New("a scale of 0 divides by nothing")
	}
	if m.Images.Shape != nil {
		n := 1
		for _, d := range m.Images.Shape {
			if d < 1 || n > in/d {
				return fmt.Errorf("images of shape %v do not fit its %d inputs", m.Images.Shape, in)
			}
			n *= d
		}
		if n != in {
			return fmt.Errorf("images of shape %v do not fit its %d inputs", m.Images.Shape, in)
		}
	}
	if m.Transform == nil {
		return nil
	}
	return checkColumns(m.Transform)
}
