package data_test

import (
	"strings"
	"testing"

	"descent/core/data"
)

func TestATableInOneLine(t *testing.T) {
	for _, c := range []struct{ name, content, target, want string }{
		{"numbers", "a,y\n1,0.5\n2,1.5\n", "", "2 rows, 1 input, 1 target from 0.5 to 1.5"},
		{"integers with gaps", "a,y\n1,0\n1,0\n1,2\n1,2\n1,2\n1,2\n", "", "6 rows, 1 input, 1 target from 0 to 2"},
		{"integers as many as rows", "a,y\n1,0\n1,1\n1,2\n", "", "3 rows, 1 input, 1 target from 0 to 2"},
		{"one number", "a,y\n1,0\n1,0\n", "", "2 rows, 1 input, 1 target from 0 to 0"},
		{"classes alike", "a,b,y\n" + strings.Repeat("1,2,0\n1,2,1\n", 3), "", "6 rows, 2 inputs, 2 classes (50% each)"},
		{"classes by name", "a,y\n1,u\n1,v\n1,v\n1,v\n", "", "4 rows, 1 input, 2 classes (u 25%, v 75%)"},
		{"many classes", "a,y\n1,u\n1,v\n1,v\n1,v\n1,w\n1,x\n1,y\n1,z\n", "", "8 rows, 1 input, 6 classes (12% to 38% each)"},
		{"several targets", "a,u,v\n1,2,3\n", "u v", "1 row, 1 input, 2 targets"},
		{"missing values", "a,b,y\n,NA,1.5\n1,u,2\n", "", "2 rows, 2 inputs, 1 target from 1.5 to 2, 2 missing values"},
	} {
		got, err := read(c.content, data.Spec{Missing: "mean", Target: strings.Fields(c.target)})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got.Summary() != c.want {
			t.Errorf("%s: %q, want %q", c.name, got.Summary(), c.want)
		}
	}
}
