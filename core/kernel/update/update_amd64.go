package update

import "unsafe"

// narrow are the passes with AVX2, of float32 and of float64.
var narrow = [rules][2]func(unsafe.Pointer) bool{
	sgd:                     {nil, avx2SGD64},
	begin:                   {nil, avx2Begin64},
	momentum:                {nil, avx2Momentum64},
	nesterov:                {nil, avx2Nesterov64},
	adagrad:                 {nil, avx2Adagrad64},
	rmsprop:                 {nil, avx2RMSprop64},
	rmspropMomentum:         {nil, avx2RMSpropMomentum64},
	rmspropCentered:         {nil, avx2RMSpropCentered64},
	rmspropCenteredMomentum: {nil, avx2RMSpropCenteredMomentum64},
	adadelta:                {nil, avx2Adadelta64},
	adam:                    {nil, avx2Adam64},
	amsgrad:                 {nil, avx2AMSGrad64},
	adamax:                  {nil, avx2Adamax64},
	nadam:                   {nil, avx2NAdam64},
	radam:                   {nil, avx2RAdam64},
	radamEarly:              {nil, avx2RAdamEarly64},
	lion:                    {nil, avx2Lion64},
}

// wide are those with AVX-512.
var wide = [rules][2]func(unsafe.Pointer) bool{
	sgd:                     {nil, avx512SGD64},
	begin:                   {nil, avx512Begin64},
	momentum:                {nil, avx512Momentum64},
	nesterov:                {nil, avx512Nesterov64},
	adagrad:                 {nil, avx512Adagrad64},
	rmsprop:                 {nil, avx512RMSprop64},
	rmspropMomentum:         {nil, avx512RMSpropMomentum64},
	rmspropCentered:         {nil, avx512RMSpropCentered64},
	rmspropCenteredMomentum: {nil, avx512RMSpropCenteredMomentum64},
	adadelta:                {nil, avx512Adadelta64},
	adam:                    {nil, avx512Adam64},
	amsgrad:                 {nil, avx512AMSGrad64},
	adamax:                  {nil, avx512Adamax64},
	nadam:                   {nil, avx512NAdam64},
	radam:                   {nil, avx512RAdam64},
	radamEarly:              {nil, avx512RAdamEarly64},
	lion:                    {nil, avx512Lion64},
}

//go:noescape
func avx2SGD64(args unsafe.Pointer) bool

//go:noescape
func avx2Begin64(args unsafe.Pointer) bool

//go:noescape
func avx2Momentum64(args unsafe.Pointer) bool

//go:noescape
func avx2Nesterov64(args unsafe.Pointer) bool

//go:noescape
func avx2Adagrad64(args unsafe.Pointer) bool

//go:noescape
func avx2RMSprop64(args unsafe.Pointer) bool

//go:noescape
func avx2RMSpropMomentum64(args unsafe.Pointer) bool

//go:noescape
func avx2RMSpropCentered64(args unsafe.Pointer) bool

//go:noescape
func avx2RMSpropCenteredMomentum64(args unsafe.Pointer) bool

//go:noescape
func avx2Adadelta64(args unsafe.Pointer) bool

//go:noescape
func avx2Adam64(args unsafe.Pointer) bool

//go:noescape
func avx2AMSGrad64(args unsafe.Pointer) bool

//go:noescape
func avx2Adamax64(args unsafe.Pointer) bool

//go:noescape
func avx2NAdam64(args unsafe.Pointer) bool

//go:noescape
func avx2RAdam64(args unsafe.Pointer) bool

//go:noescape
func avx2RAdamEarly64(args unsafe.Pointer) bool

//go:noescape
func avx2Lion64(args unsafe.Pointer) bool

//go:noescape
func avx512SGD64(args unsafe.Pointer) bool

//go:noescape
func avx512Begin64(args unsafe.Pointer) bool

//go:noescape
func avx512Momentum64(args unsafe.Pointer) bool

//go:noescape
func avx512Nesterov64(args unsafe.Pointer) bool

//go:noescape
func avx512Adagrad64(args unsafe.Pointer) bool

//go:noescape
func avx512RMSprop64(args unsafe.Pointer) bool

//go:noescape
func avx512RMSpropMomentum64(args unsafe.Pointer) bool

//go:noescape
func avx512RMSpropCentered64(args unsafe.Pointer) bool

//go:noescape
func avx512RMSpropCenteredMomentum64(args unsafe.Pointer) bool

//go:noescape
func avx512Adadelta64(args unsafe.Pointer) bool

//go:noescape
func avx512Adam64(args unsafe.Pointer) bool

//go:noescape
func avx512AMSGrad64(args unsafe.Pointer) bool

//go:noescape
func avx512Adamax64(args unsafe.Pointer) bool

//go:noescape
func avx512NAdam64(args unsafe.Pointer) bool

//go:noescape
func avx512RAdam64(args unsafe.Pointer) bool

//go:noescape
func avx512RAdamEarly64(args unsafe.Pointer) bool

//go:noescape
func avx512Lion64(args unsafe.Pointer) bool
