package foreign_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"descent/core/foreign"
)

func zipped(t testing.TB, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		if _, err := z.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func safetensors() []byte {
	head := `{"0.weight":{"dtype":"F64","shape":[0],"data_offsets":[0,0]}}`
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(head))), head...)
}

func TestFormatsAreRecognisedByTheirFirstBytes(t *testing.T) {
	torch := zipped(t, "archive/data.pkl", "archive/byteorder", "archive/data/0")
	for _, c := range []struct {
		content string
		name    string // "" for one that is read
		use     foreign.Use
		advice  string
	}{
		{string(torch), "", foreign.Weights, ""},
		{string(torch), "a PyTorch file", foreign.Data, "numpy.save"},
		{string(torch), "a PyTorch file", foreign.Preset, "a preset is a TOML file"},
		{string(torch[:80]), "", foreign.Weights, ""},
		{"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e\x80\x02M", "", foreign.Weights, ""},
		{"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00}", "a Python pickle", foreign.Weights, "torch.save(model.state_dict()"},
		{"\x80\x02}q\x00", "a Python pickle", foreign.Data, "numpy.save"},
		{"\xff\xfea\x00,\x00b\x00", "text in UTF-16", foreign.Log, "save the file as UTF-8"},
		{"\xff\xfea\x00,\x00b\x00", "", foreign.Data, ""},
		{"\xfe\xff\x00[\x00d", "text in UTF-16", foreign.Preset, "save the file as UTF-8"},
		{"\x00\x00\xfe\xff\x00\x00\x00a", "text in UTF-32", foreign.Data, "save the file as UTF-8"},
		{"\x93NUMPY\x01\x00v\x00{'descr'", "a NumPy array", foreign.Weights, "safetensors.numpy.save_file"},
		{"\x93NUMPY\x01\x00v\x00{'descr'", "", foreign.Data, ""},
		{string(zipped(t, "x.npy", "y.npy")), "an NPZ file", foreign.Weights, "safetensors.numpy.save_file"},
		{string(zipped(t, "x.npy", "y.npy")), "", foreign.Data, ""},
		{"\x89HDF\r\n\x1a\n\x00", "an HDF5 file", foreign.Weights, "safetensors.numpy.save_file"},
		{string(zipped(t, "metadata.json", "config.json", "model.weights.h5")), "a Keras model", foreign.Weights, "safetensors.numpy.save_file"},
		{"GGUF\x03\x00\x00\x00", "a GGUF file", foreign.Weights, "safetensors.torch.save_file"},
		{"\x1c\x00\x00\x00TFL3\x14\x00", "a TensorFlow Lite model", foreign.Weights, "save the weights"},
		{"\x08\x07\x12\x07pytorch\x1a\x05", "an ONNX model", foreign.Weights, "save the weights"},
		{"\x08\x08:\xc2\x02\x0a", "an ONNX model", foreign.Weights, "save the weights"},
		{"\x08\x01\x12\xa8\x9d\x01\x0a", "a TensorFlow model", foreign.Weights, "save the weights"},
		{"\x0a\x1f\x0a\x01x\x12\x0bPlaceholder", "a TensorFlow model", foreign.Weights, "save the weights"},
		{"version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12\n", "a Git LFS pointer", foreign.Weights, "git lfs pull"},
		{"version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12\n", "a Git LFS pointer", foreign.Data, "git lfs pull"},
		{"PAR1\x15\x04\x15\x10", "a Parquet file", foreign.Data, "to_csv"},
		{"ARROW1\x00\x00", "an Arrow or Feather file", foreign.Data, "to_csv"},
		{"\xff\xff\xff\xff\x98\x03\x00\x00", "an Arrow stream", foreign.Data, "to_csv"},
		{"SQLite format 3\x00", "a SQLite database", foreign.Data, "CSV"},
		{"\x89PNG\r\n\x1a\n\x00", "a PNG image", foreign.Data, "numpy.save"},
		{"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG image", foreign.Data, "numpy.save"},
		{string(zipped(t, "[Content_Types].xml", "xl/workbook.xml")), "an Excel workbook", foreign.Data, "CSV"},
		{string(zipped(t, "mimetype", "content.xml")), "an OpenDocument file", foreign.Data, "CSV"},
		{string(zipped(t, "train.csv")), `a zip archive that holds "train.csv"`, foreign.Data, "unzip"},
		{"%PDF-1.7\n", "a PDF document", foreign.Data, "CSV"},
		{"\n<!DOCTYPE html>\n<html>", "a web page", foreign.Data, "download the file itself"},
		{"<html><head>", "a web page", foreign.Weights, "download the file itself"},
		{"\x7fELF\x02\x01", "a program", foreign.Preset, "a preset is a TOML file"},
		{"\x1f\x8b\x08", "", foreign.Data, ""},
		{"\x1f\x8b\x08", "a gzip file", foreign.Weights, "gunzip"},
		{"\x1f\x8b\x08", "a gzip file", foreign.Log, "gunzip"},
		{"\xfd7zXZ\x00", "an xz file", foreign.Data, "unxz"},
		{`{"a": [1, 2]}`, "a file in JSON", foreign.Weights, "safetensors"},
		{`[{"a": 1}]`, "a file in JSON", foreign.Data, "to_csv"},
		{"[[1, 2], [3, 4]]", "a file in JSON", foreign.Data, "to_csv"},
		{`{"descent":1,"arch":"amd64"}`, "a session log of descent", foreign.Preset, "descent resume"},
		{`{"descent":1,"arch":"amd64"}`, "", foreign.Log, ""},
		{string(safetensors()), "", foreign.Weights, ""},
		{string(safetensors()), "a safetensors file", foreign.Data, "numpy.save"},
		{string(safetensors()), "a safetensors file", foreign.Preset, "model.weights"},

		{"rooms,price\n3,100\n4,120\n", "a table", foreign.Preset, "file = \"FILE.csv\" under [data]"},
		{"\"rooms\"\t\"price\"\r\n3\t100\r\n", "a table", foreign.Preset, "under [data]"},
		{"rooms,price\n3,100\n", "", foreign.Data, ""},
		{"rooms,price\n3,100\n", "", foreign.Weights, ""},

		// Text that begins like one of these.
		{"# a, b\n[data]\nset = \"moons\"\n", "", foreign.Preset, ""},
		{"title = \"a, b\"\nsummary = \"c, d\"\n", "", foreign.Preset, ""},
		{"hello, world\ntitle = \"a\"\n", "", foreign.Preset, ""},
		{"PAR1,GGUF,y\n1,2,3\n", "", foreign.Data, ""},
		{"GGUF,y\n1,2\n", "", foreign.Data, ""},
		{"ARROW1,ORC,y\n1,2,3\n", "", foreign.Data, ""},
		{"BZh9,y\n1,2\n", "", foreign.Data, ""},
		{"[[model.layer]]\nkind = \"dense\"\n", "", foreign.Preset, ""},
		{"[data]\nset = \"moons\"\n", "", foreign.Preset, ""},
		{"", "", foreign.Data, ""},
		{"P", "", foreign.Weights, ""},
	} {
		got := ""
		if err := foreign.Check([]byte(c.content), c.use); err != nil {
			got = err.Error()
		}
		if c.name == "" {
			if got != "" {
				t.Errorf("%.20q as %d: %s", c.content, c.use, got)
			}
			continue
		}
		what, advice, _ := strings.Cut(got, "; ")
		if !strings.HasPrefix(what, "this is "+c.name) || !strings.Contains(advice, c.advice) {
			t.Errorf("%.20q as %d: %s; want %s and %s", c.content, c.use, got, c.name, c.advice)
		}
	}
}

// Whatever the bytes, there is an answer, and it is one line.
func FuzzCheck(f *testing.F) {
	f.Add([]byte("PK\x03\x04"), 0)
	f.Add(zipped(f, "a\nb"), 1)
	f.Add([]byte("\x08\x07\x12\x7f"), 1)
	f.Add(safetensors(), 2)
	f.Fuzz(func(t *testing.T, content []byte, use int) {
		if use < 0 || use > int(foreign.Log) {
			return
		}
		if err := foreign.Check(content, foreign.Use(use)); err != nil && strings.ContainsAny(err.Error(), "\n\r\x1b") {
			t.Errorf("%q", err)
		}
	})
}
