package core_test

import (
	"testing"

	"descent/core/recipe"
	"descent/presets"

	"go.uber.org/goleak"
)

func TestStepsSharedAmongGoroutinesGiveTheSameBits(t *testing.T) {
	defer goleak.VerifyNone(t)
	clothes, err := presets.Load("fashion-cnn")
	if err != nil {
		t.Fatal(err)
	}
	for what, r := range map[string]recipe.Recipe{"dense": recipeFrom(t, wideTOML), "images": clothes} {
		alone := build(t, r)
		steps(alone, 7)
		for _, members := range []int{2, 3, 8} {
			shared := build(t, r)
			shared.Share(members)
			steps(shared, 6)
			shared.Close() // and on alone
			steps(shared, 1)
			if alone.Hash() != shared.Hash() {
				t.Errorf("%s: %d goroutines come to other bits", what, members)
			}
		}
	}
}
