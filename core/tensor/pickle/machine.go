package pickle

import (
	"encoding/binary"
	"errors"
	"math"
)

// mark is where a group of values begins on the stack.
type mark struct{}

// machine runs a pickle: a program for a stack and a memo. It knows no global but
// those of globals.go. https://docs.python.org/3/library/pickletools.html
type machine struct {
	in    []byte
	at    int
	stack []any
	memo  map[int]any
	made  int
	// find is the storage of a persistent id.
	find func(id any) (any, error)
}

// errCut says that a pickle ends too early.
var errCut = errors.New("the pickle in it ends too early; the file is cut off or damaged: copy or download it again")

// take is the next n bytes.
func (m *machine) take(n uint64) ([]byte, error) {
	if n > uint64(len(m.in)-m.at) {
		return nil, errCut
	}
	b := m.in[m.at : m.at+int(n)]
	m.at += int(n)
	return b, nil
}

// counted is a string of bytes behind its length, of so many bytes.
func (m *machine) counted(width int) ([]byte, error) {
	n, err := m.number(width)
	if err != nil {
		return nil, err
	}
	return m.take(n)
}

// number is an unsigned integer of so many bytes, little-endian.
func (m *machine) number(width int) (uint64, error) {
	b, err := m.take(uint64(width))
	if err != nil {
		return 0, err
	}
	var n uint64
	for i, c := range b {
		n |= uint64(c) << (8 * i)
	}
	return n, nil
}

// line is the text to the next end of a line.
func (m *machine) line() (string, error) {
	for i := m.at; i < len(m.in) && i < m.at+1024; i++ {
		if m.in[i] == '\n' {
			text := string(m.in[m.at:i])
			m.at = i + 1
			return text, nil
		}
	}
	return "", errCut
}

func (m *machine) push(v any) {
	m.made++
	m.stack = append(m.stack, v)
}

func (m *machine) pop() (any, error) {
	if len(m.stack) == 0 {
		return nil, errDamaged
	}
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	if _, ok := v.(mark); ok {
		return nil, errDamaged
	}
	return v, nil
}

var errDamaged = errors.New("the pickle in it is damaged")

// popTo takes what stands above the last mark, and the mark.
func (m *machine) popTo() ([]any, error) {
	for i := len(m.stack) - 1; i >= 0; i-- {
		if _, ok := m.stack[i].(mark); ok {
			out := append([]any(nil), m.stack[i+1:]...)
			m.made += len(out)
			m.stack = m.stack[:i]
			return out, nil
		}
	}
	return nil, errDamaged
}

// tuple puts the last n values into a tuple.
func (m *machine) tuple(n int) error {
	out := make(Tuple, n)
	for i := n - 1; i >= 0; i-- {
		v, err := m.pop()
		if err != nil {
			return err
		}
		out[i] = v
	}
	m.push(out)
	return nil
}

// top is the value that stands on the stack.
func (m *machine) top() (any, error) {
	if len(m.stack) == 0 {
		return nil, errDamaged
	}
	return m.stack[len(m.stack)-1], nil
}

// extend adds to the list on the stack.
func (m *machine) extend(values []any) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	list, ok := v.(*List)
	if !ok {
		return errDamaged
	}
	list.Items = append(list.Items, values...)
	return nil
}

// items adds keys and values, in turn, to the dictionary on the stack.
func (m *machine) items(values []any) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	dict, ok := v.(*Dict)
	if !ok || len(values)%2 != 0 {
		return errDamaged
	}
	for i := 0; i < len(values); i += 2 {
		dict.Set(values[i], values[i+1])
	}
	return nil
}

// remember keeps the value on the stack.
func (m *machine) remember(at uint64) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	if at > math.MaxInt32 {
		return errDamaged
	}
	m.made++
	m.memo[int(at)] = v
	return nil
}

func (m *machine) recall(at uint64) error {
	v, ok := m.memo[int(min(at, math.MaxInt32))]
	if !ok {
		return errDamaged
	}
	m.push(v)
	return nil
}

// long is an integer of bytes, little-endian, two's complement.
func long(b []byte) any {
	if len(b) > 8 {
		return Long(b)
	}
	var n uint64
	for i, c := range b {
		n |= uint64(c) << (8 * i)
	}
	if len(b) > 0 && b[len(b)-1] >= 0x80 {
		for i := len(b); i < 8; i++ {
			n |= 0xff << (8 * i)
		}
	}
	return int64(n)
}

func float(b []byte) float64 { return math.Float64frombits(binary.BigEndian.Uint64(b)) }
