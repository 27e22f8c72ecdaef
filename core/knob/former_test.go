package knob

import "testing"

func TestValuesOfEarlierReleasesAreTakenForWhatTheyMean(t *testing.T) {
	name := "adam"
	k := OneOf("optimizer.name", &name, []Option{{Name: "adam"}, {Name: "sgd"}}, "").
		WithFormer(Former{Value: FormerWords(map[string]string{"adaptive": "adam", "sgd": "adam"})})
	for given, want := range map[string]string{"adaptive": "adam", "adam": "adam", "sgd": "sgd"} { // what is taken today means what it says
		if v, err := k.Parse(given); err != nil || v.Word() != want {
			t.Errorf("%s is %v (%v), want %s", given, v, err, want)
		}
	}
	if _, err := k.Parse("nothing"); err == nil {
		t.Error("a value that no release took was accepted")
	}
}
