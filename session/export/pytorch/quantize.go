package pytorch

import (
	"fmt"
	"strings"
)

// quantizer is the function by which training sees weights rounded: its name and its
// definition. inert says why a knob does nothing.
func quantizer(v values, inert func(path string) string) (name, define string, err error) {
	if observer := v.word("quant.observer"); observer != "min-max" && inert("quant.observer") == "" {
		return "", "", fmt.Errorf("quant.observer = %q is not written for PyTorch; min-max is", observer)
	}
	dims := "tuple(range(w.dim()))"
	if v.word("quant.granularity") == "channel" {
		dims = "tuple(range(1, w.dim()))"
	}
	mean := `    kept = torch.ones_like(w) if mask is None else mask
    scale = (w * kept).abs().sum(` + dims + `, keepdim=True) / kept.sum(` + dims + `, keepdim=True).clamp(min=1)
`
	name = v.word("quant.scheme") + "_by_" + v.word("quant.granularity")
	switch scheme := v.word("quant.scheme"); scheme {
	case "symmetric":
		define = `
def ` + name + `(w, bits, mask):
    """Integer multiples of a scale of ` + v.word("quant.granularity") + `s, zero point 0."""
    if bits == 1:
` + strings.ReplaceAll(mean, "    ", "        ") + `        return scale * w.sign()
    scale = w.abs().amax(` + dims + `, keepdim=True) / (2 ** (bits - 1) - 1)
    return torch.where(scale > 0, scale * torch.round(w / scale), w)
`
	case "affine":
		define = `
def ` + name + `(w, bits, mask):
    """A scale and a zero point for the range of ` + v.word("quant.granularity") + `s."""
    low, high = w.amin(` + dims + `, keepdim=True).clamp(max=0), w.amax(` + dims + `, keepdim=True).clamp(min=0)
    scale = (high - low) / (2**bits - 1)
    zero = torch.round(-low / scale)
    rounded = scale * (torch.clamp(torch.round(w / scale) + zero, 0, 2**bits - 1) - zero)
    return torch.where(scale > 0, rounded if mask is None else rounded * mask, w)
`
	case "ternary":
		define = `
def ` + name + `(w, bits, mask):
    """-s, 0 and s, s the mean of the absolute weights (Ma et al. 2024)."""
` + mean + `    return torch.where(scale > 0, scale * torch.round(torch.clamp(w / scale, -1, 1)), w)
`
	case "binary":
		define = `
def ` + name + `(w, bits, mask):
    """-s and s, s the mean of the absolute weights (Rastegari et al. 2016)."""
` + mean + `    return scale * w.sign()
`
	default:
		return "", "", fmt.Errorf("quant.scheme = %q is not written for PyTorch", scheme)
	}
	return name, define, nil
}
