package tui

import (
	"testing"
	"time"
)

func TestPShowsFiguresAndKeysAndLeavesAgain(t *testing.T) {
	b := newRobot(t, "moons", 120, 36)
	b.train(3)
	b.m.hall.Stay = 300 * time.Millisecond // which the robot waits for
	b.press("P")
	b.sees("loss", "█", "┏━")
	b.misses("? help", "1 Train")
	b.press("+")
	b.sees("+ ", "decided")
	b.press("?")
	b.sees("optimizer.lr")
	b.press("esc", "P")
	b.sees("? help", "1 Train")
}
