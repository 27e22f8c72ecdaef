package session

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"descent/core"
	"descent/core/knob"
	"descent/core/optim"
)

// A state file lies beside a log and spares computing it again: where every
// branch has come to, its curves, and some snapshots. The log is what counts;
// a state that is missing or damaged costs only time.

// stateBytes bounds the snapshots that go into a state file.
const stateBytes = 16 << 20

const stateVersion = 1

// image is a session as a state file holds it.
type image struct {
	Version  int
	Created  string // of the log's header: a state belongs to one log
	Lines    int    // entries of the log that it knows
	At       BranchID
	Step     int
	Applied  int
	Rewound  bool
	Branches []branchImage
	Visits   []Visit
}

type branchImage struct {
	Head   int
	Curves curvesImage
	Past   Curves
	Kept   []keptImage
}

type seriesImage struct {
	Per, Open int
	Buckets   []Bucket
}

type curvesImage struct {
	Train, Val, Accuracy, ValAccuracy seriesImage
	Old                               seriesImage
	Every                             int
	Trail                             []Point
}

type keptImage struct {
	Applied    int
	Plateau    optim.PlateauMemory
	Settings   []byte // JSON
	Step, Age  int
	Seen       int
	Looks      int
	LastUpdate float64
	Report     core.Report
	Params     []float64
	State      []knob.Buffer
}

// imageOf is what a state file is to hold: snapshots of about so many bytes, and
// the last of each branch. They are shared: they never change.
func (s *Session) imageOf(room int) *image {
	s.keep(s.lane)
	out := &image{
		Version: stateVersion, Created: s.created, Lines: s.logLines,
		At: s.at.id, Step: s.trainer.StepCount(), Applied: s.applied, Rewound: s.rewound,
		Visits: slices.Clone(s.visits),
	}
	for _, b := range s.branches {
		bi := branchImage{Head: b.head, Past: b.past, Curves: b.curves.image()}
		if n := len(b.kept.list); n > 0 {
			bi.Kept = append(bi.Kept, b.kept.list[n-1].image())
			room -= b.kept.list[n-1].state.Bytes()
		}
		out.Branches = append(out.Branches, bi)
	}
	// Then the present branch's, the younger the denser.
	list := s.at.kept.list
	for gap, i := 1, len(list)-2; i >= 0 && room > 0; gap, i = gap+1, i-gap {
		bi := &out.Branches[s.at.id]
		bi.Kept = append([]keptImage{list[i].image()}, bi.Kept...)
		room -= list[i].state.Bytes()
	}
	return out
}

func (s *Series) image() seriesImage {
	return seriesImage{s.per, s.open, s.Buckets()}
}

func (i seriesImage) series() Series { return Series{i.Per, i.Open, i.Buckets} }

func (c *curves) image() curvesImage {
	return curvesImage{
		c.train.image(), c.val.image(), c.accuracy.image(), c.valAccuracy.image(), c.old.image(),
		c.trail.every, append([]Point(nil), c.trail.points...),
	}
}

func (i curvesImage) curves() curves {
	return curves{
		i.Train.series(), i.Val.series(), i.Accuracy.series(), i.ValAccuracy.series(), i.Old.series(),
		trail{i.Every, i.Trail},
	}
}

func (k kept) image() keptImage {
	s := k.state
	settings, err := json.Marshal(s.Settings)
	if err != nil {
		panic("session: settings cannot be written: " + err.Error())
	}
	return keptImage{
		k.applied, k.plateau, settings, s.Step, s.Age, s.Seen, s.Looks, s.LastUpdate, s.Report, s.Params, s.State,
	}
}

func (i keptImage) kept() (kept, error) {
	s := &core.Snapshot{
		Step: i.Step, Age: i.Age, Seen: i.Seen, Looks: i.Looks, LastUpdate: i.LastUpdate,
		Report: i.Report, Params: i.Params, State: i.State,
	}
	err := json.Unmarshal(i.Settings, &s.Settings)
	return kept{i.Applied, s, i.Plateau}, err
}

// stateMagic is how a state file begins; a SHA-256 of the rest follows.
const stateMagic = "descent state\n"

func (i *image) encode() ([]byte, error) {
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(i); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body.Bytes())
	return append(append([]byte(stateMagic), sum[:]...), body.Bytes()...), nil
}

func decodeImage(b []byte) (*image, error) {
	body, ok := bytes.CutPrefix(b, []byte(stateMagic))
	if !ok || len(body) < sha256.Size {
		return nil, errors.New("it is no state of descent")
	}
	sum, body := body[:sha256.Size], body[sha256.Size:]
	if got := sha256.Sum256(body); !bytes.Equal(got[:], sum) {
		return nil, errors.New("it is damaged")
	}
	i := &image{}
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(i); err != nil {
		return nil, err
	}
	if i.Version != stateVersion {
		return nil, fmt.Errorf("it is of version %d", i.Version)
	}
	return i, nil
}

// statePath is where the state of a log is kept.
func statePath(log string) string { return log + ".state" }

// saver writes states in a goroutine of its own, the latest only.
type saver struct {
	disk disk
	jobs chan savedJob
	done chan error // of each that was written
}

type savedJob struct {
	path string
	i    *image
}

func newSaver(d disk) *saver {
	s := &saver{disk: d, jobs: make(chan savedJob, 1), done: make(chan error, 1)}
	go func() {
		defer close(s.done)
		for j := range s.jobs {
			s.done <- saveState(s.disk, j.path, j.i)
		}
	}()
	return s
}

func (s *saver) close() {
	close(s.jobs)
	for range s.done {
		continue
	}
}

func saveState(d disk, path string, i *image) error {
	content, err := i.encode()
	if err == nil {
		err = replace(d, path, content)
	}
	var p *os.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", path, err)
	}
	return nil
}

// validate refuses an image that no session of this log could have left: every
// number in it is within its range before any of it is used.
func (i *image) validate(s *Session, lines int) error {
	other := errors.New("it belongs to another log")
	if i.Created != s.created || i.Lines < 0 || i.Lines > lines || len(i.Branches) > len(s.branches) {
		return other
	}
	if i.At < 0 || int(i.At) >= len(i.Branches) || !stepInRange(i.Step) || i.Applied < 0 {
		return errors.New("it stands where there is nothing")
	}
	for n, b := range i.Branches {
		if err := b.validate(s.branches[n]); err != nil {
			return fmt.Errorf("of branch %d %w", n, err)
		}
	}
	if len(i.Visits) > visitLimit {
		return errors.New("it knows of too many sizes")
	}
	for _, v := range i.Visits {
		if v.Branch < 0 || int(v.Branch) >= len(i.Branches) || v.Bytes < 0 || v.Dense < 0 || !stepInRange(v.Step) || !stepInRange(v.BestStep) || v.Bits < core.Mixed || v.Bits > 64 {
			return errors.New("a size in it is impossible")
		}
	}
	return nil
}

func stepInRange(step int) bool { return step >= 0 && step <= maxStep }

func (bi *branchImage) validate(b *branch) error {
	if !stepInRange(bi.Head) {
		return errors.New("the end is out of range")
	}
	c := &bi.Curves
	for _, s := range []seriesImage{c.Train, c.Val, c.Accuracy, c.ValAccuracy, c.Old} {
		if s.Per < 0 || s.Per > maxStep || s.Open < 0 || s.Open > s.Per || len(s.Buckets) > bucketLimit || !ordered(s.Buckets) {
			return errors.New("a curve is impossible")
		}
	}
	p := &bi.Past
	for _, buckets := range [][]Bucket{p.Train, p.Val, p.Accuracy, p.ValAccuracy, p.Old} {
		if len(buckets) > 2*bucketLimit || !ordered(buckets) {
			return errors.New("a curve of those before it is impossible")
		}
	}
	if c.Every < 0 || c.Every > maxStep || len(c.Trail) > trailLimit || !following(c.Trail) || len(p.Trail) > 2*trailLimit || !following(p.Trail) {
		return errors.New("the trail is impossible")
	}
	last := 0
	for _, k := range bi.Kept {
		if k.Applied < 0 || !b.sealed && k.Applied > len(b.entries) || k.Step < last || !stepInRange(k.Step) || k.Age < 0 || k.Age > maxStep || k.Plateau.Bad < 0 || k.Plateau.Quiet < 0 {
			return errors.New("a snapshot is out of range")
		}
		last = k.Step
	}
	return nil
}

// ordered tells whether buckets follow each other.
func ordered(buckets []Bucket) bool {
	last := -1
	for _, b := range buckets {
		if b.First < last || b.Last < b.First || b.Last > maxStep || b.Count < 0 || b.Looks < 0 || b.Millis < 0 || b.Count > 0 && !(b.Min <= b.Max) {
			return false
		}
		last = b.Last
	}
	return true
}

// following tells whether the points of a trail do.
func following(points []Point) bool {
	last := 0
	for _, p := range points {
		if p.Step < last || p.Step > maxStep {
			return false
		}
		last = p.Step
	}
	return true
}
