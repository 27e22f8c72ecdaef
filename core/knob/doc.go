package knob

// Doc documents a knob or an entry of a catalogue beyond its one-line summary; it is
// what `descent explain` prints. It is written next to the code that it documents. A
// field that does not apply is None; an empty one was forgotten.
type Doc struct {
	Formula string // in the symbols of the source, several lines where it takes them
	Source  string // author, title, year, and the equation or section
	PyTorch string // the name in PyTorch, as "torch.optim.Adam(betas)"
	When    string // when to use it, and when not
	Range   string // usual values
}

// None is what a field of a Doc says that does not apply.
const None = "–"
