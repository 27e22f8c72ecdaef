// Package format is what can be exported, and what an export to a format of other
// programs is. The formats themselves lie beside it, a package each.
package format

import (
	"context"

	"descent/core"
	"descent/core/model"
	"descent/session"
	"descent/session/disk"
	"descent/session/journal"
)

// Subject is what is exported: a session with the model that it ended with, or a model
// alone.
type Subject struct {
	Name  string
	Model *model.Model // nil for a test surface

	// Of a session, nil for a model alone. The session is read only: whoever trains
	// replays the record.
	Session *session.Session
	Record  *journal.Record
	Files   core.Files
	Log     []byte // the file of the record
	Preset  string // the recipe as it began, as a preset file
	Version string // of the program

	// Progress is told how far long work is; may be nil.
	Progress func(done, total int)
}

// Format is a format of other programs.
type Format struct {
	Name string // as --to takes it
	Help string // a line
	// Ending is that of the files, with its point; "" for a folder.
	Ending string
	// Session says that a model alone is not enough.
	Session bool
	// Write writes path, and whatever goes beside it, and returns all files that it
	// wrote. What it cannot say in this format it names in an error, a sentence; what it
	// leaves out, in notes.
	Write func(ctx context.Context, d disk.Disk, s Subject, path string) (files, notes []string, err error)
}
