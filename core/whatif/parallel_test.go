package whatif_test

import (
	"reflect"
	"testing"

	"descent/core/kernel"
	"descent/core/probe"
	"descent/core/whatif"
	"descent/presets/presettest"
)

// What is found on several processors is what is found on one.
func TestFindingsAreTheSameOnAnyNumberOfProcessors(t *testing.T) {
	tr := presettest.Trained(t, presettest.ThreeClasses, 40)
	find := func(threads int) (out []any) {
		kernel.SetThreads(threads)
		defer kernel.SetThreads(0)
		return append(out,
			presettest.Find[whatif.Fitting](whatif.FitTo{Bytes: tr.Size().Dense * 40 / 100, Steps: 5}, tr),
			presettest.Find[[]whatif.Ghost](whatif.LookAhead{Path: "optimizer.lr", Values: whatif.JoinValues([]string{"0.01", "1e9", "much", "0.1"}), Steps: 20}, tr),
			presettest.Find[probe.Sensitivities](probe.Sensitivity{}, tr))
	}
	want := find(1)
	for _, threads := range []int{2, 7} {
		for i, got := range find(threads) {
			if !reflect.DeepEqual(got, want[i]) {
				t.Errorf("on %d processors: %+v\nwant %+v", threads, got, want[i])
			}
		}
	}
}
