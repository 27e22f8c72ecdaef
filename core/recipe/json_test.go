package recipe_test

import (
	"encoding/json"
	"strings"
	"testing"

	"descent/core/data"
	"descent/core/recipe"
)

// A key that came later is written where it says something, and a log of a table that
// lacks data.ignore is one of before there were kinds of columns.
func TestKeysThatCameLaterAreWrittenWhereTheyCount(t *testing.T) {
	r := recipe.New()
	r.Data.Set = "moons"
	of := func(r recipe.Recipe) (string, recipe.Recipe) {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var back recipe.Recipe
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		return string(b), back
	}
	if text, back := of(r); strings.Contains(text, "data.ignore") || strings.Contains(text, "data.ordinal") || back.Data.Plain {
		t.Errorf("a set: %s", text)
	}
	r.Data.Set, r.Data.File = "", "a.csv"
	if text, back := of(r); !strings.Contains(text, `"data.ignore":[]`) || strings.Contains(text, "data.ordinal") || back.Data.Plain {
		t.Errorf("a file: %s", text)
	}
	r.Data.Ordinal = []string{"a"}
	if _, back := of(r); len(back.Data.Ordinal) != 1 {
		t.Errorf("%+v", back.Data)
	}
	text, _ := of(r)
	var old recipe.Recipe
	if err := json.Unmarshal([]byte(strings.Replace(text, `"data.ignore":[],`, "", 1)), &old); err != nil || !old.Data.Plain {
		t.Errorf("%v, %+v", err, old.Data)
	}
	if text, back := of(old); strings.Contains(text, "data.ignore") || !back.Data.Plain {
		t.Errorf("it does not stay what it is: %s", text)
	}
}

// How a table is written stands in the recipe of a file; one that lacks these keys is of before
// they were known, and its table is read as it was then.
func TestRecipesOfBeforeReadTheirTablesAsBefore(t *testing.T) {
	r := recipe.New()
	r.Data.File, r.Data.Decimal = "a.csv", ","
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back recipe.Recipe
	if err := json.Unmarshal(b, &back); err != nil || back.Data.Written != r.Data.Written {
		t.Errorf("%+v, %v", back.Data.Written, err)
	}
	r.Data.Written = data.Written{}
	if b, err = json.Marshal(r); err != nil || strings.Contains(string(b), "data.encoding") {
		t.Errorf("%s, %v", b, err)
	}
	if err := json.Unmarshal(b, &back); err != nil || !back.Data.Former() {
		t.Errorf("%+v, %v", back.Data.Written, err)
	}
	r = recipe.New()
	r.Data.Set = "iris"
	if b, err = json.Marshal(r); err != nil || strings.Contains(string(b), "data.encoding") {
		t.Errorf("%s, %v", b, err)
	}
}
