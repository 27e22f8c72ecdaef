package pickle

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"descent/core/tensor"
)

// legacy is how a file of before PyTorch 1.6 begins: a pickle of its number.
const legacy = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"

// Is tells whether a file was written by torch.save.
func Is(b []byte) bool {
	if strings.HasPrefix(string(b[:min(len(b), len(legacy))]), legacy) {
		return true
	}
	if !strings.HasPrefix(string(b[:min(len(b), 4)]), "PK\x03\x04") {
		return false
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		// Cut off: its first entry tells.
		n := 0
		if len(b) > 30 {
			n = int(binary.LittleEndian.Uint16(b[26:]))
		}
		return n > 0 && 30+n <= len(b) && strings.HasSuffix(string(b[30:30+n]), "/data.pkl")
	}
	return slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "data.pkl" || strings.HasSuffix(f.Name, "/data.pkl") })
}

// Load reads the value of a file of torch.save. Notes are what is odd about it, a
// sentence each. Tensors refer to b.
func Load(b []byte) (value any, notes []string, err error) {
	if strings.HasPrefix(string(b[:min(len(b), len(legacy))]), legacy) {
		value, err = loadLegacy(b)
		return value, nil, err
	}
	return loadZip(b)
}

// archive is the zip of a file.
type archive struct {
	content []byte
	root    string // "archive/"
	entries map[string]*zip.File
	swap    bool // elements are big-endian
	damaged []string
	loaded  map[string]*storage
}

func loadZip(b []byte) (value any, notes []string, err error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, nil, errors.New("this PyTorch file has no list of its entries at its end; it is cut off: copy or download it again")
	}
	a := &archive{content: b, entries: map[string]*zip.File{}, loaded: map[string]*storage{}}
	found := false
	for _, f := range z.File {
		a.entries[f.Name] = f
		if root, ok := strings.CutSuffix(f.Name, "data.pkl"); ok && (root == "" || strings.HasSuffix(root, "/")) && (!found || len(root) < len(a.root)) {
			a.root, found = root, true
		}
	}
	if _, ok := a.entries[a.root+"constants.pkl"]; ok {
		return nil, nil, errors.New(`this is a TorchScript program; save the weights alone with torch.save(model.state_dict(), "net.pt")`)
	}
	order, err := a.read("byteorder")
	if err == nil {
		a.swap = string(bytes.TrimSpace(order)) == "big"
	}
	program, err := a.read("data.pkl")
	if err != nil {
		return nil, nil, err
	}
	m := &machine{in: program, find: a.find}
	value, err = m.run()
	if err == nil && len(a.damaged) > 0 {
		notes = append(notes, fmt.Sprintf("the checksum of %s does not hold: the file is damaged, or was saved without checksums", a.damaged[0]))
	}
	return value, notes, err
}

// read is the content of an entry, where it lies.
func (a *archive) read(name string) ([]byte, error) {
	f := a.entries[a.root+name]
	if f == nil {
		return nil, fmt.Errorf("its entry %s is missing; the file is damaged", a.root+name)
	}
	if f.Method != zip.Store || f.Flags&1 != 0 {
		return nil, fmt.Errorf("its entry %s is compressed or encrypted, which torch.save does not do; unpack it and pack it again with zip -0 -r", f.Name)
	}
	start, err := f.DataOffset()
	if err != nil || start < 0 || f.UncompressedSize64 != f.CompressedSize64 || f.UncompressedSize64 > uint64(len(a.content)) || start > int64(len(a.content))-int64(f.UncompressedSize64) {
		return nil, fmt.Errorf("its entry %s goes beyond the end of the file; it is cut off: copy or download it again", f.Name)
	}
	content := a.content[start : start+int64(f.UncompressedSize64)]
	if crc32.ChecksumIEEE(content) != f.CRC32 {
		a.damaged = append(a.damaged, f.Name)
	}
	return content, nil
}

// find is the storage that a persistent id names: ("storage", class, key, place,
// elements).
func (a *archive) find(id any) (any, error) {
	s, err := named(id)
	if err != nil {
		return nil, err
	}
	if have := a.loaded[s.key]; have != nil {
		if have.kind.Name != s.kind.Name || have.size != s.size {
			return nil, fmt.Errorf("its storage %s has two types or sizes", s.key)
		}
		return have, nil
	}
	content, err := a.read("data/" + s.key)
	if err != nil {
		return nil, err
	}
	if s.size > len(content)/s.kind.Width {
		return nil, fmt.Errorf("its storage %s has %d bytes and claims %d elements of %d", s.key, len(content), s.size, s.kind.Width)
	}
	if a.swap {
		if s.bytes {
			return nil, errors.New("it is big-endian and has storages without a type, which is not read; save it on a little-endian machine")
		}
		content = swapped(content, s.kind.Width)
	}
	s.data = content
	a.loaded[s.key] = s
	return s, nil
}

// named is the storage of a persistent id, without its content.
func named(id any) (*storage, error) {
	v, ok := id.(Tuple)
	if !ok || len(v) < 5 || v[0] != any("storage") {
		return nil, errDamaged
	}
	class, ok := v[1].(*storage)
	key, ok2 := v[2].(string)
	n, ok3 := v[4].(int64)
	if !ok || !ok2 || !ok3 || class.key != "" || key == "" || n < 0 || n > 1<<48 {
		return nil, errDamaged
	}
	return &storage{kind: class.kind, bytes: class.bytes, key: key, size: int(n)}, nil
}

// swapped turns the bytes of each element round.
func swapped(b []byte, width int) []byte {
	out := slices.Clone(b)
	for at := 0; at+width <= len(out); at += width {
		slices.Reverse(out[at : at+width])
	}
	return out
}

// loadLegacy reads the form of before PyTorch 1.6: pickles of a number, of the
// version, of the machine, of the value and of the keys of its storages, and then
// these in the order of the keys, each behind its number of elements.
func loadLegacy(b []byte) (any, error) {
	all := map[string]*storage{}
	m := &machine{in: b, find: func(id any) (any, error) {
		s, err := named(id)
		if err != nil {
			return nil, err
		}
		if s.size > len(b)/s.kind.Width {
			return nil, fmt.Errorf("its storage %s claims %d elements, more than the file has bytes for", s.key, s.size)
		}
		if v := id.(Tuple); len(v) > 5 && v[5] != nil {
			return nil, errors.New("it has views of storages, as PyTorch 0.3 wrote; load it in Python and save it again")
		}
		if have := all[s.key]; have != nil {
			return have, nil
		}
		all[s.key] = s
		return s, nil
	}}
	var value, keys any
	for part := range 5 {
		v, err := m.run()
		if err != nil {
			return nil, err
		}
		switch part {
		case 1:
			if v != any(int64(1001)) {
				return nil, errors.New("it is of an unknown version of the old form of PyTorch files; load it in Python and save it again")
			}
		case 3:
			value = v
		case 4:
			keys = v
		}
	}
	order, ok := keys.(*List)
	if !ok {
		return nil, errDamaged
	}
	rest := b[m.at:]
	for _, k := range order.Items {
		key, _ := k.(string)
		s := all[key]
		if s == nil || s.data != nil {
			return nil, errDamaged
		}
		if len(rest) < 8 || binary.LittleEndian.Uint64(rest) != uint64(s.size) || s.size > (len(rest)-8)/s.kind.Width {
			return nil, fmt.Errorf("its storage %s does not fit the file; it is cut off: copy or download it again", key)
		}
		s.data = rest[8 : 8+s.size*s.kind.Width]
		rest = rest[8+s.size*s.kind.Width:]
	}
	for key, s := range all {
		if s.data == nil && s.size > 0 {
			return nil, fmt.Errorf("its storage %s is missing", key)
		}
	}
	return value, nil
}

// limit holds the numbers that are made of a file within what it bears out: views may
// name elements many times.
type limit struct{ left int }

const spare = 1 << 22 // numbers that need not be borne out

func (l *limit) take(t *Tensor, name string) ([]float64, error) {
	n := t.Size()
	if n > l.left {
		return nil, fmt.Errorf("tensor %q of shape %v is larger than a file of this size bears out", name, t.Shape)
	}
	l.left -= n
	return t.numbers(name)
}

// Numbers are tensors of a value as they are handed on.
func (l *limit) tensor(name string, t *Tensor) (tensor.Tensor, error) {
	data, err := l.take(t, name)
	return tensor.Tensor{Name: name, Shape: slices.Clone(t.Shape), Data: data}, err
}
