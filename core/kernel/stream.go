package kernel

// Mix derives the seed of a named stream of random numbers, so that data
// order, initialisation and split are independent of each other and none is
// carried from step to step. FNV-1a of the name, then a splitmix64 finish.
func Mix(seed uint64, stream string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(stream) {
		h = (h ^ uint64(stream[i])) * 1099511628211
	}
	h ^= seed * 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
