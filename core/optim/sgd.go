package optim

import "descent/core/knob"

const sgdHelp = "stochastic gradient descent, without momentum"

var gdDoc = knob.Doc{
	Formula: "gₜ = ∇L(θₜ₋₁), over all training rows\n" +
		"θₜ = θₜ₋₁ − η gₜ",
	Source:  "A.-L. Cauchy, “Méthode générale pour la résolution des systèmes d’équations simultanées”, Comptes Rendus 25, 1847",
	PyTorch: "torch.optim.SGD(lr), with the whole training set as one batch",
	When: "Small data sets, and to see an optimizer without noise: the loss falls at every step while η < 2 / (largest" +
		" curvature). On larger data sgd gets further with the same computation.",
	Range: "η from 1e-3 to 1; 1e-2 to begin with",
}

var sgdDoc = knob.Doc{
	Formula: "gₜ = ∇L(θₜ₋₁), the mean over a mini-batch\n" +
		"θₜ = θₜ₋₁ − η gₜ",
	Source:  "H. Robbins, S. Monro, “A Stochastic Approximation Method”, Annals of Mathematical Statistics 22(3), 1951",
	PyTorch: "torch.optim.SGD(lr, weight_decay)",
	When: "The baseline to compare with. Its noise can help generalisation, but narrow valleys and gradients of different" +
		" sizes slow it down: momentum or adam is usually faster.",
	Range: "η from 1e-3 to 1; 1e-2 to begin with",
}

// plain is gradient descent: weight decay and the learning rate.
func plain() []Transform {
	d := &decay{}
	return []Transform{l2{decay: d}, decoupled{decay: d}, rate{}}
}
