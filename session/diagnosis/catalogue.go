package diagnosis

// Catalogue is every rule. Of several troubles the first in this order is named: what
// ruins a run before what slows it down, causes before what follows from them.
var Catalogue = []Rule{
	{nanOption, func(*Facts) *Finding { return nil }}, // see Monitor.Failed
	{unboundedOption, unbounded},
	{unscaledOption, unscaled},
	{batchNormOption, batchNorm},
	{decayOption, decay},
	{momentumOption, momentum},
	{divergenceOption, divergence},
	{rateHighOption, rateHigh},
	{spikesOption, spikes},
	{deadOption, dead},
	{saturatedOption, saturated},
	{vanishingOption, vanishing},
	{imbalanceOption, imbalance},
	{teacherOption, teacherWorse},
	{clippedOption, rangeClipped},
	{clippingOption, clipping},
	{overfittingOption, overfitting},
	{rateLowOption, rateLow},
	{plateauOption, plateau},
}

// Find returns the rule of a name; ok is false if there is none.
func Find(name string) (r Rule, ok bool) {
	for _, r := range Catalogue {
		if r.Name == name {
			return r, true
		}
	}
	return Rule{}, false
}

// First returns what the first rule in the order of the catalogue finds, and its
// name; nil if all is well.
func First(f *Facts) (name string, found *Finding) {
	for _, r := range Catalogue {
		if found = r.find(f); found != nil {
			return r.Name, found
		}
	}
	return "", nil
}
