package headless

import (
	"strings"
	"testing"
)

// Whatever stands after --at, it is a decision that is typed as it says itself,
// or refused in a sentence.
func FuzzAt(f *testing.F) {
	for _, text := range []string{
		"5:optimizer.lr=0.1", "1:optimizer.name=adam", "2:train.clip_norm=off", "3:quant.layers=0:8,4:2", `4:finetune.freeze=["a,b", 'c']`,
		"7:rewind=3", "7:teach=0", "7:merge=adapters", "-1:x=", ":", "=", "", "99999999999999999999:a=b", "5:nothing=\x00\x1b", "5:optimizer.lr=1e400", "5:optimizer.lr=50%", "07:train.batch=+8",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseScheduled(text)
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Errorf("%q: an empty error", text)
			}
			return
		}
		if d.Act != nil {
			return
		}
		if strings.ContainsAny(d.Value.String(), `"'`) {
			return // an item with both kinds of quotes cannot be typed
		}
		typed := strings.TrimPrefix(d.String(), "--at ")
		again, err := ParseScheduled(typed)
		if err != nil || again.Step != d.Step || again.Path != d.Path || !again.Value.Equal(d.Value) {
			t.Errorf("%q is %+v, typed %q: %+v, %v", text, d, typed, again, err)
		}
	})
}
