package data

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

var (
	dateLike = regexp.MustCompile(`^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?$|^\d{1,2}:\d{2}(:\d{2})?$`)
	undress  = strings.NewReplacer(
		",", "", "'", "", "’", "", "_", "", " ", "", "\u00a0", "", "\u202f", "", "\u2009", "",
		"$", "", "€", "", "£", "", "¥", "", "%", "", "−", "-", "–", "-", "D", "e", "d", "e")
)

// looksLike is "numbers" or "dates" for a word that is one written otherwise, ""
// for others.
func looksLike(word string) string {
	switch {
	case dateLike.MatchString(word):
		return "dates"
	case strings.ContainsAny(word, "0123456789"):
		bare := undress.Replace(strings.TrimSuffix(strings.TrimPrefix(word, "("), ")"))
		if isNumber(bare) || isNumber(strings.ReplaceAll(bare, ".", "")) {
			return "numbers"
		}
	}
	return ""
}

// plainly is advice for a word among numbers that is one written otherwise.
func plainly(word string) string {
	if looksLike(word) == "numbers" {
		return "; write it plainly, as in -1234.5"
	}
	return ""
}

// isNumber tells whether a cell is a number, finite or not.
func isNumber(cell string) bool {
	_, err := strconv.ParseFloat(cell, 64)
	return err == nil || errors.Is(err, strconv.ErrRange)
}

// advice is what to do about words that look like something else.
var advice = map[string]string{
	"numbers": "write plain numbers, as in -1234.5",
	"dates":   "write numbers, such as days since a first one",
}

// common is what most of the words look like, and the first of them.
func common(words []string) (like, example string) {
	counts := map[string]int{}
	first := map[string]string{}
	for _, w := range words {
		l := looksLike(w)
		if counts[l]++; counts[l] == 1 {
			first[l] = w
		}
	}
	for _, l := range []string{"numbers", "dates"} {
		if 2*counts[l] > len(words) {
			return l, first[l]
		}
	}
	return "", ""
}

// sparseRow is a line of libsvm.
var sparseRow = regexp.MustCompile(`^\S+( +\d+:\S+)+$`)
