package kernel

import "unsafe"

// adamArgs are the arguments of vadam; the assembly reads them by offset.
type adamArgs struct {
	update, m, v                                      *float64
	n                                                 int
	beta1, rest1, beta2, rest2, unbias, root, epsilon float64
}

// levelArgs are the arguments of vquantize and vrequantize; the assembly reads them by
// offset. Steps are in bytes.
type levelArgs struct {
	dst     *int16
	dstStep int
	src     unsafe.Pointer // to float64 or int32
	srcStep int
	factors *float64
	rows    int
	cols    int // a multiple of eight
	scale   float64
	low     float64
	high    float64
	none    float64
}

// rowsArgs are the arguments of the loops over parts of rows; the assembly reads them
// by offset. Steps are in bytes.
type rowsArgs struct {
	dst, src         unsafe.Pointer
	dstStep, srcStep int
	rows, bytes      int
}

// halveArgs are the arguments of vhalve and its kin; the assembly reads them by offset.
type halveArgs struct {
	y, image   unsafe.Pointer
	from       *int32
	rows, cols int // of y
	step       int // of the image, in bytes
	line       int // and in numbers
	first      int
}
