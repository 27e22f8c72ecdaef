package data

// long is from how many bytes on the reading of a table is told of.
const long = 8 << 20

// Watched is a spec whose reading of a large table tells how far it is, in bytes of all
// that there is to do; an error ends it.
func (s Spec) Watched(tell func(done, total int64) error) Spec {
	s.watch = tell
	return s
}

// watching is the reading of a table of so many bytes, which is read twice.
type watching struct {
	tell   func(done, total int64) error
	bytes  int64
	before int64 // bytes of what was done before
	rows   int
}

// watched is the first or the second reading of a table, told of where it is large.
func (s Spec) watched(bytes, reading int) watching {
	w := watching{bytes: int64(bytes), before: int64(bytes) * int64(reading)}
	if bytes >= long {
		w.tell = s.watch
	}
	return w
}

// row notes that a row was read, up to an offset.
func (w *watching) row(offset int64) error {
	if w.rows++; w.tell == nil || w.rows%8192 != 0 {
		return nil
	}
	return w.tell(min(w.before+offset, 2*w.bytes-1), 2*w.bytes)
}

// end notes that all rows were read.
func (w *watching) end() error {
	if w.tell == nil {
		return nil
	}
	return w.tell(w.before+w.bytes, 2*w.bytes)
}
