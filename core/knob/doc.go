package knob

// Doc is what there is to know of a knob, or of an entry of a catalogue, beyond
// its sentence of help: the page that `descent explain` prints. It is written
// beside the code that it is of. A field that has nothing to say is None, so that
// an empty one is one that was forgotten.
type Doc struct {
	Formula string // in the symbols of the source
	Source  string // author, title, year, and the equation or section
	PyTorch string // the name there: "torch.optim.Adam(betas=...)"
	When    string // when to use it, and when not
	Range   string // usual values
}

// None is what a field of a Doc says that does not apply.
const None = "–"
