.PHONY: build test check golden bench bench-peers

build: ## the program, ./descent
	go build .

test: ## the tests
	go test ./...

check: ## everything that has to hold: tests, format, vet, staticcheck, race, terminal, builds
	.ci/run

golden: ## draw the expected screens anew; look at the difference before you keep it
	go test ./tui -run Golden -update

bench: ## how fast it is
	go test -run '^$$' -bench . ./...

bench-peers: ## descent beside PyTorch, in turn on the same networks (needs python3-torch)
	tools/bench-peers
