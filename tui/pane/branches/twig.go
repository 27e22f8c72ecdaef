package branches

import (
	"descent/session"
	"descent/session/journal"
	"descent/session/live"
)

// twig is a branch at its place in the tree.
type twig struct {
	session.BranchSummary
	lead string // the lines that lead to it
}

// ordered returns the branches that are not deleted, each below the one that it
// leaves, or below the nearest ancestor that is not deleted.
func ordered(f *live.Frame) []twig {
	below := map[journal.BranchID][]session.BranchSummary{}
	var roots []session.BranchSummary
	for _, b := range f.Branches {
		if b.Deleted {
			continue
		}
		parent, root := b.Parent, b.Parent == b.ID
		for n := 0; !root && n < len(f.Branches); n++ {
			if parent >= journal.BranchID(len(f.Branches)) || parent < 0 {
				root = true
				break
			}
			p := f.Branches[parent]
			if !p.Deleted {
				break
			}
			root, parent = p.Parent == p.ID, p.Parent
		}
		if root {
			roots = append(roots, b)
		} else {
			below[parent] = append(below[parent], b)
		}
	}
	var out []twig
	var add func(b session.BranchSummary, lead, next string)
	add = func(b session.BranchSummary, lead, next string) {
		out = append(out, twig{b, lead})
		own := below[b.ID]
		delete(below, b.ID)
		for i, c := range own {
			switch {
			case len(next) > deepest:
				add(c, next, next)
			case i == len(own)-1:
				add(c, next+"╰ ", next+"  ")
			default:
				add(c, next+"├ ", next+"│ ")
			}
		}
	}
	for _, b := range roots {
		add(b, "", "")
	}
	return out
}

// deepest bounds the bytes of what leads to a branch.
const deepest = 24
