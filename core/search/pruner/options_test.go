package pruner

import "testing"

func TestOptionsAreRead(t *testing.T) {
	name, o, err := Parse("asha:factor=4,min_steps=100")
	if err != nil || name != "asha" || o.Factor != 4 || o.MinSteps != 100 {
		t.Errorf("%s %+v %v", name, o, err)
	}
	for _, wrong := range []string{"asha:", "asha:factor", "asha:factor=1", "asha:factor=x", "asha:factor=2.5", "asha:patience=3", "asha:factr=3", "none:factor=3", "threshold:upper=nan"} {
		if _, _, err := Parse(wrong); err == nil {
			t.Errorf("%s is accepted", wrong)
		}
	}
	if name, _, err := Parse("median"); name != "median" || err != nil {
		t.Error(name, err)
	}
}
