// Command scale simulates many workers on one study folder that lies on a file server,
// request by request, and says what saturates first: the numbers of docs/scale.md.
//
//	go run ./tools/scale/*.go
//	go run ./tools/scale/*.go -workers 1000 -trials 1000000 -train 60 -server 20000 -latency 0.5
//
// A worker claims a trial, trains it, reports, and publishes its result; meanwhile it
// shows that it lives and looks at the others. Each of these is a number of requests (see
// costs), which the server answers one after another; a worker waits for each answer. The
// simulation runs until the load is steady, and the whole study is computed from there.
package main

import (
	"container/heap"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"text/tabwriter"
)

// costs are how many requests to the server each act takes, by NFS version 4: opening,
// reading or writing, syncing, closing, linking and looking up are one each.
type costs struct {
	claim  int // look up, open, write, commit, close, link, remove, and sync under the new name
	lost   int // a claim that somebody else was faster with
	result int // open, write, commit, close, link, remove, and removing what it replaces
	report int // appended to an open file, and written out when others look
	beat   int // open, write, commit, close
	read   int // of a small file that is new: look up, open, read, close
	poll   int // of a trial under way: is there a result, a further claim, a further report, and does its worker live
	fixed  int // of every look: the folder, the next decision, the next trial
}

var nfs = costs{claim: 10, lost: 7, result: 9, report: 1, beat: 4, read: 4, poll: 7, fixed: 3}

// setup is a cluster and a study.
type setup struct {
	workers, trials int
	train           float64 // seconds of a trial, on average
	reports         int     // of a trial
	latency         float64 // seconds for a request and its answer, without waiting for others
	server          float64 // requests that the server answers in a second
	studies         int     // among which the workers are divided
	share           float64 // of how many parts of its time looking takes at most one
	ask             float64 // seconds that the sampler takes for each thousand trials that it is told
}

// outcome is what a simulation has come to, per second and in all.
type outcome struct {
	requests, busy float64 // of the server
	claims         float64
	training       float64 // share of the workers' time
	look           float64 // seconds between two looks of a worker at the others
	days           float64 // for the whole study
	reading        float64 // share of the requests
	opening        float64 // seconds for a worker to open the full folder
	memory         float64 // bytes of a process that knows all trials
	asking         float64 // seconds for a proposal at the end of the study
}

// thread is one of the things that a process does at the same time as others.
type thread int

const (
	trains thread = iota
	looks
	beats
	threads
)

// event is when a thread of a worker is to act next.
type event struct {
	at     float64
	worker int
	of     thread
}

type queue []event

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].at < q[j].at }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(event)) }
func (q *queue) Pop() any          { old := *q; e := old[len(old)-1]; *q = old[:len(old)-1]; return e }

// worker is a process with one trial at a time.
type worker struct {
	left     [threads]int     // requests of the act under way
	began    [threads]float64 // that act
	act      int              // of the thread that trains: 0 trains, 1 publishes, 2 looks for the next number, 3 claims
	claims   int              // that it knows of
	results  int
	interval float64
	waits    bool // the thread that trains waits for the look to end
}

// batch is how many requests are simulated as one.
const batch = 32

func simulate(s setup) outcome {
	rng := rand.New(rand.NewPCG(1, 2))
	all := make([]worker, s.workers)
	perStudy := s.workers / s.studies
	claimed, ended := make([]int, s.studies), make([]int, s.studies)
	free := 0.0 // when the server has answered all
	warm, end := 20*s.train, 30*s.train
	var requests, reading, trained float64
	claims := 0
	measuring := false
	var q queue
	for i := range all {
		all[i].interval = 0.1
		heap.Push(&q, event{rng.Float64() * s.train, i, trains})
		heap.Push(&q, event{rng.Float64() * max(1, s.share*float64(perStudy*nfs.poll)*s.latency), i, looks})
		heap.Push(&q, event{rng.Float64() * 5, i, beats})
	}
	for {
		e := heap.Pop(&q).(event)
		if e.at > end {
			break
		}
		if !measuring && e.at > warm {
			measuring, requests, reading, claims, trained = true, 0, 0, 0, 0
		}
		w, study, at := &all[e.worker], e.worker%s.studies, e.at
		if n := min(w.left[e.of], batch); n > 0 { // one after another
			w.left[e.of] -= n
			requests += float64(n)
			if e.of == looks || e.of == trains && w.act == 2 {
				reading += float64(n)
			}
			free = max(free, at) + float64(n)/s.server
			e.at = max(free, at+float64(n)*s.latency)
			heap.Push(&q, e)
			continue
		}
		switch e.of {
		case beats:
			w.left[beats] = nfs.beat
			e.at = max(at, w.began[beats]+5)
			w.began[beats] = e.at
		case looks:
			if w.began[looks] > 0 { // a look has ended
				w.interval = max(0.1, s.share*(at-w.began[looks]))
				w.began[looks] = 0
				e.at += w.interval
				if w.waits {
					w.waits = false
					heap.Push(&q, event{at, e.worker, trains})
				}
				break
			}
			w.began[looks] = at
			w.left[looks] = nfs.fixed + perStudy*nfs.poll + (claimed[study]-w.claims+ended[study]-w.results)*nfs.read
			w.claims, w.results = claimed[study], ended[study]
		case trains:
			if w.began[looks] > 0 && w.act != 2 { // the process looks, and the folder is its
				w.waits = true
				continue
			}
			switch w.act {
			case 0: // a trial has ended
				w.act, w.left[trains] = 1, nfs.result+s.reports*nfs.report
			case 1:
				ended[study]++
				w.act, w.left[trains] = 2, nfs.fixed+(claimed[study]-w.claims)*nfs.read
				w.claims = claimed[study]
			case 2:
				if n := claimed[study] - w.claims; n > 0 { // others were faster
					w.left[trains] = n*nfs.read + nfs.lost
					w.claims = claimed[study]
					break
				}
				claimed[study]++
				w.claims++
				w.act, w.left[trains] = 3, nfs.claim
			case 3:
				claims++
				d := s.train * (0.5 + rng.Float64())
				trained += d
				w.act = 0
				e.at += d
			}
		}
		heap.Push(&q, e)
	}
	span := end - warm
	out := outcome{
		requests: requests / span, busy: min(requests/span/s.server, 1), claims: float64(claims) / span,
		training: min(trained/span/float64(s.workers), 1), reading: reading / max(requests, 1),
	}
	for i := range all {
		out.look += all[i].interval / float64(s.workers)
	}
	perFolder := float64(s.trials) / float64(s.studies)
	out.opening = perFolder * 2 * float64(nfs.read) * s.latency
	out.memory = perFolder * (1000 + 250*float64(s.reports))
	out.asking = s.ask * perFolder / 1000
	if out.claims > 0 {
		out.days = float64(s.trials) / out.claims / 86400
	}
	return out
}

func main() {
	s := setup{}
	flag.IntVar(&s.workers, "workers", 1000, "processes that train one trial at a time")
	flag.IntVar(&s.trials, "trials", 1_000_000, "trials of the study")
	flag.Float64Var(&s.train, "train", 60, "seconds of a trial")
	flag.IntVar(&s.reports, "reports", 20, "reports of a trial")
	latency := flag.Float64("latency", 0.5, "milliseconds from a request to its answer")
	flag.Float64Var(&s.server, "server", 20_000, "requests that the file server answers in a second")
	flag.Float64Var(&s.ask, "ask", 0.011, "seconds that a proposal takes for each 1,000 trials (tpe)")
	flag.Parse()
	if flag.NArg() > 0 || s.workers < 1 || s.trials < 1 || !(s.train > 0) || !(s.server > 0) || !(*latency > 0) {
		flag.Usage()
		os.Exit(2)
	}
	s.latency, s.share, s.studies = *latency/1000, 20, 1

	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, strings.Join([]string{"workers", "s a trial", "studies", "looking", "requests/s", "server", "claims/s", "training", "looks every", "days", "opening", "memory", "proposal", ""}, "\t"))
	row := func(s setup) {
		o := simulate(s)
		looking := "5 %"
		if s.share < 1 {
			looking = "always"
		}
		fmt.Fprintf(w, "%d\t%g\t%d\t%s\t%.0f\t%.0f %%\t%.1f\t%.0f %%\t%s\t%.1f\t%s\t%s\t%s\t\n", s.workers, s.train, s.studies, looking,
			o.requests, 100*o.busy, o.claims, 100*o.training, span(o.look), o.days, span(o.opening), size(o.memory), span(o.asking))
	}
	for _, n := range []int{10, 100, s.workers} {
		one := s
		one.workers = n
		row(one)
	}
	always := s
	always.share = 0
	row(always)
	for _, studies := range []int{10, 20, 100} {
		if s.workers%studies == 0 {
			one := s
			one.studies = studies
			row(one)
		}
	}
	for _, train := range []float64{5, 600} {
		one := s
		one.train, one.studies = train, 1
		row(one)
	}
	_ = w.Flush()
}

// span is a time as people say it.
func span(s float64) string {
	switch {
	case s < 1:
		return fmt.Sprintf("%.0f ms", math.Ceil(s*1000))
	case s < 120:
		return fmt.Sprintf("%.0f s", s)
	case s < 7200:
		return fmt.Sprintf("%.0f min", s/60)
	}
	return fmt.Sprintf("%.1f h", s/3600)
}

// size is a number of bytes as people say it.
func size(b float64) string {
	if b < 1e9 {
		return fmt.Sprintf("%.0f MB", math.Ceil(b/1e6))
	}
	return fmt.Sprintf("%.1f GB", b/1e9)
}
