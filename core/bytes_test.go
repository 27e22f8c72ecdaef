package core_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"testing"

	"descent/core"
	"descent/core/probe"
	"descent/presets"
)

// given are files by their names.
type given map[string][]byte

func (given) Table(string) ([]byte, []string, bool) { return nil, nil, false }

func (g given) File(path string) ([]byte, error) {
	if content, ok := g[path]; ok {
		return content, nil
	}
	return nil, fmt.Errorf("%s: there is no such file", path)
}

// Many bytes are kept as bytes, and the same images in float64 as float64.
func TestImagesKeptAsBytesTrainAsThoseInFloat64(t *testing.T) {
	const rows, pixels = 5400, 28 * 28
	files := given{}
	images := binary.BigEndian.AppendUint32([]byte{0, 0, 8, 3}, rows)
	images = append(images, 0, 0, 0, 28, 0, 0, 0, 28)
	header := fmt.Sprintf("{'descr': '<f8', 'fortran_order': False, 'shape': (%d, 28, 28), }\n", rows)
	numbers := append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), 0)
	numbers = append(numbers, header...)
	labels := binary.BigEndian.AppendUint32([]byte{0, 0, 8, 1}, rows)
	for r := range rows {
		class := r * 7 % 10
		labels = append(labels, byte(class))
		for p := range pixels {
			b := byte(0)
			if (p+class*37)%9 < 2 {
				b = byte(uint32(r*pixels+p) * 2654435761 >> 20)
			}
			images = append(images, b)
			numbers = binary.LittleEndian.AppendUint64(numbers, math.Float64bits(float64(b)/255))
		}
	}
	files["bytes"], files["floats"], files["labels"] = images, numbers, labels
	for what, set := range map[string][2]string{
		"plain":        {"train.batch", "32"},
		"standardized": {"data.standardize", "true"},
		"augmented":    {"augment.noise", "0.1"},
		"whole":        {"train.batch", "0"},
	} {
		t.Run(what, func(t *testing.T) {
			var hashes []string
			var found []any
			for _, file := range []string{"bytes", "floats"} {
				r, err := presets.Decode("x.toml", []byte("title = \"x\"\n[data]\nset = \"iris\"\n[model]\nlayers = [784, 4, 10]\nactivation = \"relu\"\n[loss]\nname = \"cross-entropy\"\n"))
				if err != nil {
					t.Fatal(err)
				}
				r.Data.Set, r.Data.File, r.Data.Labels, r.Data.Validation = "", file, "labels", 0.1
				k, err := r.Find(set[0])
				if err != nil {
					t.Fatal(err)
				}
				v, err := k.Knob.Parse(set[1])
				if err == nil {
					err = r.Set(set[0], v)
				}
				if err != nil {
					t.Fatal(err)
				}
				tr, err := core.New(r, files)
				if err != nil {
					t.Fatal(err)
				}
				if kept := tr.Data().Train.X.Data == nil; kept != (file == "bytes") {
					t.Fatalf("%s are kept as bytes: %v", file, kept)
				}
				for range 3 {
					tr.Step()
				}
				loss, accuracy := tr.Measure(tr.Data().Val)
				hashes = append(hashes, fmt.Sprint(tr.Hash(), loss, accuracy))
				ctx := context.Background()
				found = append(found, []any{
					probe.Examples{Count: 3}.Measure(ctx, tr), probe.Distillation{Row: 2}.Measure(ctx, tr), probe.Units{}.Measure(ctx, tr),
					probe.Batch{First: 1, Count: 2}.Measure(ctx, tr),
				})
			}
			if hashes[0] != hashes[1] {
				t.Errorf("%v", hashes)
			}
			if !reflect.DeepEqual(found[0], found[1]) {
				t.Error("measurements differ")
			}
		})
	}
}
