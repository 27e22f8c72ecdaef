package parquet_test

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"descent/presets/parquet"

	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
)

type row struct {
	Name  string    `parquet:"name,dict"`
	Age   *int32    `parquet:"age,optional"`
	Big   int64     `parquet:"big"`
	Count uint32    `parquet:"count"`
	Pay   float64   `parquet:"pay"`
	Small float32   `parquet:"small"`
	Yes   bool      `parquet:"yes"`
	Day   int32     `parquet:"day,date"`
	At    time.Time `parquet:"at,timestamp(microsecond)"`
	Price int64     `parquet:"price,decimal(2:18)"`
}

func rows() []row {
	age := int32(41)
	at := time.Date(2024, 2, 29, 12, 30, 0, 500_000_000, time.UTC)
	return []row{
		{"a, \"b\"", &age, math.MinInt64, math.MaxUint32, 0.1, 0.1, true, 19782, at, -5},
		{"größe", nil, 7, 0, math.NaN(), 1e-30, false, -1, at.AddDate(-60, 0, 0), 123456},
		{"", &age, math.MaxInt64, 1, 1e300, 2, true, 0, at, 0},
	}
}

func written(t testing.TB, codec compress.Codec) []byte {
	t.Helper()
	var out bytes.Buffer
	w := pq.NewGenericWriter[row](&out, pq.Compression(codec))
	if _, err := w.Write(rows()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestATableIsTextThatReadsBack(t *testing.T) {
	want := `name,age,big,count,pay,small,yes,day,at,price
"a, ""b""",41,-9223372036854775808,4294967295,0.1,0.10000000149011612,true,2024-02-29,2024-02-29T12:30:00.5,-0.05
größe,,7,0,,1.0000000031710769e-30,false,1969-12-31,1964-02-29T12:30:00.5,1234.56
"",41,9223372036854775807,1,1e+300,2,true,1970-01-01,2024-02-29T12:30:00.5,0.00
`
	for name, codec := range map[string]compress.Codec{"none": &pq.Uncompressed, "snappy": &pq.Snappy, "gzip": &pq.Gzip, "zstd": &pq.Zstd, "lz4": &pq.Lz4Raw} {
		got, err := parquet.Text("f.parquet", written(t, codec))
		if err != nil || string(got) != want {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	var out bytes.Buffer
	w := pq.NewGenericWriter[struct {
		ID   int64   `parquet:"id"`
		List []int64 `parquet:"list"`
	}](&out)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	whole := written(t, &pq.Snappy)
	for _, c := range []struct {
		name, want string
		content    []byte
	}{
		{"nested", `column "list" holds lists`, out.Bytes()},
		{"cut off", "cut off", whole[:len(whole)/2]},
		{"two bytes", "cut off", []byte("PAR1")},
		{"rubbish within", "damaged", append(append([]byte("PAR1"), bytes.Repeat([]byte{0xff}, 40)...), "PAR1"...)},
		{"a footer of 4 GiB", "longer than the file", append(append([]byte("PAR1"), bytes.Repeat([]byte{0xff}, 40)...), "PAR1"...)},
	} {
		if _, err := parquet.Text("f.parquet", c.content); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "f.parquet: ") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add(written(f, &pq.Snappy))
	f.Add(written(f, &pq.Uncompressed))
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) > 1<<16 {
			t.Skip()
		}
		_, _ = parquet.Text("f", content)
	})
}
