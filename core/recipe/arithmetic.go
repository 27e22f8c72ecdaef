package recipe

// Arithmetic names the order and the rounding of every operation. It changes
// whenever a release would compute other bits; processor, operating system and
// the number of threads do not change it.
const Arithmetic = "fma-chains-3"

// OneAge is the arithmetic before: all tensors had the age of the optimizer,
// however late they began to train, moments of frozen tensors decayed, and a
// frozen batch norm went on measuring its batches. A log of it is computed so.
const OneAge = "fma-chains-2"

// Computes is the arithmetic by which a recipe is computed: that of the log it
// comes from if that is still known, else the present one.
func (r Recipe) Computes() string {
	if r.Arithmetic == OneAge {
		return OneAge
	}
	return Arithmetic
}
