package update

// rule is a row of the tables of assembly.
type rule int

const (
	sgd rule = iota
	begin
	momentum
	nesterov
	adagrad
	rmsprop
	rmspropMomentum
	rmspropCentered
	rmspropCenteredMomentum
	adadelta
	adam
	amsgrad
	adamax
	nadam
	radam
	radamEarly
	lion
	rules
)
