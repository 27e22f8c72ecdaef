// Package foreign recognises, by their first bytes, files of formats that
// descent does not read in a place, and says what to do with them.
package foreign

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Use is what a file is given for.
type Use int

// The uses.
const (
	Data Use = iota
	Weights
	Preset
	Log
)

// reads says what is read in each place.
var reads = [...]string{
	Data:    "data are read from CSV, TSV, IDX, NPY and NPZ files, also in a gzip",
	Weights: "weights are read from safetensors and PyTorch files",
	Preset:  "a preset is a TOML file",
	Log:     "a log is what descent writes of a session, a .jsonl file",
}

// format is one kind of file.
type format struct {
	name string
	is   func(b []byte) bool
	// fine are the uses for which it is read.
	fine []Use
	// Advice by use; advice.all stands for those that have none.
	advice advice
}

type advice struct{ all, data, weights, preset string }

func (a advice) of(u Use) string {
	switch {
	case u == Data && a.data != "":
		return a.data
	case u == Weights && a.weights != "":
		return a.weights
	case u == Preset && a.preset != "":
		return a.preset
	}
	return a.all
}

// Check is nil unless the content of a file is of a known format that is not
// read for that use. Then it says in one sentence, to stand after the file's
// name and a colon, what the file is and what to do.
func Check(content []byte, u Use) error {
	f, ok := find(content)
	if !ok || slices.Contains(f.fine, u) {
		return nil
	}
	text := "this is " + f.name
	switch hint := f.advice.of(u); {
	case hint != "":
		text += "; " + hint
	default:
		text += "; " + reads[u]
	}
	return errors.New(text)
}

func find(b []byte) (format, bool) {
	if isSafetensors(b) {
		return safetensors, true
	}
	for _, f := range formats {
		if f.is(b) {
			return f, true
		}
	}
	if isZip(b) {
		return archive(b), true
	}
	return format{}, false
}

// What to do, for several formats.
const (
	fromTorch  = `save the weights with torch.save(model.state_dict(), "weights.pt")`
	fromModel  = "save the weights of the model that it was made from with safetensors.torch.save_file or safetensors.numpy.save_file"
	fromNumPy  = `save the arrays with safetensors.numpy.save_file(dict(numpy.load("weights.npz")), "weights.safetensors")`
	fromKeras  = "save the weights as named arrays with safetensors.numpy.save_file"
	fromPandas = `save the table as CSV with pandas, to_csv("data.csv", index=False)`
	fromImages = "save images as one array, rows × height × width × channels, with numpy.save"
	toNumPy    = "save tensors with numpy.save, or numpy.savez for inputs x and labels y"
	unpack     = "unpack it first"
)

var safetensors = format{name: "a safetensors file", fine: []Use{Weights}, advice: advice{
	data: toNumPy, all: "weights are given as model.weights in a preset",
}}

// begins recognises a file by its first bytes.
func begins(magic ...string) func([]byte) bool {
	return func(b []byte) bool {
		return slices.ContainsFunc(magic, func(m string) bool { return strings.HasPrefix(string(b[:min(len(b), len(m))]), m) })
	}
}

// at recognises a file by the bytes at an offset.
func at(offset int, magic string) func([]byte) bool {
	return func(b []byte) bool {
		return len(b) >= offset+len(magic) && string(b[offset:offset+len(magic)]) == magic
	}
}

// tag recognises text by how it begins, after blanks, in any case.
func tag(starts ...string) func([]byte) bool {
	return func(b []byte) bool {
		b = bytes.TrimPrefix(b[:min(len(b), 4096)], []byte("\xef\xbb\xbf"))
		text := strings.ToLower(string(bytes.TrimLeft(b, " \t\r\n")))
		return slices.ContainsFunc(starts, func(s string) bool { return strings.HasPrefix(text, s) })
	}
}

// formats are tried in this order; zip archives after all of them.
var formats = []format{
	{
		name: "a Git LFS pointer, which stands for a file that is not here", is: begins("version https://git-lfs.github.com/spec/"),
		advice: advice{all: "`git lfs pull` fetches the file itself"},
	},
	{
		name: "a session log of descent", is: begins(`{"descent":`), fine: []Use{Log},
		advice: advice{all: "`descent resume LOG` opens it, `descent replay LOG` computes it again"},
	},
	{name: "a lesson from the cache of descent", is: begins("descent lesson\n")},
	{
		name: "a PyTorch file, written by torch.save in the form of before PyTorch 1.6", is: begins("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"),
		fine: []Use{Weights}, advice: advice{data: toNumPy},
	},
	{name: "a Python pickle", is: isPickle, advice: advice{weights: fromTorch, data: toNumPy}},
	{name: "a NumPy array", is: begins("\x93NUMPY"), fine: []Use{Data}, advice: advice{weights: fromNumPy}},
	{name: "an HDF5 file", is: begins("\x89HDF\r\n\x1a\n"), advice: advice{weights: fromKeras, data: "save its arrays with numpy.save, or its table with pandas, to_csv"}},
	{name: "a GGUF file", is: both(binaries, begins("GGUF")), advice: advice{weights: fromModel}},
	{name: "a GGML file", is: both(binaries, begins("lmgg", "tjgg", "fmgg", "ggml", "ggjt", "ggmf")), advice: advice{weights: fromModel}},
	{name: "a TensorFlow Lite model", is: at(4, "TFL3"), advice: advice{weights: fromModel}},
	{name: "an ONNX model", is: isONNX, advice: advice{weights: fromModel}},
	{name: "a TensorFlow model", is: isTensorFlow, advice: advice{weights: fromModel}},
	{name: "a Parquet file", is: both(binaries, begins("PAR1")), advice: advice{data: fromPandas}},
	{name: "an Arrow or Feather file", is: both(binaries, begins("ARROW1", "FEA1")), advice: advice{data: fromPandas}},
	{name: "an Arrow stream", is: both(begins("\xff\xff\xff\xff"), at(6, "\x00\x00")), advice: advice{data: fromPandas}},
	{name: "an ORC file", is: both(binaries, begins("ORC")), advice: advice{data: fromPandas}},
	{name: "an Avro file", is: begins("Obj\x01"), advice: advice{data: fromPandas}},
	{name: "a SQLite database", is: begins("SQLite format 3\x00"), advice: advice{data: "export the table as CSV: sqlite3 -csv -header FILE 'select * from TABLE'"}},
	{name: "an Excel workbook of the old form", is: begins("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), advice: advice{data: "save the sheet as CSV"}},
	{name: "a MATLAB file", is: begins("MATLAB 5.0 MAT-file", "MATLAB 7.0 MAT-file"), advice: advice{data: "load it with scipy.io.loadmat and save its arrays with numpy.save"}},
	{name: "a file of R", is: begins("RDX2\n", "RDX3\n", "RDA2\n", "RDA3\n"), advice: advice{data: "save the table with write.csv"}},
	{name: "a Stata file", is: begins("<stata_dta>"), advice: advice{data: fromPandas}},
	{name: "an SPSS file", is: begins("$FL2@(#)", "$FL3@(#)"), advice: advice{data: fromPandas}},
	{name: "a PNG image", is: begins("\x89PNG\r\n\x1a\n"), advice: advice{data: fromImages}},
	{name: "a JPEG image", is: begins("\xff\xd8\xff"), advice: advice{data: fromImages}},
	{name: "a GIF image", is: begins("GIF87a", "GIF89a"), advice: advice{data: fromImages}},
	{name: "a TIFF image", is: begins("II*\x00", "MM\x00*"), advice: advice{data: fromImages}},
	{name: "a WebP image", is: both(begins("RIFF"), at(8, "WEBP")), advice: advice{data: fromImages}},
	{name: "a WAV sound file", is: both(begins("RIFF"), at(8, "WAVE")), advice: advice{data: "save the samples as an array with numpy.save"}},
	{name: "a PDF document", is: begins("%PDF-"), advice: advice{data: "save the table as CSV"}},
	{
		name: "a web page, as a server sends in place of a file that it does not hand out", is: tag("<!doctype html", "<html", "<head>", "<body"),
		advice: advice{all: "download the file itself"},
	},
	{name: "an XML document", is: tag("<?xml"), advice: advice{data: "save the table as CSV"}},
	{name: "a file in JSON", is: isJSON, advice: advice{data: `save the table as CSV: pandas.read_json("data.json").to_csv("data.csv", index=False)`}, fine: []Use{Log}},
	{name: "text in UTF-16", is: begins("\xff\xfe", "\xfe\xff"), fine: []Use{Data}, advice: advice{all: "save the file as UTF-8", weights: reads[Weights]}},
	{name: "text in UTF-32", is: begins("\x00\x00\xfe\xff"), advice: advice{all: "save the file as UTF-8"}},
	{name: "a gzip file", is: begins("\x1f\x8b"), fine: []Use{Data}, advice: advice{all: unpack + " with gunzip"}},
	{name: "a bzip2 file", is: both(begins("BZh"), at(4, "1AY&SY")), advice: advice{all: unpack + " with bunzip2"}},
	{name: "an xz file", is: begins("\xfd7zXZ\x00"), advice: advice{all: unpack + " with unxz"}},
	{name: "a Zstandard file", is: begins("\x28\xb5\x2f\xfd"), advice: advice{all: unpack + " with unzstd"}},
	{name: "an LZ4 file", is: begins("\x04\x22\x4d\x18"), advice: advice{all: unpack + " with unlz4"}},
	{name: "a 7-Zip archive", is: begins("7z\xbc\xaf\x27\x1c"), advice: advice{all: unpack}},
	{name: "a RAR archive", is: begins("Rar!\x1a\x07"), advice: advice{all: unpack}},
	{name: "a tar archive", is: at(257, "ustar"), advice: advice{all: unpack + " with tar"}},
	{name: "a program", is: begins("\x7fELF", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe", "MZ\x90\x00")},
	{
		name: "a table", is: isTable, fine: []Use{Data, Weights, Log},
		advice: advice{preset: `write a preset, a TOML file, that names it: file = "FILE.csv" under [data]`},
	},
}

// binaries tells that a file is no text: a header of a table may begin with the
// same letters as a binary format.
func binaries(b []byte) bool {
	return bytes.ContainsFunc(b[:min(len(b), 512)], func(r rune) bool { return r < '\t' })
}

func both(one, other func([]byte) bool) func([]byte) bool {
	return func(b []byte) bool { return one(b) && other(b) }
}

// isSafetensors tells the length of a header, and a header that begins there.
func isSafetensors(b []byte) bool {
	return len(b) > 9 && b[8] == '{' && binary.LittleEndian.Uint64(b) <= 100<<20 && b[7] == 0
}

// isPickle knows protocols 2 to 5, of which a frame, a dictionary, a list, a
// tuple or a reference to a class follows.
func isPickle(b []byte) bool {
	return len(b) > 2 && b[0] == 0x80 && b[1] >= 2 && b[1] <= 5 && strings.IndexByte("\x95}](cKXGNMJ\x8a\x8c\x8e", b[2]) >= 0
}

// isONNX knows a ModelProto: ir_version, then the name of the producer, the
// opset or the graph.
func isONNX(b []byte) bool {
	if len(b) < 5 || b[0] != 0x08 || b[1] < 1 || b[1] > 32 {
		return false
	}
	switch b[2] {
	case 0x12: // producer_name
		end := 4 + int(b[3])
		if b[3] == 0 || b[3] > 127 || end > len(b) {
			return false
		}
		return !slices.ContainsFunc(b[4:end], func(c byte) bool { return c < 0x20 || c > 0x7e })
	case 0x3a, 0x42: // graph, opset_import
		return true
	}
	return false
}

// isTensorFlow knows a SavedModel, whose schema version 1 is followed by a graph,
// and a frozen graph, which begins with a node.
func isTensorFlow(b []byte) bool {
	head := b[:min(len(b), 512)]
	return begins("\x08\x01\x12")(b) && len(b) > 3 && (b[3] >= 0x80 || bytes.Contains(head, []byte("serve"))) ||
		begins("\x0a")(b) && (bytes.Contains(head, []byte("\x12\x0bPlaceholder")) || bytes.Contains(head, []byte("\x12\x05Const")))
}

// isJSON knows an object or a list of objects or lists. A TOML table and a cell
// of a table begin otherwise.
func isJSON(b []byte) bool {
	head := bytes.TrimLeft(bytes.TrimPrefix(b[:min(len(b), 4096)], []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(head) < 2 {
		return false
	}
	next := bytes.TrimLeft(head[1:], " \t\r\n")
	if len(next) == 0 {
		return false
	}
	switch head[0] {
	case '{':
		return next[0] == '"' || next[0] == '}'
	case '[':
		if next[0] == '{' {
			return true
		}
		// [[1, 2 and no [[model.layer]]
		inner := bytes.TrimLeft(next[1:], " \t\r\n")
		return next[0] == '[' && len(inner) > 0 && strings.IndexByte("-0123456789[", inner[0]) >= 0
	}
	return false
}

// isTable knows two lines of text with as many cells, and more than one. What
// begins a TOML file is none: a comment, a table in brackets, or a key and =.
func isTable(b []byte) bool {
	b = bytes.TrimPrefix(b[:min(len(b), 4096)], []byte("\xef\xbb\xbf"))
	first, rest, _ := strings.Cut(strings.TrimLeft(string(b), " \t\r\n"), "\n")
	second, _, whole := strings.Cut(rest, "\n")
	if !whole || binaries(b) || strings.ContainsAny(first, "=[#{<") {
		return false
	}
	for _, between := range []string{",", ";", "\t"} {
		if n := strings.Count(first, between); n > 0 && strings.Count(second, between) == n {
			return true
		}
	}
	return false
}

func isZip(b []byte) bool { return begins("PK\x03\x04", "PK\x05\x06")(b) }

// archive is what a zip holds: the names of its entries tell.
func archive(b []byte) format {
	names := entries(b)
	some := func(is func(string) bool) bool { return slices.ContainsFunc(names, is) }
	ends := func(suffix string) func(string) bool {
		return func(n string) bool { return strings.HasSuffix(n, suffix) }
	}
	starts := func(prefix string) func(string) bool {
		return func(n string) bool { return strings.HasPrefix(n, prefix) }
	}
	switch {
	case some(func(n string) bool { return n == "data.pkl" || strings.HasSuffix(n, "/data.pkl") }):
		return format{name: "a PyTorch file, written by torch.save", fine: []Use{Weights}, advice: advice{data: toNumPy}}
	case some(ends(".npy")):
		return format{name: "an NPZ file of NumPy arrays", fine: []Use{Data}, advice: advice{weights: fromNumPy}}
	case some(ends(".weights.h5")):
		return format{name: "a Keras model", advice: advice{weights: fromKeras}}
	case some(starts("xl/")):
		return format{name: "an Excel workbook", advice: advice{data: "save the sheet as CSV"}}
	case some(starts("word/")), some(starts("ppt/")):
		return format{name: "an Office document", advice: advice{data: "save the table as CSV"}}
	case len(names) > 0 && names[0] == "mimetype":
		return format{name: "an OpenDocument file", advice: advice{data: "save the sheet as CSV"}}
	case len(names) == 1:
		return format{name: fmt.Sprintf("a zip archive that holds %q", names[0]), advice: advice{all: unpack + " with unzip"}}
	}
	return format{name: "a zip archive", advice: advice{all: unpack + " with unzip"}}
}

// entries are the names in a zip; of one that is cut off the first alone.
func entries(b []byte) (names []string) {
	if z, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err == nil {
		for _, f := range z.File {
			names = append(names, f.Name)
		}
		return names
	}
	if len(b) > 30 {
		if n := int(binary.LittleEndian.Uint16(b[26:])); 30+n <= len(b) {
			return []string{string(b[30 : 30+n])}
		}
	}
	return nil
}
