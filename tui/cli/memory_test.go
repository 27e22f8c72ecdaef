package cli

import "testing"

func TestGarbageIsCollectedEarlyWhereMuchIsInUse(t *testing.T) {
	for live, want := range map[uint64]int{0: 400, 1 << 20: 400, slack / 2: 200, slack: 100, 2 * slack: 50, 3 * slack: 33, 400 << 20: 5, 300 << 20: 6, 100 * slack: 5} {
		if got := percentOf(live, tight); got != want {
			t.Errorf("%d bytes: %d %%, want %d %%", live, got, want)
		}
		if got := percentOf(live, usual); got != max(want, usual) {
			t.Errorf("%d bytes without a screen: %d %%, want %d %%", live, got, max(want, usual))
		}
	}
}
