package nn_test

import (
	"strings"
	"testing"

	"descent/core/nn"
)

func TestEntriesAreReadAndWritten(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"dense 32", "dense out=32"},
		{" dense\tout=32 ", "dense out=32"},
		{"relu", "relu"},
		{"conv2d 8 kernel=3x5 padding=1", "conv2d out=8 kernel=3x5 padding=1"},
		{"dropout", "dropout"},
		{"residual{dense 2;relu;residual{dense 3;dense 2}}", "residual { dense out=2; relu; residual { dense out=3; dense out=2 } }"},
	} {
		e, err := nn.ParseEntry(c.text)
		if err != nil || e.String() != c.want {
			t.Errorf("%q: %v, %v, want %q", c.text, e, err, c.want)
			continue
		}
		if again, err := nn.ParseEntry(e.String()); err != nil || again.String() != c.want {
			t.Errorf("%q is read back as %v, %v", c.want, again, err)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"", "there is a layer without a kind"},
		{"{ relu }", "there is a layer without a kind"},
		{"desne 3", `there is no layer "desne"; did you mean "dense"?`},
		{"dense", "dense needs out: number of output units"},
		{"dense 3 4", `dense is followed by "4" where key=value is wanted`},
		{"relu 3", `relu is followed by "3" where key=value is wanted`},
		{"dense 3 out=4", "out is given twice"},
		{"dense 2x3", `dense: out takes an integer from 1 to 1048576, not "2x3"`},
		{"conv2d 2 kernel=3x", `conv2d: kernel takes an integer from 1 to 1048576, not "3x"`},
		{"conv2d 2 kernel=3x3x3", `conv2d: kernel takes an integer from 1 to 1048576, not "3x3x3"`},
		{"dense 2 bias=no", `dense: bias takes true or false, not "no"`},
		{"leaky_relu slop=2", `leaky_relu has no setting "slop"; did you mean "slope"?`},
		{"dropout NaN", `dropout: p takes a number from 0 to 1, not "NaN"`},
		{"residual", "residual needs layers of its own, as in residual { dense 32; relu; dense 32 }"},
		{"residual of=relu", "of takes a list of layers"},
		{"residual { relu", "residual { has no } at its end"},
		{"residual { relu; }", "there is a layer without a kind"},
		{"relu { relu }", `relu has no settings, so no "of"`},
	} {
		if _, err := nn.ParseEntry(c.text); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
	if _, err := nn.ParseEntry("frobnicate"); err == nil || !strings.HasPrefix(err.Error(), `there is no layer "frobnicate", only dense, conv2d, `) {
		t.Error(err)
	}
}
