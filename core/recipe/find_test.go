package recipe_test

import (
	"reflect"
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
)

// A knob is found as it stands on the panel, whatever the other knobs say.
func TestFindFindsWhatThePanelShows(t *testing.T) {
	for _, e := range recipe.Catalogue() {
		if e.Knob.Fixed {
			continue
		}
		for _, o := range append([]knob.Option{{}}, e.Knob.Options...) {
			s := recipe.New().Settings
			if o.Name != "" {
				next, err := s.With(e.Knob.Path, knob.Word(o.Name))
				if err != nil {
					continue // it belongs to another row
				}
				s = next
			}
			for _, want := range s.Panel() {
				got, err := s.Find(want.Knob.Path)
				if err != nil || !got.Value.Equal(want.Value) || !got.Knob.Value().Equal(want.Value) {
					t.Fatalf("%s, %s = %s: %v, %v, want %v", want.Knob.Path, e.Knob.Path, o.Name, got.Value, err, want.Value)
				}
				if got.Knob.Min != want.Knob.Min || got.Knob.Max != want.Knob.Max || got.Knob.Help != want.Knob.Help || !reflect.DeepEqual(got.Knob.Options, want.Knob.Options) {
					t.Fatalf("%s, %s = %s: another knob is found", want.Knob.Path, e.Knob.Path, o.Name)
				}
			}
		}
	}
}
