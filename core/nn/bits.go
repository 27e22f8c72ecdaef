package nn

// bitWriter puts numbers behind each other, from the lowest bit on.
type bitWriter struct {
	out  []byte
	used int // bits of the last byte
}

func (w *bitWriter) put(v uint64, bits int) {
	for i := range bits {
		if w.used%8 == 0 {
			w.out = append(w.out, 0)
			w.used = 0
		}
		w.out[len(w.out)-1] |= byte(v>>i&1) << w.used
		w.used++
	}
}

// bitReader takes them off again. Its bytes are numbers, as tensors are read.
type bitReader struct {
	in []float64
	at int
}

func (r *bitReader) take(bits int) (v uint64) {
	for i := range bits {
		v |= uint64(int(r.in[r.at/8])>>(r.at%8)&1) << i
		r.at++
	}
	return v
}
