package transform

import (
	"math"

	"descent/core/data/cell"
	"descent/core/kernel"
)

// The cycles of dates. Each gives two inputs, sine and cosine of where in the cycle a
// date lies, so that its end lies beside its beginning.
const (
	Month   = "month"   // the month of the year, of 12
	Weekday = "weekday" // the day of the week, of 7, from Monday
	Hour    = "hour"    // the time of day, of 24 hours
)

// Dated makes the column one of dates, as cell.Format reads them: days since Origin (of
// times of day hours), and the cycles in which the dates of a table differ. Days of the
// week are left out where all dates are of the same day of their month: then they say
// no more than the month and the year.
func (c *Column) Dated(dates []float64) {
	c.Kind = Date
	var months, weekdays, days, clocks tally
	for _, v := range dates {
		if math.IsNaN(v) {
			continue
		}
		whole, clock := c.parts(v)
		_, m, d := cell.Day(whole)
		months.add(m)
		days.add(d)
		weekdays.add(whole % 7)
		clocks.add(int(math.Round(float64(clock * 86400))))
	}
	for _, of := range []struct {
		name   string
		varies bool
	}{{Month, months.varies}, {Weekday, weekdays.varies && days.varies}, {Hour, clocks.varies}} {
		if of.varies {
			c.Cycles = append(c.Cycles, of.name)
			c.Inputs = append(c.Inputs, c.Name+" "+of.name+" sin", c.Name+" "+of.name+" cos")
		}
	}
}

// parts are the whole days since 1970-01-01 of a date, and the fraction of the day.
func (c *Column) parts(v float64) (whole int, clock float64) {
	if c.Written != nil && c.Written.Order == cell.Clock {
		return 0, v / 24
	}
	floor := math.Floor(v)
	return int(floor), v - floor
}

// tally tells whether numbers differ.
type tally struct {
	any, varies bool
	first       int
}

func (t *tally) add(v int) {
	if !t.any {
		t.any, t.first = true, v
	}
	t.varies = t.varies || v != t.first
}

// Spread makes the inputs of a date, all but the first, which is left as it is: Since
// counts it from the first of training.
func (c *Column) Spread(out []float64, v float64) {
	out[0] = v
	whole, clock := c.parts(v)
	for i, name := range c.Cycles {
		turn := 0.0
		switch name {
		case Month:
			_, m, _ := cell.Day(whole)
			turn = float64(m-1) / 12
		case Weekday:
			turn = float64((whole%7+10)%7) / 7 // 1970-01-01 was a Thursday
		case Hour:
			turn = clock
		}
		angle := float64(2 * math.Pi * turn)
		out[1+2*i], out[2+2*i] = kernel.Cos(angle-math.Pi/2), kernel.Cos(angle)
	}
}

// Since is a date in days since the first of training, of a time of day in hours.
func (c *Column) Since(v float64) float64 { return v - c.Origin }
