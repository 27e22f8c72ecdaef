//go:build unix && !linux

package main_test

import "testing"

// smallDisk is known on Linux alone.
func smallDisk(*testing.T, string, string) bool { return false }

func filler(string, bool) error { return nil }
