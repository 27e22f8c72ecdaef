package tune

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"

	"descent/core"
	"descent/core/knob"
	"descent/core/optim"
	"descent/core/recipe"
	"descent/session/history"
	"descent/session/journal"
	"descent/session/study"
)

// stateVersion is that of the bytes.
const stateVersion = 1

// state is what a job is gone on from: the bytes of study.Hand.Keep are it, behind a
// SHA-256 of the rest.
type state struct {
	Version int
	Job     study.Job // of which it is
	Runs    []runState
	Reports []study.Report // of the job
	Values  [][]float64    // of each seed that is done
	Metrics []map[string]float64
}

type runState struct {
	Begins  []byte // recipe, in JSON
	Plateau optim.PlateauMemory
	Growth  history.Growth
	Losses  [tail]float64
	Entries []byte // in JSON
	Told    int
	Over    bool

	Settings                     []byte // in JSON
	Step, Age, Seen, Evaluations int
	LastUpdate                   float64
	Report                       core.Report
	Params, Ages                 []float64
	Buffers                      []knob.Buffer
}

var errState = errors.New("the kept state of the trial is damaged")

func encode(s *state) ([]byte, error) {
	var body bytes.Buffer
	body.Write(make([]byte, sha256.Size))
	s.Version = stateVersion
	if err := gob.NewEncoder(&body).Encode(s); err != nil {
		return nil, err
	}
	b := body.Bytes()
	sum := sha256.Sum256(b[sha256.Size:])
	copy(b, sum[:])
	return b, nil
}

func decode(b []byte) (*state, error) {
	if len(b) < sha256.Size || sha256.Sum256(b[sha256.Size:]) != [sha256.Size]byte(b[:sha256.Size]) {
		return nil, errState
	}
	s := &state{}
	if err := gob.NewDecoder(bytes.NewReader(b[sha256.Size:])).Decode(s); err != nil {
		return nil, fmt.Errorf("%w: %w", errState, err)
	}
	if s.Version != stateVersion {
		return nil, fmt.Errorf("the kept state of the trial is of version %d, this is %d", s.Version, stateVersion)
	}
	return s, nil
}

// image is a run as it stands.
func (r *run) image() (runState, error) {
	begins, err := json.Marshal(r.begins)
	if err != nil {
		return runState{}, err
	}
	entries, err := json.Marshal(r.entries)
	if err != nil {
		return runState{}, err
	}
	s := r.trainer.Snapshot()
	settings, err := json.Marshal(s.Settings)
	return runState{
		begins, r.plateau, r.growth, r.losses, entries, r.told, r.over,
		settings, s.Step, s.Age, s.Seen, s.GradientEvaluations, s.LastUpdate, s.Report, s.Params, s.Ages, s.State,
	}, err
}

// run is the run of an image.
func (i *runState) run(ctx context.Context, from *beginner) (*run, error) {
	s := &core.Snapshot{
		Step: i.Step, Age: i.Age, Seen: i.Seen, GradientEvaluations: i.Evaluations, LastUpdate: i.LastUpdate,
		Report: i.Report, Params: i.Params, Ages: i.Ages, State: i.Buffers,
	}
	var begins recipe.Recipe
	var entries []journal.Entry
	if err := errors.Join(json.Unmarshal(i.Settings, &s.Settings), json.Unmarshal(i.Begins, &begins), json.Unmarshal(i.Entries, &entries)); err != nil {
		return nil, fmt.Errorf("%w: %w", errState, err)
	}
	r, err := from.again(ctx, begins)
	if err != nil {
		return nil, err
	}
	if err := r.trainer.Sound(s); err != nil {
		return nil, fmt.Errorf("%w: %w", errState, err)
	}
	r.trainer.Restore(s)
	r.plateau, r.growth, r.losses, r.entries, r.told, r.over = i.Plateau, i.Growth, i.Losses, entries, i.Told, i.Over
	return r, nil
}
