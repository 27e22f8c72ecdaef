package stage

import (
	"reflect"
	"testing"

	"descent/tui/intent"
	"descent/tui/internal/frames"
)

// A pane that has a method of what panes may do besides has it as it is called.
func TestWhatPanesDoBesidesIsCalled(t *testing.T) {
	for _, p := range Panes(frames.Plain()) {
		for _, besides := range []reflect.Type{
			reflect.TypeFor[intent.Watcher](), reflect.TypeFor[intent.Chooser](), reflect.TypeFor[intent.Sized](), reflect.TypeFor[intent.Rated](),
			reflect.TypeFor[intent.Liner](), reflect.TypeFor[intent.Pointer](), reflect.TypeFor[intent.Taker](), reflect.TypeFor[intent.Hearer](),
		} {
			of := reflect.TypeOf(p)
			if m, has := of.MethodByName(besides.Method(0).Name); has && !of.Implements(besides) {
				t.Errorf("%s has %s, which is no %s: nobody calls it", p.Title(), m.Name, besides)
			}
		}
	}
}
