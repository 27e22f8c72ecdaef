package headless

import (
	"bytes"
	"strconv"

	"descent/core/data"
)

// splitCSV writes for each row of the data the part to which it belongs: train,
// validation, test or unused, such as a dropped row. Rows count from 1, without the
// header line; rows of a validation file, of the test part of a data set and of a test
// file follow the others.
func splitCSV(rows data.Rows) []byte {
	part := make([]string, rows.All)
	for _, r := range rows.Train {
		part[r-1] = "train"
	}
	for _, r := range rows.Val {
		part[r-1] = "validation"
	}
	for _, r := range rows.Test {
		part[r-1] = "test"
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
