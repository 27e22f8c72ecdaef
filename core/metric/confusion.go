package metric

import "math"

// Confusion holds in Counts[truth][guess] the weight of the rows of a class that were
// given to a class. A class that no row has and none was given to is not Seen: means
// over classes leave it out, as scikit-learn does.
type Confusion struct {
	Counts [][]float64
	Seen   []bool
}

// NewConfusion is an empty one.
func NewConfusion(classes int) *Confusion {
	c := &Confusion{Counts: make([][]float64, classes), Seen: make([]bool, classes)}
	for i := range c.Counts {
		c.Counts[i] = make([]float64, classes)
	}
	return c
}

// Add counts a row.
func (c *Confusion) Add(truth, guess int, weight float64) {
	c.Counts[truth][guess] += weight
	c.Seen[truth], c.Seen[guess] = true, true
}

// confusion is that of a sample of oneClass.
func (s *Sample) confusion() *Confusion {
	c := NewConfusion(s.outputs())
	for r, truth := range s.class {
		c.Add(truth, s.guess[r], s.weight(r))
	}
	return c
}

// sums are the weights of the rows of each class, of those that were given to each,
// of those that were right, and of all.
func (c *Confusion) sums() (truth, guess []float64, right, total float64) {
	truth, guess = make([]float64, len(c.Counts)), make([]float64, len(c.Counts))
	for i, of := range c.Counts {
		for j, w := range of {
			truth[i] += w
			guess[j] += w
			total += w
		}
		right += of[i]
	}
	return truth, guess, right, total
}

// Class is how well one class, or one label, is found.
type Class struct {
	Precision float64 // of the rows that were given to it, the fraction that has it; 0 where there are none
	Recall    float64 // of the rows that have it, the fraction that was given to it; 0 where there are none
	F1        float64 // the harmonic mean of both, 0 where both are 0
	Support   float64 // the weight of the rows that have it
	Seen      bool    // a row has it, or was given to it

	right, said float64
}

// class is one by the weights of the rows that were right, that were given to it, and
// that have it.
func class(right, said, has float64, seen bool) Class {
	c := Class{Precision: ratio(right, said), Recall: ratio(right, has), Support: has, Seen: seen, right: right, said: said}
	c.F1 = ratio(2*float64(c.Precision*c.Recall), c.Precision+c.Recall)
	return c
}

// ratio is 0 where it is divided by 0.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// Classes are all classes, one by one.
func (c *Confusion) Classes() []Class {
	truth, guess, _, _ := c.sums()
	out := make([]Class, len(c.Counts))
	for i := range out {
		out[i] = class(c.Counts[i][i], guess[i], truth[i], c.Seen[i])
	}
	return out
}

// ByClass are the classes, or the labels, one by one; nil for numbers.
func ByClass(s *Sample) []Class {
	switch s.kind {
	case numbers:
		return nil
	case oneClass:
		return s.confusion().Classes()
	}
	out := make([]Class, s.outputs())
	for j := range out {
		right, said, has := 0.0, 0.0, 0.0
		for r := range s.rows() {
			w := s.weight(r)
			holds, given := s.holds(r, j), s.said(r, j)
			if holds {
				has += w
			}
			if given {
				said += w
			}
			if holds && given {
				right += w
			}
		}
		out[j] = class(right, said, has, true)
	}
	return out
}

func precision(c Class) float64 { return c.Precision }
func recall(c Class) float64    { return c.Recall }
func f1(c Class) float64        { return c.F1 }

// usual is a measure of the second of two classes, and the mean over more.
func usual(of func(Class) float64) func(*Sample) float64 {
	mean := macro(of)
	return func(s *Sample) float64 {
		if s.kind == oneClass && s.outputs() == 2 {
			return of(ByClass(s)[1])
		}
		return mean(s)
	}
}

// macro is the mean over the classes that were seen.
func macro(of func(Class) float64) func(*Sample) float64 {
	return func(s *Sample) float64 {
		sum, n := 0.0, 0
		for _, c := range ByClass(s) {
			if c.Seen {
				sum += of(c)
				n++
			}
		}
		return sum / float64(n)
	}
}

// weighted is the mean over classes, weighted by their rows.
func weighted(of func(Class) float64) func(*Sample) float64 {
	return func(s *Sample) float64 {
		sum, total := 0.0, 0.0
		for _, c := range ByClass(s) {
			sum += float64(of(c) * c.Support)
			total += c.Support
		}
		return ratio(sum, total)
	}
}

// micro is the measure of all classes together.
func micro(of func(Class) float64) func(*Sample) float64 {
	return func(s *Sample) float64 {
		right, said, has := 0.0, 0.0, 0.0
		for _, c := range ByClass(s) {
			right, said, has = right+c.right, said+c.said, has+c.Support
		}
		return of(class(right, said, has, true))
	}
}

func accuracy(s *Sample) float64 {
	n := s.outputs()
	return s.mean(func(r int) float64 {
		if s.kind == oneClass {
			if s.guess[r] == s.class[r] {
				return 1
			}
			return 0
		}
		right := 0
		for j := range n {
			if s.holds(r, j) == s.said(r, j) {
				right++
			}
		}
		return float64(right) / float64(n)
	})
}

// balanced is the mean recall of the classes that rows have.
func balanced(s *Sample) float64 {
	sum, n := 0.0, 0
	for _, c := range ByClass(s) {
		if c.Support > 0 {
			sum += c.Recall
			n++
		}
	}
	return sum / float64(n)
}

func matthews(s *Sample) float64 {
	truth, guess, right, total := s.confusion().sums()
	both, t, g := float64(right*total), float64(total*total), float64(total*total)
	for i := range truth {
		both -= float64(truth[i] * guess[i])
		t -= float64(truth[i] * truth[i])
		g -= float64(guess[i] * guess[i])
	}
	return ratio(both, math.Sqrt(float64(t*g)))
}

func kappa(s *Sample) float64 {
	truth, guess, right, total := s.confusion().sums()
	chance := 0.0
	for i := range truth {
		chance += float64(truth[i]*guess[i]) / total
	}
	return 1 - (total-right)/(total-chance)
}
