package nn

// MaxParams is the largest model that is built, 2^28 parameters.
const MaxParams = 1 << 28

// maxLayers is the most layers of a model, those within blocks too; maxDepth is
// how deep blocks may lie in each other.
const (
	maxLayers = 10_000
	maxDepth  = 32
)

// maxWidth is the most numbers a row may hold between two layers.
const maxWidth = 1 << 24
