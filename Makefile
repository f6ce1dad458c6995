# tcptalk. `make help` lists the targets; `make run` and `make test` set up the machine themselves.

# The case that `make run` tells where there is no display.
FIRST_CASE := basics-hello-7456

# Packages that need cgo, because they link the window's OpenGL driver or libpcap. Everything else builds and is tested without.
CGO_PACKAGES  := tcptalk/cmd/tcptalk-desktop tcptalk/cmd/tcptalk-capture
PURE_PACKAGES  = $(filter-out $(CGO_PACKAGES),$(shell go list -find ./...))

# What `make test` repeats with the race detector: the engine, whose tests take seconds. `make race` takes all but the window.
RACE_PACKAGES  = $(filter $(addprefix tcptalk/internal/,capture% packet% tcp% stream% proto% session%),$(PURE_PACKAGES))

# Tools are pinned, built from source and kept outside the module, so that its go.mod names only what the programs use.
GOLANGCI := v2.15.0
TOOLS    := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/tcptalk/bin
LINTER   := $(TOOLS)/golangci-lint-$(GOLANGCI)

# Go stamps programs with the commit. Where git cannot answer (no git, another user's clone) it would refuse to build.
ifneq ($(shell git rev-parse HEAD >/dev/null 2>&1 && echo ok),ok)
export GOFLAGS += -buildvcs=false
endif

.DEFAULT_GOAL := help
# Where `make install` puts things; DESTDIR stands for / while a package is made.
PREFIX  ?= /usr/local
DESTDIR ?=
export PREFIX DESTDIR

# The group whose members may capture after `make setcap`.
GROUP ?= tcptalk

.PHONY: help run build install uninstall cli desktop capture setcap test race lint fmt fuzz damage bench bench-live bench-ring e2e screenshots record deps

help: ## list the targets
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build and open the window (FILE=x.pcapng opens the file)
	@.make/run.sh $(FIRST_CASE) "$(FILE)"

build: deps cli desktop capture ## build bin/tcptalk, bin/tcptalk-desktop and bin/tcptalk-capture

cli: ## build bin/tcptalk alone: pure Go, needs no C compiler
	CGO_ENABLED=0 go build -o bin/tcptalk ./cmd/tcptalk

desktop:
	@echo "building the window (the first time takes some minutes)"
	CGO_ENABLED=1 go build -o bin/tcptalk-desktop ./cmd/tcptalk-desktop

capture: ## build bin/tcptalk-capture, which captures packets (needs libpcap)
	CGO_ENABLED=1 go build -o bin/tcptalk-capture ./cmd/tcptalk-capture

setcap: ## let the members of a group capture without root (Linux; GROUP=tcptalk, PROGRAM=bin/tcptalk-capture)
	@.make/setcap.sh "$(or $(PROGRAM),bin/tcptalk-capture)" "$(GROUP)"

install: ## install the built programs so that captures open by double click (Linux; PREFIX, DESTDIR)
	@.make/install.sh install bin

uninstall: ## take away what install put there
	@.make/install.sh uninstall bin

test: deps ## run every test and build the programs; needs no display
	@.make/test.sh "$(PURE_PACKAGES)" "$(RACE_PACKAGES)" "$(CGO_PACKAGES)"

race: deps ## run everything below the window with the race detector
	CGO_ENABLED=1 go test -race -shuffle=on $(filter-out tcptalk/internal/ui%,$(PURE_PACKAGES))

lint: deps $(LINTER) ## run the pinned linters
	CGO_ENABLED=1 $(LINTER) run ./...

fmt: $(LINTER) ## format the sources as the linter wants them
	$(LINTER) fmt ./...

fuzz: ## run every fuzz target for FUZZTIME (30s)
	@.make/fuzz.sh

damage: ## read every capture of a folder, damaged in 400 ways (CAPTURES=folder)
	TCPTALK_DAMAGE="$(abspath $(CAPTURES))" CGO_ENABLED=0 go test -count=1 -timeout=4h -run='^TestDamageEverywhere$$' ./internal/cli

bench: ## run every benchmark (BENCH=regexp chooses)
	CGO_ENABLED=0 go test -run='^$$' -bench='$(or $(BENCH),.)' -benchmem $(PURE_PACKAGES)

bench-live: ## capture 150 000 packets a second for a minute, beside dumpcap and tcpdump, and follow a busy connection (Linux, root; SECONDS=60)
	TCPTALK_LOAD=$(or $(SECONDS),60) CGO_ENABLED=0 go test -count=1 -v -timeout=30m -run='^TestLoad(Fed)?$$' -p 1 ./internal/capture/live ./internal/app

bench-ring: ## capture mixed traffic in a ring of files for half an hour, and see that nothing grows (Linux, root; SECONDS=1800, RATE=segments a second)
	TCPTALK_RING=$(or $(SECONDS),1800) TCPTALK_RATE=$(RATE) CGO_ENABLED=0 go test -count=1 -v -timeout=2h -run='^TestRingLoad$$' ./internal/app

e2e: ## click through the real window on a display in memory
	@.make/deps.sh build e2e
	@$(MAKE) --no-print-directory cli desktop capture
	@.make/e2e.sh

screenshots: cli desktop ## take pictures of every page of today's window, for the README (Linux)
	@.make/deps.sh build e2e
	@.make/screenshots.sh bin/tcptalk-desktop testdata/screens

record: capture ## record bundled cases again, as root (CASE=names, ARGS=--list, --replace, ...; into recordings/)
	CGO_ENABLED=0 go build -o bin/tcptalk-record ./cmd/tcptalk-record
	bin/tcptalk-record $(ARGS) $(CASE)

deps: ## find and install what building needs (asks nothing, sudo only if not root)
	@.make/deps.sh build

$(LINTER):
	@echo "building golangci-lint $(GOLANGCI) (once, some minutes)"
	@mkdir -p $(TOOLS)
	GOBIN=$(TOOLS) GOFLAGS= CGO_ENABLED=0 go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI)
	@mv $(TOOLS)/golangci-lint $@
