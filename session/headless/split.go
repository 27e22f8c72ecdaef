package headless

import (
	"bytes"
	"strconv"

	"descent/core/data"
)

// splitCSV says of each row of the data to which part it belongs: train,
// validation or unused, such as one that was dropped. Rows count from 1, without
// the line of column names; those of a validation file or of a set's own test
// part follow those of the others.
func splitCSV(rows data.Rows) []byte {
	part := make([]string, rows.All)
	for _, r := range rows.Train {
		part[r-1] = "train"
	}
	for _, r := range rows.Val {
		part[r-1] = "validation"
	}
	var b bytes.Buffer
	b.WriteString("row,part\n")
	for i, p := range part {
		if p == "" {
			p = "unused"
		}
		b.WriteString(strconv.Itoa(i+1) + "," + p + "\n")
	}
	return b.Bytes()
}
