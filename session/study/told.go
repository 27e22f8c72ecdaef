package study

import (
	"fmt"
	"strconv"
	"strings"
)

// knowledge is which results were known when a trial was proposed: for each trial the
// number of its rungs whose results were. Told is its written form: "0-41,43@2" are the
// trials 0 to 41 with one rung each, and 43 with two.
type knowledge []int

func (k knowledge) String() string {
	var out strings.Builder
	for i := 0; i < len(k); {
		j := i + 1
		for j < len(k) && k[j] == k[i] {
			j++
		}
		if k[i] > 0 {
			if out.Len() > 0 {
				out.WriteByte(',')
			}
			out.WriteString(strconv.Itoa(i))
			if j-1 > i {
				out.WriteByte('-')
				out.WriteString(strconv.Itoa(j - 1))
			}
			if k[i] > 1 {
				out.WriteByte('@')
				out.WriteString(strconv.Itoa(k[i]))
			}
		}
		i = j
	}
	return out.String()
}

// parseKnowledge reads what String wrote, for so many trials.
func parseKnowledge(text string, trials int) (knowledge, error) {
	k := make(knowledge, trials)
	if text == "" {
		return k, nil
	}
	for _, part := range strings.Split(text, ",") {
		span, rungs, has := strings.Cut(part, "@")
		n := 1
		first, last, ranged := strings.Cut(span, "-")
		a, err := strconv.Atoi(first)
		b := a
		if err == nil && ranged {
			b, err = strconv.Atoi(last)
		}
		if err == nil && has {
			n, err = strconv.Atoi(rungs)
		}
		if err != nil || a < 0 || b < a || b >= trials || n < 1 {
			return nil, fmt.Errorf("%q does not say which of %d trials were known", part, trials)
		}
		for i := a; i <= b; i++ {
			k[i] = n
		}
	}
	return k, nil
}
