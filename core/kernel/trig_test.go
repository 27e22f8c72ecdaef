package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// series is the sine and the cosine of x from their series, in 320 bits.
func series(x float64) (sin, cos *big.Float) {
	wide := func() *big.Float { return new(big.Float).SetPrec(320) }
	quarter, _ := wide().SetString("1.570796326794896619231321691639751442098584699687552910487472296153908203143104499314017412671058533991074")
	turn := wide().Quo(wide().SetFloat64(x), quarter)
	turn.Add(turn, wide().SetFloat64(math.Copysign(0.5, x)))
	k, _ := turn.Int(nil)
	r := wide().Sub(wide().SetFloat64(x), wide().Mul(wide().SetInt(k), quarter))
	sum := [4]*big.Float{wide(), wide(), wide(), wide()} // of the terms rⁱ/i! by i mod 4
	term := wide().SetInt64(1)
	for i := range int64(60) {
		sum[i%4].Add(sum[i%4], term)
		term.Quo(term.Mul(term, r), wide().SetInt64(i+1))
	}
	sin, cos = sum[1].Sub(sum[1], sum[3]), sum[0].Sub(sum[0], sum[2])
	for range new(big.Int).Mod(k, big.NewInt(4)).Int64() {
		sin, cos = cos, sin.Neg(sin)
	}
	return sin, cos
}

func TestSineAndCosineAreRightToAboutAnUlp(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, most := range []float64{0.8, 7, 100, 1e4, 1e6, 1e9, 1e12, 1e14, 1 << 52} {
		worst, off := 0.0, 0.0
		for i := range 1000 {
			x := (2*rng.Float64() - 1) * most
			if i%2 == 0 { // where quarters meet, and where one of both is nearly 0
				x = math.Round(x/(math.Pi/4)) * (math.Pi / 4)
			}
			sin, cos := SinCos(x)
			if got := Cos(x); got != cos {
				t.Fatalf("cos %v is %v and %v", x, got, cos)
			}
			goldSin, goldCos := series(x)
			for _, c := range []struct {
				got  float64
				want *big.Float
			}{{sin, goldSin}, {cos, goldCos}} {
				want, _ := c.want.Float64()
				d, _ := new(big.Float).Sub(c.want, new(big.Float).SetFloat64(c.got)).Float64()
				off = max(off, math.Abs(d))
				if math.Abs(want) > 1e-3 && most < 1e13 {
					worst = max(worst, math.Abs(d)/math.Abs(math.Nextafter(want, 2)-want))
				}
			}
		}
		t.Logf("up to %.3g: %.2f ulp, %.2g at the most", most, worst, off)
		if worst > 1.5 || off > 1.3e-16 {
			t.Errorf("up to %v: off by %.2f ulp, %v", most, worst, off)
		}
	}
}

func TestSineAndCosineOfAnyAngleLieOnTheCircle(t *testing.T) {
	if sin, cos := SinCos(0); sin != 0 || cos != 1 {
		t.Errorf("of 0 they are %v and %v", sin, cos)
	}
	for x := 1e-300; !math.IsInf(x, 0); x *= -1.7 {
		if sin, cos := SinCos(x); math.Abs(math.Hypot(sin, cos)-1) > 4e-16 {
			t.Errorf("of %v they are %v and %v", x, sin, cos)
		}
	}
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if sin, cos := SinCos(x); sin == sin || cos == cos {
			t.Errorf("of %v they are %v and %v", x, sin, cos)
		}
	}
}
