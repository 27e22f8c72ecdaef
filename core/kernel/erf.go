package kernel

import "math"

// Where Erfc turns from the series of erf to the fit, and where it is 0.
const fitFrom, fitTo = 0.5, 28

// erfcFit are the Chebyshev coefficients of (1 + 2x) e^(x²) erfc(x) in
// t = (x − 2.5)/(x + 2.5), for x from fitFrom to fitTo.
var erfcFit = [...]float64{
	1.2253039004138768, -0.05776427542455399, -0.03212926169398303, 0.015544483648423856,
	-0.0035824338908530115, 0.0004352200499700159, -3.5507347412111952e-06, -7.0320298697160355e-06,
	5.614509241925672e-07, 1.1812203290151143e-07, -1.5746312142749435e-08, -2.65490645479935e-09,
	3.82064376028517e-10, 7.867259962777207e-11, -8.037629548911547e-12, -2.676581538676162e-12,
	9.055047810676903e-14, 9.104544092364341e-14, 4.201586997390159e-15, -2.716302571862814e-15,
	-4.1171985124839826e-16, 5.4041230237171604e-17, 2.139892708198848e-17, 5.659721181192308e-19,
}

// erfSeries are 2/√π · (−1)ⁿ / (n! (2n + 1)).
var erfSeries = func() (c [14]float64) {
	factorial := 1.0
	for n := range c {
		c[n] = 2 / math.SqrtPi / factorial / float64(2*n+1)
		factorial *= -float64(n + 1)
	}
	return c
}()

// Erf is the error function to a few ulp.
func Erf(x float64) float64 {
	if a := math.Abs(x); a > fitFrom {
		return math.Copysign(1-tail(a), x)
	}
	z := float64(x * x)
	y := 0.0
	for n := len(erfSeries) - 1; n >= 0; n-- {
		y = math.FMA(y, z, erfSeries[n])
	}
	return float64(x * y)
}

// Erfc is 1 − erf(x) to a few ulp, 0 where e^(−x²) is.
func Erfc(x float64) float64 {
	switch {
	case x > fitFrom:
		return tail(x)
	case x < -fitFrom:
		return 2 - tail(-x)
	}
	return 1 - Erf(x)
}

// tail is erfc(x) for x above fitFrom.
func tail(x float64) float64 {
	if x >= fitTo {
		return 0
	}
	const low, high = (fitFrom - 2.5) / (fitFrom + 2.5), (fitTo - 2.5) / (fitTo + 2.5)
	u := 2*((x-2.5)/(x+2.5)-low)/(high-low) - 1
	b, before := 0.0, 0.0 // Clenshaw
	for n := len(erfcFit) - 1; n > 0; n-- {
		b, before = math.FMA(2*u, b, erfcFit[n]-before), b
	}
	fit := math.FMA(u, b, erfcFit[0]-before)
	square := float64(x * x)
	lost := math.FMA(x, x, -square) // what rounding took of x²
	return Exp(-square) * (1 - lost) * fit / (1 + 2*x)
}
