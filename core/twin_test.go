package core_test

import "testing"

func TestATwinGoesTheSameWayAndNeitherTouchesTheOther(t *testing.T) {
	for what, toml := range map[string]string{
		"network": classesTOML,
		"surface": "[surface]\nname = \"beale\"\nx = 1\ny = 1\n[optimizer]\nname = \"adam\"\n",
	} {
		one := trainer(t, toml, "optimizer.name=adam")
		steps(one, 7)
		before := one.Hash()
		copied := one.Copy()
		if copied.Hash() != before {
			t.Fatalf("%s: the copied begins elsewhere", what)
		}
		steps(copied, 20)
		if one.Hash() != before {
			t.Fatalf("%s: the copied's steps moved the first", what)
		}
		steps(one, 20)
		if one.Hash() != copied.Hash() {
			t.Errorf("%s: the two came to different states", what)
		}
	}
}
