package knobtest

import (
	"slices"
	"testing"
)

func TestAnUnusualWordSaysWhatToWriteInstead(t *testing.T) {
	for text, want := range map[string][]string{
		"the share of weights, whole numbers": {`for "the share" write: fraction`, `for "whole numbers" write: integer`},
		"two nets":                            {`for "nets" write: network`},
		"networks are interpreted":            nil,
	} {
		if got := misworded(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for word, instead := range unusual {
		if instead == "" || len(misworded(instead)) > 0 {
			t.Errorf("for %q it says %q", word, instead)
		}
	}
}
