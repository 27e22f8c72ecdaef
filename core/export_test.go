package core

// AllLong makes every step one that is asked in, until the function returned is called.
func AllLong() (restore func()) {
	was := long
	long = 0
	return func() { long = was }
}
