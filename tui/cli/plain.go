package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"descent/presets"
	"descent/session"
	"descent/session/live"
	"descent/tui"
	"descent/tui/config"
	"descent/tui/plain"

	"github.com/mattn/go-isatty"
)

// typed runs the workbench by typed commands on a session.
func typed(s *session.Session, memory int) error {
	if memory < 1 {
		memory = session.DefaultMemory >> 20
	}
	conf, err := settings()
	if err != nil {
		return errors.Join(err, s.Finish())
	}
	threadsOf(conf)
	script := !isatty.IsTerminal(os.Stdin.Fd())
	roomFor(s, memory)
	runner := live.Run(s, false)
	pace := live.Unlimited // nobody looks on while a script runs
	if d, err := config.ParsePace(conf.Pace); err == nil && !script {
		pace = live.Pace(d)
	}
	_ = runner.SetPace(pace).Wait()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan os.Signal, 1)
	go func() {
		select {
		case got := <-signals:
			ended <- got
			cancel()
		case <-ctx.Done():
		}
	}()
	err = plain.Run(ctx, tui.NewDesk(runner, presets.Encode, searches()), plain.Options{
		In: os.Stdin, Script: script,
		Say: func(line string) { stdout.printf("%s\n", line) },
	})
	select {
	case got := <-ended:
		number, _ := got.(syscall.Signal)
		err = tui.Ended{Signal: number}
	default:
	}
	path := runner.Frame().LogPath
	failed := errors.Join(err, runner.Close())
	if text := saved(path); text != "" {
		stderr.printf("%s\n", text)
	}
	return failed
}

// typedPreset runs it on a preset.
func typedPreset(name string, set []string, memory int) error {
	r, err := presetWith(name, set)
	if err != nil {
		return err
	}
	s, err := begin(r, shelf(context.Background(), false))
	if err != nil {
		return err
	}
	return typed(s, memory)
}
