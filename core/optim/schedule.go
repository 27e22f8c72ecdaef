package optim

import "slices"

// Schedules is every schedule, in display order.
var Schedules = append(slices.Clone(schedules), []ScheduleRow{
	{Name: "chain", Help: "several schedules one after another", Doc: chainDoc, New: func() Schedule { return &chained{} }},
	{Name: "plateau", Help: "reduced when a metric stops improving", Doc: plateauDoc, New: func() Schedule {
		return &Plateau{Factor: 0.1, Patience: 10, Threshold: 1e-4, Monitor: MonitorValLoss}
	}},
}...)

// FindSchedule returns the row of that name, and whether there is one.
func FindSchedule(name string) (ScheduleRow, bool) {
	for _, r := range Schedules {
		if r.Name == name {
			return r, true
		}
	}
	return ScheduleRow{}, false
}
