// Package data holds what a network learns from: tables and generated sets,
// split and standardized, and the batch of each step.
package data

import (
	"descent/core/data/transform"
	"descent/core/kernel"

	"gonum.org/v1/gonum/blas/blas64"
)

// Set is a table made ready for a network of so many outputs.
type Set struct {
	Inputs     []string
	Targets    []string // names of the outputs: columns, or classes
	Shape      []int    // of images, as in Table
	Last       bool     // as in Table
	Train, Val Part
	Test       Part // rows that are never trained on nor chosen by: measured when all is over
	Rows       Rows
	ByClass    bool // each row has one class; Values then holds it one-hot
	Binary     bool // every value is 0 or 1
	Simplex    bool // each row's values are a distribution: none below 0, their sum 1
	Columns    []Group
	Transform  *transform.Table // what was made of the columns; nil for data without

	// What standardizing took off each input and then divided it by; nil if it
	// was not asked for.
	Mean, Deviation []float64

	// The same of each target.
	TargetMean, TargetDeviation []float64

	Summary string   // of the table, in one line
	Notes   []string // what is not evident of the table and of its parts, a sentence each
}

// YesNo tells whether there is one target, of the values 0 and 1: two classes by one
// output.
func (s *Set) YesNo() bool { return !s.ByClass && s.Binary && len(s.Targets) == 1 }

// Classes are the names of the classes: the targets, or those of the 0 and the 1 of a
// target of two values. nil where targets are numbers.
func (s *Set) Classes() []string {
	switch {
	case s.ByClass:
		return s.Targets
	case !s.YesNo():
		return nil
	case s.Transform != nil && len(s.Transform.Targets) == 1 && len(s.Transform.Targets[0].Classes) == 2:
		return s.Transform.Targets[0].Classes
	}
	return []string{"0", "1"}
}

// Rows says which rows of the data are which, counted from 1: those that were
// read, with those that were dropped, then those of a test part.
type Rows struct {
	All              int // the last of them
	Train, Val, Test []int
}

// Part is the training or the validation rows, in the order of the table. Where the
// inputs are many bytes of a file they are kept so, and X has no Data: Cut, Block, Gather
// and At make the numbers that are asked for.
type Part struct {
	X       blas64.General // rows×inputs
	Values  blas64.General // rows×outputs
	Classes []int          // nil for regression
	Weights []float64      // of each row in the loss; nil where they weigh the same

	bytes *byteRows // the inputs in place of X.Data; nil without
	rows  []int     // of it
}

// Rows is the number of examples.
func (p Part) Rows() int { return p.X.Rows }

// Cut are the rows from one up to another, not copied; of inputs kept as bytes X is new.
func (p Part) Cut(from, to int) Part {
	var x []float64
	return p.Block(&x, from, to)
}

// Block is Cut into memory that is used again, where there is need for any.
func (p Part) Block(x *[]float64, from, to int) Part {
	block := func(m blas64.General) blas64.General {
		m.Rows, m.Data = to-from, m.Data[from*m.Stride:to*m.Stride]
		return m
	}
	out := Part{Values: block(p.Values)}
	if p.bytes == nil {
		out.X = block(p.X)
	} else {
		width := p.X.Cols
		if n := (to - from) * width; cap(*x) < n {
			*x = make([]float64, n)
		}
		out.X = blas64.General{Rows: to - from, Cols: width, Stride: width, Data: (*x)[:(to-from)*width]}
		for i, r := range p.rows[from:to] {
			p.bytes.read(out.X.Data[i*width:(i+1)*width], r)
		}
	}
	if p.Classes != nil {
		out.Classes = p.Classes[from:to]
	}
	if p.Weights != nil {
		out.Weights = p.Weights[from:to]
	}
	return out
}

// Gather writes the inputs of rows to dst, one after the other.
func (p Part) Gather(dst []float64, rows []int) {
	if p.bytes == nil {
		kernel.Gather(dst, p.X.Data, rows, p.X.Cols)
		return
	}
	for i, r := range rows {
		p.bytes.read(dst[i*p.X.Cols:(i+1)*p.X.Cols], p.rows[r])
	}
}

// At is one input of a row.
func (p Part) At(row, input int) float64 {
	if p.bytes == nil {
		return p.X.Data[row*p.X.Stride+input]
	}
	return p.bytes.at(p.rows[row], input)
}

// Held are the rows that a network is judged by: the validation rows, or where
// there are none those trained on.
func (s *Set) Held() Part {
	if s.Val.Rows() > 0 {
		return s.Val
	}
	return s.Train
}

// RawTarget is target i in units of the table, of a value v as the network is
// trained to give it.
func (s *Set) RawTarget(i int, v float64) float64 {
	if s.TargetMean == nil {
		return v
	}
	return float64(v*s.TargetDeviation[i]) + s.TargetMean[i]
}

// Raw is input i as the table has it, of a value v as the network sees it.
func (s *Set) Raw(i int, v float64) float64 {
	if s.Mean == nil {
		return v
	}
	return float64(v*s.Deviation[i]) + s.Mean[i]
}
