package tensor

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// Metadata is that of a safetensors file.
func Metadata(b []byte) (map[string]string, error) {
	_, metadata, _, err := splitFile(b)
	return metadata, err
}

// SetMetadata is a safetensors file with other metadata.
func SetMetadata(b []byte, metadata map[string]string) ([]byte, error) {
	raw, _, data, err := splitFile(b)
	if err != nil {
		return nil, err
	}
	f := File{headers: map[string]any{}, data: data}
	for name, text := range raw {
		f.headers[name] = text
	}
	return f.Encode(metadata), nil
}

// Digest is a SHA-256, in hexadecimal, of the tensors of a safetensors file and of its
// metadata, but for those under a key.
func Digest(b []byte, but string) (string, error) {
	raw, metadata, data, err := splitFile(b)
	if err != nil {
		return "", err
	}
	delete(metadata, but)
	head, err := json.Marshal(struct {
		Tensors  map[string]json.RawMessage
		Metadata map[string]string
	}{raw, metadata})
	if err != nil {
		return "", err
	}
	h := sha256.New()
	h.Write(head)
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil)), nil
}
