.DEFAULT_GOAL := help
.PHONY: help build test check dist golden stories monkey bench bench-peers bench-screen bench-search bench-prune bench-threads bench-tune

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## the program, ./descent
	go build .

test: ## the tests
	go test ./...

check: ## everything that has to hold: tests, format, vet, staticcheck, race, terminal, builds
	.ci/run

dist: ## binaries for other systems, manual pages and completions, in dist/
	tools/dist

golden: ## write the expected screens of every package anew; look at the difference before you keep it
	go test $$(grep -rl --include='*_test.go' 'check\.Golden(' tui | sed 's,^,./,; s,/[^/]*$$,,' | sort -u) -run Golden -update

stories: ## what the presets promise, over three seeds, in float64 and float32; `go test . -run Stories -stories -rewrite` writes the figures anew
	go test . -count=1 -run TestStories -stories -v
	go test . -count=1 -run TestStories -stories -float32 -v

FOR ?= 1h
monkey: ## random keys, mouse, pastes and sizes in the workbench, for an hour or FOR=10m
	go test ./tui -count=1 -timeout 0 -run TestMonkey -monkey $(FOR) -v

bench: ## how fast it is
	go test -run '^$$' -bench . ./...

bench-peers: ## descent beside PyTorch, in turn on the same networks, in both precisions (needs python3-torch; QUICK=1 for a first look)
	tools/bench-peers $(if $(QUICK),--quick)

bench-screen: ## the workbench on a terminal: first frame, keys, steps a second, panes (QUICK=1; OTHER=BINARY compares)
	tools/bench-screen $(if $(QUICK),--quick) $(if $(OTHER),--with $(OTHER))

bench-search: ## samplers of searches beside Optuna's, on test functions and tables of trainings (needs python3-optuna)
	go run -C tools/bench-search . -table testdata/spiral.json.gz -table testdata/digits.json.gz

bench-prune: ## what pruners of searches save and lose: on tables of trainings, then on digits itself
	go run -C tools/bench-search . -study testdata/spiral.json.gz -study testdata/digits.json.gz
	tools/bench-prune

bench-threads: ## the default number of threads beside one, on an idle and on a busy machine
	tools/bench-threads

bench-tune: ## searches beside those of Optuna with PyTorch, trial for trial (needs python3-torch, python3-optuna)
	tools/bench-tune
