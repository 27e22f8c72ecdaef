package session

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"descent/core/knob"
	"descent/session/journal"
)

// thorough goes through everything that tests otherwise take a sample of.
var thorough = flag.Bool("thorough", false, "try every field of a state, not one in eleven")

// leaves calls visit for every field of a value that can be set, of slices for
// the first and the last element and for the slice itself.
func leaves(v reflect.Value, path string, visit func(path string, v reflect.Value)) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				leaves(v.Field(i), path+"."+v.Type().Field(i).Name, visit)
			}
		}
	case reflect.Slice:
		visit(path, v)
		for i := range v.Len() {
			if i == 0 || i == v.Len()-1 {
				leaves(v.Index(i), fmt.Sprintf("%s[%d]", path, i), visit)
			}
		}
	default:
		visit(path, v)
	}
}

// wrongs are values that a field may be given.
func wrongs(v reflect.Value) []reflect.Value {
	var out []reflect.Value
	as := func(x any) { out = append(out, reflect.ValueOf(x).Convert(v.Type())) }
	switch v.Kind() {
	case reflect.Int:
		for _, n := range []int{-1, -1 << 40, 1 << 62, int(v.Int()) + 1, 3} {
			as(n)
		}
	case reflect.Float64:
		as(math.NaN())
		as(math.Inf(1))
		as(-1e300)
	case reflect.String:
		as("x")
		as("")
	case reflect.Bool:
		as(!v.Bool())
	case reflect.Slice:
		out = append(out, reflect.Zero(v.Type()))
		if n := v.Len(); n > 0 {
			out = append(out, v.Slice(0, n-1), reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, 2*n), v), reflect.Append(v.Slice(0, n), v.Index(0)))
		}
	}
	return out
}

// rich is a session with all that a state may hold.
func rich(t testing.TB) (*Session, string) {
	t.Helper()
	s, path := logged(t, moons(t))
	steps(t, s, 4)
	set(t, s, "prune.sparsity", knob.Num(0.5))
	set(t, s, "quant.bits", knob.Num(6))
	set(t, s, "quant.activations", knob.Num(6))
	set(t, s, "train.ema", knob.Num(0.9))
	steps(t, s, 4)
	set(t, s, "optimizer.name", knob.Word("lbfgs"))
	set(t, s, "optimizer.max_iter", knob.Num(2))
	steps(t, s, 3)
	if err := s.Do("user", journal.Command{Act: &journal.Act{Name: journal.Teach, Step: 2}}); err != nil {
		t.Fatal(err)
	}
	steps(t, s, 2)
	if err := s.Undo(); err != nil {
		t.Fatal(err)
	}
	steps(t, s, 3)
	set(t, s, "finetune.lora_rank", knob.Num(2))
	steps(t, s, 3)
	return s, path
}

// A state with a right hash and wrong fields is left aside, or does no harm:
// what is opened can be gone through, trained and drawn.
func TestNoFieldOfAStateIsBelieved(t *testing.T) {
	s, path := rich(t)
	image := s.State(StateBytes)
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	image.Lines = s.logLines
	log, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	all, tried, aside := 0, 0, 0
	leaves(reflect.ValueOf(image).Elem(), "", func(field string, v reflect.Value) {
		was := reflect.New(v.Type()).Elem()
		was.Set(v)
		defer v.Set(was)
		for _, wrong := range wrongs(v) {
			if all++; !*thorough && all%11 != 0 {
				continue
			}
			v.Set(wrong)
			tried++
			path := filepath.Join(dir, fmt.Sprintf("%d.jsonl", tried))
			if err := errors.Join(os.WriteFile(path, log, 0o600), image.Save(path)); err != nil {
				t.Fatal(err)
			}
			func() {
				defer func() {
					if p := recover(); p != nil {
						t.Errorf("%s = %.60v: %v", field, wrong, p)
					}
				}()
				back, err := Resume(path, noFiles{}, nil)
				if err != nil {
					t.Errorf("%s = %.60v: %v", field, wrong, err)
					return
				}
				s := back.Session
				if len(back.Notes) > 0 {
					aside++
				}
				for _, b := range s.branches {
					if err := s.Seek(b.id, min(b.head, 40), nil); err != nil {
						t.Errorf("%s = %.60v: %v", field, wrong, err)
					}
				}
				_, _ = s.Step()
				_ = s.Branches()
				_ = s.Curves()
				_ = s.Others()
				_ = s.State(StateBytes)
				if err := s.Abandon(); err != nil {
					t.Error(err)
				}
			}()
		}
	})
	if all < 500 || aside < 10 {
		t.Errorf("%d fields were tried, %d left aside", tried, aside)
	}
}

func TestStatesOfTheReleaseBeforeAreRead(t *testing.T) {
	s, path := rich(t)
	image := s.State(StateBytes)
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	var now bytes.Buffer
	if err := image.write(&now); err != nil {
		t.Fatal(err)
	}
	image.Version = formerVersion
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(image); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(body.Bytes())
	if err := os.WriteFile(journal.StatePath(path), append(append([]byte("descent state\n"), sum[:]...), body.Bytes()...), 0o600); err != nil {
		t.Fatal(err)
	}
	content, err := journal.ReadState(path)
	if err != nil {
		t.Fatal(err)
	}
	before, err := decodeState(content)
	if err != nil {
		t.Fatal(err)
	}
	after, err := decodeState(now.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	before.Version = stateVersion
	if !reflect.DeepEqual(before, after) {
		t.Error("a state of the release before reads otherwise")
	}
}
