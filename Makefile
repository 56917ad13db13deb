# make run starts it, make test tests it; make help lists the rest.

TAGS     := sqlite_fts5
GO       ?= go
SEEDS    ?= 1000
BENCH    ?= .
COUNT    ?= 5
PACKAGES ?= ./...
BIN      := bin/huiying

VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LINT     := $(GO) tool -modfile=tools/go.mod golangci-lint
BENCHSTAT := $(GO) tool -modfile=tools/go.mod benchstat

export CGO_ENABLED := 1

.DEFAULT_GOAL := build
.PHONY: help build run demo test needs lint fmt bench simulate vuln clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

build: ## build bin/huiying
	$(GO) build -tags $(TAGS) -ldflags '-X main.version=$(VERSION)' -o $(BIN) ./cmd/huiying

run: build ## build and start on 127.0.0.1:8080 with the embedded defaults and ./data/
	$(BIN) serve

demo: build ## sample units and people, an emergency, and a clock that runs 720 times as fast
	$(BIN) serve --demo

needs: ## install what tests need beside Go (as root on Debian; else says what is missing)
	@bash tools/needs.sh

test: needs ## all tests, with the race detector and in random order
	$(GO) test -race -shuffle=on -tags $(TAGS) -timeout 30m $(PACKAGES)

lint: ## golangci-lint, with the formatters as checks
	$(LINT) run $(PACKAGES)
	$(LINT) fmt --diff

fmt: ## gofumpt and import groups
	$(LINT) fmt

# Each benchmark runs COUNT times; the table shows the medians.
bench: ## run the benchmarks, print a table of medians (BENCH=regexp, COUNT=n, PACKAGES=…)
	@mkdir -p bin
	$(GO) test -tags $(TAGS) -run '^$$' -bench '$(BENCH)' -benchmem -count $(COUNT) -timeout 2h $(PACKAGES) | tee bin/bench.txt
	@echo; $(BENCHSTAT) bin/bench.txt

simulate: ## the simulated world, SEEDS=10000 seeds; a failing seed replays exactly
	$(GO) test -tags $(TAGS) ./internal/sim -run TestSimulation -seeds $(SEEDS) -timeout 0

vuln: ## known weaknesses of the libraries; fetches its database, so it is no gate
	$(GO) run golang.org/x/vuln/cmd/govulncheck@latest -tags $(TAGS) ./...

clean: ## remove what was built (data/ stays)
	rm -rf bin coverage.out
