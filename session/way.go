package session

import "slices"

// owners are the branches along the way to a position, oldest first, each with its
// last step there.
type owners []owner

type owner struct {
	branch *branch
	upTo   int
}

func ownersTo(p position, begin int) owners {
	var out owners
	upTo := p.step
	for b := p.branch; b != nil && upTo > begin; b = b.parent {
		out = append(out, owner{b, upTo})
		upTo = min(upTo, b.from)
	}
	slices.Reverse(out)
	return out
}

// of is the branch whose step it is; steps only grow.
func (o *owners) of(step int) *branch {
	for (*o)[0].upTo < step {
		*o = (*o)[1:]
	}
	return (*o)[0].branch
}
