package branches

import "descent/tui/intent"

// Guide explains the table of a race.
func (r *Ranking) Guide() intent.Guide {
	return intent.Guide{
		Summary: "the racers of a race, best first",
		Shows: []intent.Reading{
			{Sign: "order", Means: "by validation loss; without validation rows by the mean training loss of the last tenth of the steps, at most 100; by accuracy if the racers differ in the loss function. Racers that diverged are last, the one that lasted longest first. `descent race` ranks in the same way."},
			{Sign: "rate", Means: "the learning rate at which the racer started."},
			{Sign: "loss, best", Means: "the loss it is ranked by, now, and the lowest of the race."},
			{Sign: "bar", Means: "how far it has come from the loss at the start to that of the leader, in the logarithm of the loss; that of the leader is full."},
			{Sign: "accuracy", Means: "of the validation rows, if there are any."},
			{Sign: "steps", Means: "after how many steps it reached the target for the first time: the loss at which the median racer stands now."},
			{Sign: "●", Means: "the racer that the other panes show. ← and →, or ; in any pane, go on to another."},
		},
		SeeAlso: []string{"race", "Branches", "val_loss", "Loss"},
	}
}

// Guide explains the tree of the branches.
func (b *Tree) Guide() intent.Guide {
	return intent.Guide{
		Summary: "the branches as a tree, and the knobs in which they differ",
		Shows: []intent.Reading{
			{Sign: "tree", Means: "each branch below the one that it leaves. ● is the current one; another sign is that of a curve which is overlaid on the loss."},
			{Sign: "from, to", Means: "the step after which the branch leaves its parent, and the last that it has trained."},
			{Sign: "last, best", Means: "the training loss of its last step, and its lowest loss: of validation if rows are held out, otherwise of training. ★ is the lowest of all."},
			{Sign: "▲ 2", Means: "how many decisions were taken on it."},
			{Sign: "differs", Means: "the knobs that do not stand the same at the ends of the current branch, the chosen one and those that are overlaid; – where a branch has no such knob."},
		},
		SeeAlso: []string{"Timeline", "Race", "Loss", "workbench"},
	}
}
