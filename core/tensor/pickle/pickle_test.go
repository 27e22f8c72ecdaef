package pickle_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"descent/core/tensor"
	"descent/core/tensor/pickle"
)

// reference is what testdata/reference.py found in a file.
type reference map[string]struct {
	Shape []int
	Data  []string
}

func references(t testing.TB) map[string]reference {
	t.Helper()
	var out map[string]reference
	if err := json.Unmarshal(file(t, "values.json"), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// same asks that tensors are those of a reference, to the bit.
func same(t *testing.T, tensors []tensor.Tensor, want reference) {
	t.Helper()
	if len(tensors) != len(want) {
		t.Errorf("%d tensors, want %d", len(tensors), len(want))
	}
	for _, x := range tensors {
		w, ok := want[x.Name]
		if !ok {
			t.Errorf("there is a tensor %s too many", x.Name)
			continue
		}
		if !slices.Equal(x.Shape, w.Shape) || len(x.Data) != len(w.Data) {
			t.Errorf("%s has shape %v, want %v", x.Name, x.Shape, w.Shape)
			continue
		}
		for i, text := range w.Data {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			if math.Float64bits(v) != math.Float64bits(x.Data[i]) {
				t.Errorf("%s, element %d is %v, want %v", x.Name, i, x.Data[i], v)
			}
		}
	}
}

func TestFilesOfTorchAreReadToTheBit(t *testing.T) {
	for name, want := range references(t) {
		t.Run(name, func(t *testing.T) {
			content := file(t, name)
			if !pickle.Is(content) {
				t.Error("it is not recognised")
			}
			tensors, _, err := pickle.Weights(content)
			if err != nil {
				t.Fatal(err)
			}
			same(t, tensors, want)
		})
	}
}

func TestTheOrderIsThatOfTheFile(t *testing.T) {
	tensors, notes, err := pickle.Weights(file(t, "checkpoint.pt"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, x := range tensors {
		names = append(names, x.Name)
	}
	if got := strings.Join(names, " "); got != "0.weight 0.bias 1.weight 1.bias 1.running_mean 1.running_var 1.num_batches_tracked 4.weight 4.bias" {
		t.Error(got)
	}
	if len(notes) != 1 || notes[0] != `the weights are those under "model_state_dict" of the file` {
		t.Error(notes)
	}
}

func TestWhatIsNotReadIsNamed(t *testing.T) {
	for name, want := range map[string]string{
		"system.pt":  "it would run posix.system, and nothing that a file names is run",
		"eval.pt":    "it would run builtins.eval, and nothing",
		"bytes.pt":   "it would run torch.storage._load_from_bytes, and nothing",
		"whole.pt":   "it holds a whole model (torch.nn.modules.container.Sequential), which only its Python code can make; save the weights alone with torch.save(model.state_dict(), ",
		"two.pt":     `it holds several sets of weights, under "gan", "critic"; save the one`,
		"complex.pt": "it holds complex numbers (torch.ComplexFloatStorage), which are not read",
		"sparse.pt":  "it holds a sparse tensor; save it with to_dense()",
		"numpy.pt":   "it holds something of NumPy (numpy.core.multiarray._reconstruct)",
		"nothing.pt": "there are no named tensors in it",
	} {
		_, _, err := pickle.Weights(file(t, name))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

// repacked is a zip with some entries changed; nil leaves one out.
func repacked(t testing.TB, content []byte, method uint16, change func(name string, b []byte) []byte, more ...string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, b []byte) {
		to, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err == nil {
			_, err = to.Write(b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if b = change(f.Name, b); b != nil {
			put(f.Name, b)
		}
	}
	for i := 0; i < len(more); i += 2 {
		put(more[i], []byte(more[i+1]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBigEndianElementsAreTurnedRound(t *testing.T) {
	big := repacked(t, file(t, "views.pt"), zip.Store, func(name string, b []byte) []byte {
		if strings.Contains(name, "/data/") {
			for at := 0; at+4 <= len(b); at += 4 {
				slices.Reverse(b[at : at+4])
			}
		}
		return b
	}, "views/byteorder", "big")
	tensors, _, err := pickle.Weights(big)
	if err != nil {
		t.Fatal(err)
	}
	same(t, tensors, references(t)["views.pt"])
}

// torchFile is a file of that pickle and of storage "0" of some bytes.
func torchFile(t testing.TB, program string, storage []byte) []byte {
	return repacked(t, pickle.Encode(nil), zip.Store, func(name string, b []byte) []byte {
		if strings.HasSuffix(name, "data.pkl") {
			return []byte(program)
		}
		return b
	}, "archive/data/0", string(storage))
}

const (
	untyped = "(X\x07\x00\x00\x00storagectorch.storage\nUntypedStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x08tQ"
	typed   = "(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x02tQ"
	inDict  = "\x80\x02}X\x01\x00\x00\x00a"
)

// PyTorch 2 writes tensors of new types over storages of bytes.
func TestUntypedStoragesAreRead(t *testing.T) {
	storage := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, math.Float32bits(1.5)), math.Float32bits(-2))
	content := torchFile(t, inDict+"ctorch._utils\n_rebuild_tensor_v3\n("+untyped+"K\x00K\x02\x85K\x01\x85\x89ccollections\nOrderedDict\n)Rctorch\nfloat32\ntRs.", storage)
	tensors, _, err := pickle.Weights(content)
	if err != nil || len(tensors) != 1 || !slices.Equal(tensors[0].Data, []float64{1.5, -2}) {
		t.Error(tensors, err)
	}
}

func TestDamagedFilesAndBombsAreRefused(t *testing.T) {
	tensorOf := func(offset, size, stride string) string {
		return inDict + "ctorch._utils\n_rebuild_tensor_v2\n(" + typed + offset + size + stride + "\x89ccollections\nOrderedDict\n)RtRs."
	}
	module := file(t, "module.pt")
	without := func(what string) []byte {
		return repacked(t, module, zip.Store, func(name string, b []byte) []byte {
			if strings.HasSuffix(name, what) {
				return nil
			}
			return b
		})
	}
	for _, c := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"a shape beyond the storage", torchFile(t, tensorOf("K\x00", "K\x03\x85", "K\x01\x85"), make([]byte, 8)), "a tensor of shape [3] with strides [1] from element 0 goes beyond its storage of 2 elements"},
		{"an offset beyond the storage", torchFile(t, tensorOf("K\x02", "K\x01\x85", "K\x01\x85"), make([]byte, 8)), "a tensor of shape [1] with strides [1] from element 2 goes"},
		{"a negative offset", torchFile(t, tensorOf("J\xff\xff\xff\xff", "K\x01\x85", "K\x01\x85"), make([]byte, 8)), "a tensor has the impossible shape"},
		{"a negative stride", torchFile(t, tensorOf("K\x01", "K\x02\x85", "J\xff\xff\xff\xff\x85"), make([]byte, 8)), "a tensor has the impossible shape"},
		{"an overflowing shape", torchFile(t, tensorOf("K\x00", "\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f\x86", "K\x00K\x00\x86"), make([]byte, 8)), "a tensor has the impossible shape"},
		{"an element expanded to 2^40", torchFile(t, tensorOf("K\x00", "\x8a\x06\x00\x00\x00\x00\x00\x01\x85", "K\x00\x85"), make([]byte, 8)), `tensor "a" of shape [1099511627776] is larger than a file of this size bears out`},
		{"a storage too short", torchFile(t, tensorOf("K\x00", "K\x02\x85", "K\x01\x85"), make([]byte, 7)), "its storage 0 has 7 bytes and claims 2 elements of 4"},
		{"no storage", without("data/0"), "its entry module/data/0 is missing"},
		{"compressed entries", repacked(t, module, zip.Deflate, func(_ string, b []byte) []byte { return b }), "its entry module/data.pkl is compressed or encrypted"},
		{"a string of 4 GiB", torchFile(t, "\x80\x02X\xff\xff\xff\xffa.", nil), "the pickle in it ends too early"},
		{"a string of 2^63", torchFile(t, "\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7fa.", nil), "the pickle in it ends too early"},
		{"an empty stack", torchFile(t, "\x80\x02.", nil), "the pickle in it is damaged"},
		{"a mark too few", torchFile(t, "\x80\x02t.", nil), "the pickle in it is damaged"},
		{"a memo of nothing", torchFile(t, "\x80\x02h\x05.", nil), "the pickle in it is damaged"},
		{"text opcodes", torchFile(t, "\x80\x02I01\n.", nil), "the pickle in it has the instruction 0x49"},
		{"protocol 9", torchFile(t, "\x80\x09N.", nil), "it is a pickle of protocol 9"},
		{"a list within itself", torchFile(t, "\x80\x02]q\x00h\x00a.", nil), "there are no named tensors in it"},
		{"a dictionary within itself", torchFile(t, "\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s.", nil), "there are no named tensors in it"},
		{"five million values", torchFile(t, "\x80\x02"+strings.Repeat("N", 5<<20)+".", nil), "its pickle makes more than"},
		{"deep lists", torchFile(t, "\x80\x02"+strings.Repeat("]", 100000)+strings.Repeat("a", 99999)+".", nil), "there are no named tensors in it"},
		{"TorchScript", repacked(t, module, zip.Store, func(_ string, b []byte) []byte { return b }, "module/constants.pkl", "x"), "this is a TorchScript program"},
	} {
		_, _, err := pickle.Weights(c.content)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// A dictionary that holds the next twice, thirty deep, is looked through once each.
func TestSharedDictionariesAreLookedThroughOnce(t *testing.T) {
	program := "\x80\x02}q\x00"
	for i := range 30 {
		program += "}q" + string([]byte{byte(i + 1)})
		for _, key := range "ab" {
			program += "X\x01\x00\x00\x00" + string(key) + "h" + string([]byte{byte(i)}) + "s"
		}
	}
	if _, _, err := pickle.Weights(torchFile(t, program+".", nil)); err == nil {
		t.Error("there are weights in it")
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	for _, name := range []string{"module.pt", "old.pt"} {
		whole := file(t, name)
		for n := range whole {
			if _, _, err := pickle.Weights(whole[:n]); err == nil {
				t.Fatalf("%d of %d bytes of %s are accepted", n, len(whole), name)
			}
		}
	}
}

func TestAWrongChecksumIsNoted(t *testing.T) {
	whole := file(t, "module.pt")
	sum := crc32.ChecksumIEEE(whole)
	at := bytes.Index(whole, []byte("module/data/0FB")) // in front of a storage
	for ; whole[at] != 'Z'; at++ {
	}
	for ; whole[at] == 'Z'; at++ {
	}
	whole[at] ^= 1
	if crc32.ChecksumIEEE(whole) == sum {
		t.Fatal("nothing changed")
	}
	_, notes, err := pickle.Weights(whole)
	if err != nil || len(notes) != 1 || !strings.HasPrefix(notes[0], "the checksum of module/data/0 does not hold") {
		t.Error(notes, err)
	}
}

// sample is a value of all kinds that can be written.
func sample() *pickle.Dict {
	d := pickle.StateDict([]tensor.Tensor{
		{Name: "0.weight", Shape: []int{2, 3}, Data: []float64{1, math.Copysign(0, -1), math.SmallestNonzeroFloat64, -math.MaxFloat64, 0.1, 6}},
		{Name: "0.bias", Shape: []int{2}, Data: []float64{7, 8}},
		{Name: "scalar", Shape: []int{}, Data: []float64{9}},
		{Name: "none", Shape: []int{0, 4}},
	})
	return d
}

func TestWhatIsWrittenComesBack(t *testing.T) {
	d := sample()
	for _, value := range []any{d, func() any {
		outer := &pickle.Dict{}
		outer.Set("step", 5)
		outer.Set("far", 1<<40)
		outer.Set("list", []any{"a", nil, true, pickle.Tuple{2}})
		outer.Set("order", pickle.Array{DType: "I64", Shape: []int{2, 2}, Data: []float64{1, 2, 3, 1 << 40}})
		outer.Set("model", d)
		return outer
	}()} {
		content := pickle.Encode(value)
		tensors, _, err := pickle.Weights(content)
		if err != nil || len(tensors) != 4 {
			t.Fatal(tensors, err)
		}
		for i, x := range tensors {
			want := d.Values[i].(pickle.Array)
			if x.Name != d.Keys[i] || !slices.Equal(x.Shape, want.Shape) {
				t.Errorf("%s %v", x.Name, x.Shape)
			}
			for k, v := range x.Data {
				if math.Float64bits(v) != math.Float64bits(want.Data[k]) {
					t.Errorf("%s, element %d: %v", x.Name, k, v)
				}
			}
		}
		z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			if start, err := f.DataOffset(); err != nil || start%64 != 0 || f.Method != zip.Store {
				t.Errorf("%s begins at %d, %v", f.Name, start, err)
			}
		}
	}
}

// debian is where Debian's python3-torch lies.
const debian = "/usr/lib/python3"

// TestTorchReadsWhatIsWritten needs PyTorch.
func TestTorchReadsWhatIsWritten(t *testing.T) {
	if _, err := os.Stat(debian + "/dist-packages/torch"); err != nil {
		t.Skip("python3-torch is not installed")
	}
	outer := &pickle.Dict{}
	outer.Set("step", 5)
	outer.Set("far", 1<<40)
	outer.Set("list", []any{"a", nil, true, pickle.Tuple{2}})
	outer.Set("order", pickle.Array{DType: "I64", Shape: []int{2, 2}, Data: []float64{1, 2, 3, 1 << 40}})
	outer.Set("mask", pickle.Array{DType: "BOOL", Shape: []int{2}, Data: []float64{0, 1}})
	outer.Set("model", sample())
	path := filepath.Join(t.TempDir(), "ours.pt")
	if err := os.WriteFile(path, pickle.Encode(outer), 0o600); err != nil {
		t.Fatal(err)
	}
	script := `
import sys, torch
for only in (True, False):
    d = torch.load(sys.argv[1], weights_only=only)
    assert d["step"] == 5 and d["far"] == 2**40 and d["list"] == ["a", None, True, (2,)], d
    assert d["order"].tolist() == [[1, 2], [3, 2**40]] and d["order"].dtype == torch.int64
    assert d["mask"].tolist() == [False, True]
    m = d["model"]
    assert list(m) == ["0.weight", "0.bias", "scalar", "none"], list(m)
    assert m["0.weight"].dtype == torch.float64 and m["0.weight"].is_contiguous()
    assert m["0.weight"].flatten().tolist() == [1, -0.0, 5e-324, -1.7976931348623157e308, 0.1, 6], m
    assert m["scalar"].shape == () and m["scalar"].item() == 9 and m["none"].shape == (0, 4)
    torch.nn.Linear(3, 2).double().load_state_dict({k[2:]: v for k, v in m.items() if k[0] == "0"})
`
	if out, err := exec.Command("/usr/bin/python3", "-c", script, path).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Whatever the bytes, reading ends in tensors or in an error.
func FuzzWeights(f *testing.F) {
	for _, name := range []string{"module.pt", "old.pt", "oldviews.pth", "views.pt", "dtypes.pt", "protocol4.pt", "system.pt", "whole.pt"} {
		f.Add(file(f, name))
	}
	f.Add(pickle.Encode(sample()))
	f.Fuzz(func(t *testing.T, b []byte) {
		check(t, b)
		if len(b) < 1<<16 {
			check(t, torchFile(t, string(b), make([]byte, 64))) // as the pickle alone
		}
	})
}

func check(t *testing.T, b []byte) {
	tensors, _, err := pickle.Weights(b)
	if err != nil {
		return
	}
	for _, x := range tensors {
		n := 1
		for _, d := range x.Shape {
			n *= d
		}
		if n != len(x.Data) {
			t.Errorf("%s of shape %v has %d numbers", x.Name, x.Shape, len(x.Data))
		}
	}
}
