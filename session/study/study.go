// Package study is a hyperparameter search as a folder: what is searched, the trials
// with their claims, reports and results, and the decisions taken meanwhile. Every file
// has one writer and is complete as soon as it has its name, so that any number of
// processes on any number of machines can work on one study without a lock. It trains
// nothing.
package study
