package stage

import "descent/session/live"

// slot is a part of a view that shows one of several panes at a time.
type slot int

const (
	mainSlot  slot = iota // the largest, above left
	sideSlot              // right
	tableSlot             // below left
	viewSlot              // a picture: below right, or below left where there is no table
	timeSlot              // the strip at the bottom
	slotCount
)

// view is an arrangement of panes under a number key.
type view struct {
	key, title string
	short      string // the title where there is little room; "" for the same
	help       string
	slots      [slotCount][]id // those that are shown alternatively, the preferred first
	// spare is the picture where none of the view's own has anything to show; 0 for none.
	spare id
	// needs explains why a view has nothing to show, "" if it has.
	needs func(f *live.Frame) string
}

// views lists the views in the order of their keys. A new view is a row here.
var views = []view{
	{
		key: "1", title: "Train", help: "loss, knobs, network, data",
		slots: [slotCount][]id{mainSlot: {lossPane}, sideSlot: {knobsPane}, tableSlot: {rankingPane, networkPane}, viewSlot: {planePane, dataPane}, timeSlot: {timelinePane}},
		spare: landscapePane,
	},
	{
		key: "2", title: "Optimizer", short: "Optim", help: "one step from inside, the update rule with its numbers",
		slots: [slotCount][]id{mainSlot: {optimizerPane}, timeSlot: {timelinePane}},
	},
	{
		key: "3", title: "Data", help: "the data, and what the network makes of them", needs: network("data"),
		slots: [slotCount][]id{mainSlot: {planePane, dataPane}, sideSlot: {knobsPane}, tableSlot: {lossPane}, timeSlot: {timelinePane}},
	},
	{
		key: "4", title: "Landscape", short: "Land", help: "the loss from above, with trajectories",
		slots: [slotCount][]id{mainSlot: {landscapePane}, sideSlot: {rankingPane, knobsPane}, tableSlot: {lossPane}, timeSlot: {timelinePane}},
	},
	{
		key: "5", title: "Stability", short: "Stab", help: "sharpness and its limit, gradient noise, layers",
		slots: [slotCount][]id{mainSlot: {stabilityPane}, sideSlot: {knobsPane}, tableSlot: {lossPane}, timeSlot: {timelinePane}},
	},
	{
		key: "6", title: "Compress", short: "Comp", help: "what pruning and quantization cost", needs: network("weights to compress"),
		slots: [slotCount][]id{mainSlot: {compressionPane}, sideSlot: {knobsPane}, tableSlot: {lossPane}, timeSlot: {timelinePane}},
	},
	{
		key: "7", title: "Branches", short: "Branch", help: "branches, races, their curves and the knobs that differ",
		slots: [slotCount][]id{mainSlot: {branchesPane}, sideSlot: {rankingPane}, tableSlot: {lossPane}},
	},
	{
		key: "8", title: "Tune", help: "a search for settings: its trials, what they found, the space",
		slots: [slotCount][]id{mainSlot: {trialsPane}, sideSlot: {spacePane}, viewSlot: {studyPane}},
	},
	{
		key: "9", title: "Log", help: "decisions and messages in words",
		slots: [slotCount][]id{mainSlot: {recordPane}, timeSlot: {timelinePane}},
	},
}

// network explains what a surface does not have.
func network(what string) func(f *live.Frame) string {
	return func(f *live.Frame) string {
		if f.Recipe.Surface.Name != "" {
			return "a surface has no " + what
		}
		return ""
	}
}
