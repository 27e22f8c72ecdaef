package headless

import (
	"bytes"
	"strconv"

	"descent/core/data"
)

// splitCSV writes for each row of the data the part to which it belongs: train,
// validation or unused, such as a dropped row. Rows count from 1, without the
// header line; rows of a validation file or of the test part of a data set follow
// the others.
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
