package update

import "unsafe"

// narrow are the passes with AVX2, of float32 and of float64.
var narrow = [rules][2]func(unsafe.Pointer) bool{
	sgd:                     {avx2SGD32, avx2SGD64},
	begin:                   {avx2Begin32, avx2Begin64},
	momentum:                {avx2Momentum32, avx2Momentum64},
	nesterov:                {avx2Nesterov32, avx2Nesterov64},
	adagrad:                 {avx2Adagrad32, avx2Adagrad64},
	rmsprop:                 {avx2RMSprop32, avx2RMSprop64},
	rmspropMomentum:         {avx2RMSpropMomentum32, avx2RMSpropMomentum64},
	rmspropCentered:         {avx2RMSpropCentered32, avx2RMSpropCentered64},
	rmspropCenteredMomentum: {avx2RMSpropCenteredMomentum32, avx2RMSpropCenteredMomentum64},
	adadelta:                {avx2Adadelta32, avx2Adadelta64},
	adam:                    {avx2Adam32, avx2Adam64},
	amsgrad:                 {avx2AMSGrad32, avx2AMSGrad64},
	adamax:                  {avx2Adamax32, avx2Adamax64},
	nadam:                   {avx2NAdam32, avx2NAdam64},
	radam:                   {avx2RAdam32, avx2RAdam64},
	radamEarly:              {avx2RAdamEarly32, avx2RAdamEarly64},
	lion:                    {avx2Lion32, avx2Lion64},
}

// wide are those with AVX-512.
var wide = [rules][2]func(unsafe.Pointer) bool{
	sgd:                     {avx512SGD32, avx512SGD64},
	begin:                   {avx512Begin32, avx512Begin64},
	momentum:                {avx512Momentum32, avx512Momentum64},
	nesterov:                {avx512Nesterov32, avx512Nesterov64},
	adagrad:                 {avx512Adagrad32, avx512Adagrad64},
	rmsprop:                 {avx512RMSprop32, avx512RMSprop64},
	rmspropMomentum:         {avx512RMSpropMomentum32, avx512RMSpropMomentum64},
	rmspropCentered:         {avx512RMSpropCentered32, avx512RMSpropCentered64},
	rmspropCenteredMomentum: {avx512RMSpropCenteredMomentum32, avx512RMSpropCenteredMomentum64},
	adadelta:                {avx512Adadelta32, avx512Adadelta64},
	adam:                    {avx512Adam32, avx512Adam64},
	amsgrad:                 {avx512AMSGrad32, avx512AMSGrad64},
	adamax:                  {avx512Adamax32, avx512Adamax64},
	nadam:                   {avx512NAdam32, avx512NAdam64},
	radam:                   {avx512RAdam32, avx512RAdam64},
	radamEarly:              {avx512RAdamEarly32, avx512RAdamEarly64},
	lion:                    {avx512Lion32, avx512Lion64},
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

//go:noescape
func avx2SGD32(args unsafe.Pointer) bool

//go:noescape
func avx2Begin32(args unsafe.Pointer) bool

//go:noescape
func avx2Momentum32(args unsafe.Pointer) bool

//go:noescape
func avx2Nesterov32(args unsafe.Pointer) bool

//go:noescape
func avx2Adagrad32(args unsafe.Pointer) bool

//go:noescape
func avx2RMSprop32(args unsafe.Pointer) bool

//go:noescape
func avx2RMSpropMomentum32(args unsafe.Pointer) bool

//go:noescape
func avx2RMSpropCentered32(args unsafe.Pointer) bool

//go:noescape
func avx2RMSpropCenteredMomentum32(args unsafe.Pointer) bool

//go:noescape
func avx2Adadelta32(args unsafe.Pointer) bool

//go:noescape
func avx2Adam32(args unsafe.Pointer) bool

//go:noescape
func avx2AMSGrad32(args unsafe.Pointer) bool

//go:noescape
func avx2Adamax32(args unsafe.Pointer) bool

//go:noescape
func avx2NAdam32(args unsafe.Pointer) bool

//go:noescape
func avx2RAdam32(args unsafe.Pointer) bool

//go:noescape
func avx2RAdamEarly32(args unsafe.Pointer) bool

//go:noescape
func avx2Lion32(args unsafe.Pointer) bool

//go:noescape
func avx512SGD32(args unsafe.Pointer) bool

//go:noescape
func avx512Begin32(args unsafe.Pointer) bool

//go:noescape
func avx512Momentum32(args unsafe.Pointer) bool

//go:noescape
func avx512Nesterov32(args unsafe.Pointer) bool

//go:noescape
func avx512Adagrad32(args unsafe.Pointer) bool

//go:noescape
func avx512RMSprop32(args unsafe.Pointer) bool

//go:noescape
func avx512RMSpropMomentum32(args unsafe.Pointer) bool

//go:noescape
func avx512RMSpropCentered32(args unsafe.Pointer) bool

//go:noescape
func avx512RMSpropCenteredMomentum32(args unsafe.Pointer) bool

//go:noescape
func avx512Adadelta32(args unsafe.Pointer) bool

//go:noescape
func avx512Adam32(args unsafe.Pointer) bool

//go:noescape
func avx512AMSGrad32(args unsafe.Pointer) bool

//go:noescape
func avx512Adamax32(args unsafe.Pointer) bool

//go:noescape
func avx512NAdam32(args unsafe.Pointer) bool

//go:noescape
func avx512RAdam32(args unsafe.Pointer) bool

//go:noescape
func avx512RAdamEarly32(args unsafe.Pointer) bool

//go:noescape
func avx512Lion32(args unsafe.Pointer) bool
