package pickle

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"descent/core/tensor"
)

// global is the name of a class or function of Python that is known here.
type global string

// storages are PyTorch's classes of storages, by the type of their elements.
var storages = map[string]string{
	"torch.DoubleStorage": "F64", "torch.FloatStorage": "F32", "torch.HalfStorage": "F16", "torch.BFloat16Storage": "BF16",
	"torch.LongStorage": "I64", "torch.IntStorage": "I32", "torch.ShortStorage": "I16", "torch.CharStorage": "I8",
	"torch.ByteStorage": "U8", "torch.BoolStorage": "BOOL", "torch.Float8_e5m2Storage": "F8_E5M2", "torch.Float8_e4m3fnStorage": "F8_E4M3",
}

// untyped are the classes of a storage of bytes.
var untyped = []string{"torch.storage.UntypedStorage", "torch.UntypedStorage"}

// types are PyTorch's types of elements, by the names of its dtypes.
var types = map[string]string{
	"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8",
	"uint64": "U64", "uint32": "U32", "uint16": "U16", "uint8": "U8", "bool": "BOOL", "float8_e5m2": "F8_E5M2", "float8_e4m3fn": "F8_E4M3",
}

// unread are types of elements that stand for something else than a real number.
var unread = map[string]string{
	"complex32": "complex numbers", "complex64": "complex numbers", "complex128": "complex numbers",
	"quint8": "quantized numbers", "qint8": "quantized numbers", "qint32": "quantized numbers", "quint4x2": "quantized numbers",
	"ComplexFloatStorage": "complex numbers", "ComplexDoubleStorage": "complex numbers",
	"QInt8Storage": "quantized numbers", "QUInt8Storage": "quantized numbers", "QInt32Storage": "quantized numbers",
}

// calls are what a pickle may call, and what comes of it; nil for a class that is
// named alone.
var calls map[string]func(args Tuple) (any, error)

func init() { // a call may be the argument of another
	calls = map[string]func(args Tuple) (any, error){
		"collections.OrderedDict": dictionary, "collections.Counter": dictionary, "builtins.dict": dictionary,
		"collections.defaultdict": func(args Tuple) (any, error) {
			if len(args) > 1 {
				return dictionary(args[1:])
			}
			return &Dict{}, nil
		},
		"builtins.set": list, "builtins.frozenset": list, "builtins.list": list,
		"builtins.tuple": func(args Tuple) (any, error) {
			items, err := sequence(args)
			return Tuple(items), err
		},
		"builtins.bytes": bytesOf, "builtins.bytearray": bytesOf, "_codecs.encode": bytesOf,
		"builtins.int": nil, "builtins.long": nil, "builtins.float": nil, "builtins.bool": nil, "builtins.str": nil, "builtins.complex": nil, "builtins.object": nil,
		"torch.Tensor": nil, "torch.nn.parameter.Parameter": nil, "torch.nn.Parameter": nil,
		"torch.Size":                                 size,
		"torch.device":                               device,
		"torch._utils._rebuild_tensor":               rebuild,
		"torch._utils._rebuild_tensor_v2":            rebuild,
		"torch._utils._rebuild_tensor_v3":            rebuildTyped,
		"torch._utils._rebuild_parameter":            parameter,
		"torch._utils._rebuild_parameter_with_state": parameter,
		"torch._tensor._rebuild_from_type_v2": func(args Tuple) (any, error) {
			if len(args) < 3 {
				return nil, errDamaged
			}
			f, ok := args[0].(global)
			inner, ok2 := args[2].(Tuple)
			if !ok || !ok2 {
				return nil, errDamaged
			}
			return call(f, inner)
		},
	}
}

// known is what a global stands for, or why it is refused.
func known(module, name string) (any, error) {
	if module == "__builtin__" { // of Python 2
		module = "builtins"
	}
	full := module + "." + name
	if _, ok := calls[full]; ok {
		return global(full), nil
	}
	if kind, ok := storages[full]; ok {
		d, _ := tensor.FindDType(kind)
		return &storage{kind: d}, nil
	}
	if slices.Contains(untyped, full) {
		d, _ := tensor.FindDType("U8")
		return &storage{kind: d, bytes: true}, nil
	}
	if module == "torch" {
		if _, ok := types[name]; ok {
			return DType(name), nil
		}
		if what, ok := unread[name]; ok {
			return nil, fmt.Errorf("it holds %s (torch.%s), which are not read", what, name)
		}
	}
	return nil, refuse(module, full)
}

// refuse says what a file would make Python do.
func refuse(module, full string) error {
	const alone = `save the weights alone with torch.save(model.state_dict(), "net.pt")`
	name := full[len(module)+1:]
	switch {
	case full == "torch._utils._rebuild_sparse_tensor" || full == "torch._utils._rebuild_sparse_csr_tensor":
		return errors.New("it holds a sparse tensor; save it with to_dense()")
	case full == "torch._utils._rebuild_qtensor":
		return errors.New("it holds a quantized tensor; save it with dequantize()")
	case strings.HasPrefix(full, "torch._utils._rebuild_meta"):
		return errors.New("it holds a tensor of the device meta, which has no numbers")
	case strings.HasPrefix(module, "torch.nn.modules.") || module == "__main__" || strings.HasPrefix(module, "__torch__"):
		return fmt.Errorf("it holds a whole model (%s), which only its Python code can make; %s", full, alone)
	case strings.HasPrefix(module, "numpy"):
		return fmt.Errorf("it holds something of NumPy (%s), which would have to be run; %s", full, alone)
	case name[0] >= 'A' && name[0] <= 'Z':
		return fmt.Errorf("it would make an object of the class %s, and nothing that a file names is run; %s", full, alone)
	}
	return fmt.Errorf("it would run %s, and nothing that a file names is run; %s", full, alone)
}

// global is a global by its name.
func (m *machine) global() error {
	module, err := m.line()
	if err != nil {
		return err
	}
	name, err := m.line()
	if err != nil {
		return err
	}
	return m.name(module, name)
}

func (m *machine) stackGlobal() error {
	name, err := m.pop()
	if err != nil {
		return err
	}
	module, err := m.pop()
	if err != nil {
		return err
	}
	first, ok := module.(string)
	second, ok2 := name.(string)
	if !ok || !ok2 {
		return errDamaged
	}
	return m.name(first, second)
}

func (m *machine) name(module, name string) error {
	if module == "" || name == "" || len(module)+len(name) > 256 {
		return errDamaged
	}
	v, err := known(module, name)
	m.push(v)
	return err
}

// reduce calls what stands below its arguments.
func (m *machine) reduce() error {
	args, err := m.pop()
	if err != nil {
		return err
	}
	f, err := m.pop()
	if err != nil {
		return err
	}
	name, ok := f.(global)
	tuple, ok2 := args.(Tuple)
	if !ok || !ok2 {
		return errDamaged
	}
	v, err := call(name, tuple)
	m.push(v)
	return err
}

func call(name global, args Tuple) (any, error) {
	f := calls[string(name)]
	if f == nil {
		return nil, fmt.Errorf("it would make a value of %s, which torch.save does not", name)
	}
	return f(args)
}

// build gives attributes to what stands below them: a dictionary of weights has its
// versions there, which are not needed.
func (m *machine) build() error {
	if _, err := m.pop(); err != nil {
		return err
	}
	v, err := m.top()
	if err != nil {
		return err
	}
	switch v.(type) {
	case *Dict, *Tensor, *List:
		return nil
	}
	return errDamaged
}

// sequence is the items of the one argument, if there is any.
func sequence(args Tuple) ([]any, error) {
	if len(args) == 0 {
		return nil, nil
	}
	switch v := args[0].(type) {
	case *List:
		return v.Items, nil
	case Tuple:
		return v, nil
	}
	return nil, errDamaged
}

func list(args Tuple) (any, error) {
	items, err := sequence(args)
	return &List{slices.Clone(items)}, err
}

// dictionary is one of nothing, of another, or of pairs.
func dictionary(args Tuple) (any, error) {
	out := &Dict{}
	if len(args) > 0 {
		if d, ok := args[0].(*Dict); ok {
			return &Dict{slices.Clone(d.Keys), slices.Clone(d.Values)}, nil
		}
	}
	pairs, err := sequence(args)
	if err != nil {
		return nil, err
	}
	for _, p := range pairs {
		pair, err := sequence(Tuple{p})
		if err != nil || len(pair) != 2 {
			return nil, errDamaged
		}
		out.Set(pair[0], pair[1])
	}
	return out, nil
}

func bytesOf(args Tuple) (any, error) {
	if len(args) > 0 {
		switch v := args[0].(type) {
		case string:
			return Bytes(v), nil
		case Bytes:
			return v, nil
		}
		return nil, errDamaged
	}
	return Bytes(nil), nil
}

func size(args Tuple) (any, error) {
	items, err := sequence(args)
	if err != nil {
		return nil, err
	}
	return integers(items)
}

func integers(items []any) (Size, error) {
	out := make(Size, len(items))
	for i, v := range items {
		n, ok := v.(int64)
		if !ok || int64(int(n)) != n {
			return nil, errDamaged
		}
		out[i] = int(n)
	}
	return out, nil
}

func device(args Tuple) (any, error) {
	if len(args) > 0 {
		if name, ok := args[0].(string); ok {
			return Device(name), nil
		}
	}
	return nil, errDamaged
}

// parameter is its tensor.
func parameter(args Tuple) (any, error) {
	if len(args) > 0 {
		if t, ok := args[0].(*Tensor); ok {
			return t, nil
		}
	}
	return nil, errDamaged
}

// rebuild is a tensor of a storage, an offset, a shape and strides.
func rebuild(args Tuple) (any, error) {
	s, t, err := view(args)
	if err != nil {
		return nil, err
	}
	t.DType = s.kind
	return t, t.check()
}

// rebuildTyped is a tensor of a storage of bytes, which says its type itself.
func rebuildTyped(args Tuple) (any, error) {
	_, t, err := view(args)
	if err != nil {
		return nil, err
	}
	if len(args) < 7 {
		return nil, errDamaged
	}
	name, ok := args[6].(DType)
	if !ok {
		return nil, errDamaged
	}
	t.DType, _ = tensor.FindDType(types[string(name)])
	return t, t.check()
}

func view(args Tuple) (*storage, *Tensor, error) {
	if len(args) < 4 {
		return nil, nil, errDamaged
	}
	s, ok := args[0].(*storage)
	offset, ok2 := args[1].(int64)
	if !ok || !ok2 || s.key == "" {
		return nil, nil, errDamaged
	}
	var both [2]Size
	for i, v := range args[2:4] {
		if already, ok := v.(Size); ok {
			both[i] = already
			continue
		}
		items, err := sequence(Tuple{v})
		if err != nil {
			return nil, nil, err
		}
		if both[i], err = integers(items); err != nil {
			return nil, nil, err
		}
	}
	return s, &Tensor{Offset: int(offset), Shape: both[0], Strides: both[1], storage: s}, nil
}
