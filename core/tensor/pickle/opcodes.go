package pickle

import "fmt"

// The opcodes of protocols 2 to 5 that a pickler of Python writes.
const (
	opMark            = '('
	opStop            = '.'
	opPop             = '0'
	opPopMark         = '1'
	opDup             = '2'
	opBinInt          = 'J'
	opBinInt1         = 'K'
	opBinInt2         = 'M'
	opNone            = 'N'
	opBinPersID       = 'Q'
	opReduce          = 'R'
	opBinString       = 'T'
	opShortBinString  = 'U'
	opBinUnicode      = 'X'
	opAppend          = 'a'
	opBuild           = 'b'
	opGlobal          = 'c'
	opDict            = 'd'
	opEmptyDict       = '}'
	opAppends         = 'e'
	opBinGet          = 'h'
	opLongBinGet      = 'j'
	opList            = 'l'
	opEmptyList       = ']'
	opBinPut          = 'q'
	opLongBinPut      = 'r'
	opSetItem         = 's'
	opTuple           = 't'
	opEmptyTuple      = ')'
	opSetItems        = 'u'
	opBinFloat        = 'G'
	opBinBytes        = 'B'
	opShortBinBytes   = 'C'
	opProto           = 0x80
	opNewObj          = 0x81
	opTuple1          = 0x85
	opTuple2          = 0x86
	opTuple3          = 0x87
	opNewTrue         = 0x88
	opNewFalse        = 0x89
	opLong1           = 0x8a
	opLong4           = 0x8b
	opShortBinUnicode = 0x8c
	opBinUnicode8     = 0x8d
	opBinBytes8       = 0x8e
	opEmptySet        = 0x8f
	opAddItems        = 0x90
	opFrozenSet       = 0x91
	opStackGlobal     = 0x93
	opMemoize         = 0x94
	opFrame           = 0x95
	opByteArray8      = 0x96
)

// widths are the bytes of the number behind an opcode.
var widths = [256]byte{
	opBinGet: 1, opLongBinGet: 4, opBinPut: 1, opLongBinPut: 4,
	opBinInt: 4, opBinInt1: 1, opBinInt2: 2, opLong1: 1, opLong4: 4,
	opShortBinUnicode: 1, opBinUnicode: 4, opBinUnicode8: 8, opBinString: 4, opShortBinString: 1,
	opShortBinBytes: 1, opBinBytes: 4, opBinBytes8: 8, opByteArray8: 8,
}

// maxValues is how many values a pickle may make: a checkpoint of a hundred thousand
// tensors makes 3 million.
const maxValues = 1 << 22

// run reads one pickle from m.at on, and leaves m.at behind it.
func (m *machine) run() (any, error) {
	m.stack, m.memo = m.stack[:0], map[int]any{}
	if m.at+1 < len(m.in) && m.in[m.at] == opProto {
		if v := m.in[m.at+1]; v < 2 || v > 5 {
			return nil, fmt.Errorf("it is a pickle of protocol %d; 2 to 5 are read", v)
		}
	}
	for {
		if m.at >= len(m.in) {
			return nil, errCut
		}
		op := m.in[m.at]
		m.at++
		if op == opStop {
			return m.pop()
		}
		if err := m.do(op); err != nil {
			return nil, err
		}
		if m.made > maxValues {
			return nil, fmt.Errorf("its pickle makes more than %d values, which no file of weights does", maxValues)
		}
	}
}

// do is one opcode.
func (m *machine) do(op byte) error {
	if done, err := m.constant(op); done || err != nil {
		return err
	}
	if done, err := m.container(op); done || err != nil {
		return err
	}
	switch op {
	case opProto:
		_, err := m.take(1)
		return err
	case opFrame:
		_, err := m.take(8)
		return err
	case opMark:
		m.push(mark{})
		return nil
	case opPop:
		_, err := m.pop()
		return err
	case opPopMark:
		_, err := m.popTo()
		return err
	case opDup:
		v, err := m.top()
		m.push(v)
		return err
	case opBinGet, opLongBinGet:
		n, err := m.number(int(widths[op]))
		if err != nil {
			return err
		}
		return m.recall(n)
	case opBinPut, opLongBinPut:
		n, err := m.number(int(widths[op]))
		if err != nil {
			return err
		}
		return m.remember(n)
	case opMemoize:
		return m.remember(uint64(len(m.memo)))
	case opGlobal:
		return m.global()
	case opStackGlobal:
		return m.stackGlobal()
	case opReduce, opNewObj:
		return m.reduce()
	case opBuild:
		return m.build()
	case opBinPersID:
		id, err := m.pop()
		if err != nil {
			return err
		}
		v, err := m.find(id)
		m.push(v)
		return err
	}
	return fmt.Errorf("the pickle in it has the instruction 0x%02x, which torch.save does not write", op)
}

// constant is an opcode that pushes what stands behind it.
func (m *machine) constant(op byte) (done bool, err error) {
	var v any
	switch op {
	case opNone:
	case opNewTrue, opNewFalse:
		v = op == opNewTrue
	case opBinInt, opBinInt1, opBinInt2:
		n, err := m.number(int(widths[op]))
		if err != nil {
			return true, err
		}
		v = int64(n)
		if op == opBinInt {
			v = int64(int32(n))
		}
	case opLong1, opLong4:
		b, err := m.counted(int(widths[op]))
		if err != nil {
			return true, err
		}
		v = long(b)
	case opBinFloat:
		b, err := m.take(8)
		if err != nil {
			return true, err
		}
		v = float(b)
	case opShortBinUnicode, opBinUnicode, opBinUnicode8, opBinString, opShortBinString:
		b, err := m.counted(int(widths[op]))
		if err != nil {
			return true, err
		}
		v = string(b)
	case opShortBinBytes, opBinBytes, opBinBytes8, opByteArray8:
		b, err := m.counted(int(widths[op]))
		if err != nil {
			return true, err
		}
		v = Bytes(b)
	default:
		return false, nil
	}
	m.push(v)
	return true, nil
}

// container is an opcode that makes one, or adds to one.
func (m *machine) container(op byte) (done bool, err error) {
	switch op {
	case opEmptyDict:
		m.push(&Dict{})
	case opEmptyList, opEmptySet:
		m.push(&List{})
	case opEmptyTuple:
		m.push(Tuple{})
	case opTuple1, opTuple2, opTuple3:
		return true, m.tuple(int(op) - opTuple1 + 1)
	case opTuple, opList, opFrozenSet, opDict, opAppends, opAddItems, opSetItems:
		values, err := m.popTo()
		if err != nil {
			return true, err
		}
		switch op {
		case opTuple:
			m.push(Tuple(values))
		case opList, opFrozenSet:
			m.push(&List{values})
		case opDict:
			m.push(&Dict{})
			return true, m.items(values)
		case opAppends, opAddItems:
			return true, m.extend(values)
		case opSetItems:
			return true, m.items(values)
		}
	case opAppend:
		v, err := m.pop()
		if err != nil {
			return true, err
		}
		return true, m.extend([]any{v})
	case opSetItem:
		v, err := m.pop()
		if err != nil {
			return true, err
		}
		key, err := m.pop()
		if err != nil {
			return true, err
		}
		return true, m.items([]any{key, v})
	default:
		return false, nil
	}
	return true, nil
}
