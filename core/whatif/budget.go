package whatif

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// units of bytes, the longer names first.
var units = []struct {
	name  string
	bytes float64
}{
	{"kib", 1 << 10}, {"mib", 1 << 20}, {"kb", 1e3}, {"mb", 1e6}, {"bytes", 1}, {"byte", 1}, {"b", 1}, {"k", 1e3}, {"m", 1e6}, {"", 1},
}

// IsShare tells whether a budget is a share of the dense size: then it is for the
// weights alone, and else for the file.
func IsShare(text string) bool { return strings.HasSuffix(strings.TrimSpace(text), "%") }

// Budget reads a number of bytes as people write it: "8 kB", "8000", "8,000 B",
// "0.5 MB", "2 KiB", or as a share of the dense size, "20 %".
func Budget(text string, dense int) (int, error) {
	s := strings.ToLower(strings.TrimSpace(text))
	if s == "" {
		return 0, errors.New(`type a size, as "8 kB", or a share of the dense size, as "20%"`)
	}
	number, share := strings.CutSuffix(s, "%")
	factor := float64(dense) / 100
	if !share {
		for _, u := range units {
			if n, ok := strings.CutSuffix(s, u.name); ok {
				number, factor = n, u.bytes
				break
			}
		}
	}
	number = strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(number), ",", ""), " ", "")
	v, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
		return 0, fmt.Errorf(`%q is no size; type it as "8 kB", "8000" or "20%%"`, strings.TrimSpace(text))
	case v <= 0:
		return 0, errors.New("a network takes more than nothing; type a size above 0")
	case v*factor > math.MaxInt32*1024:
		return 0, errors.New("that is more than any network here takes")
	}
	bytes := int(math.Floor(float64(v*factor) + 1e-9))
	if bytes < 1 {
		return 0, errors.New("that is less than a byte")
	}
	return bytes, nil
}
