# The front door: what a person or a machine does with this tree. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:

DESTDIR ?=
PREFIX ?= /usr
MINUTES ?= 1
SEEDS ?=
RUNS ?=
FAULTS ?=
N ?= 1000000
MACHINE ?=
ONCE ?=
STORY ?=
SECONDS ?= 60
TARGET ?=
ONLY ?=
KILLS ?= 500
LONG ?=
# More for `swift test`.
BUILT ?=

BENCH ?=

STRICT := -Xswiftc -warnings-as-errors
STAGE := .ci/stage
# A process with a thousand connections open is none that libmodbus can work in.
SLOW := SystemTests|AbuseReaderTests|EnergyMeterTests|RoomDevicesTests
# Where the system looks for configuration, whatever PREFIX is.
SYSCONF := /etc
share := $(DESTDIR)$(PREFIX)/share/worker-station
lib := $(DESTDIR)$(PREFIX)/lib
daemons := stationd managementd
fleetsim := .build-install/release/fleetsim
programs := $(daemons) stationctl stationboard
units := $(daemons) stationboard
references := $(patsubst Sources/bench/reference/%.c,.build/reference/%,$(wildcard Sources/bench/reference/*.c))
# Shell scripts are known by their first line.
scripts = $$(grep -rlE --exclude-dir=.git --exclude-dir='.build*' -m1 '^\#!.*[/ ](ba)?sh$$' . )

.PHONY: help demo build-gpiod2 build unit check test lint bench contract attack soak test-hardware test-gpiod2 test-debian13 \
  simulate mutations sequences fuzz sanitize coverage release install install-files clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## broker, service and three stations to play with; ONCE=1 tells the story, STORY=door a chapter
	@.ci/install-packages build run
	echo "demo: building; the first time takes minutes"
	for program in demo $(daemons) stationboard; do swift build --product "$$program" </dev/null; done
	exec .build/debug/demo $(if $(STORY),--story $(STORY),$(if $(filter-out 0,$(ONCE)),--once))

build: ## everything, for debugging
	@.ci/install-packages build
	swift build

unit: ## the fast tests: all but those of whole systems, of hardware, of meters, and a minute of noise
	@$(if $(findstring --skip-build,$(BUILT)),,swift build --build-tests)
	.ci/unit 'HardwareTests|AttackTests|$(SLOW)'

check: ## what to run before each commit: lint, build, the fast tests
	@$(MAKE) --no-print-directory lint
	swift build --build-tests $(STRICT)
	$(MAKE) --no-print-directory unit "BUILT=--skip-build $(STRICT)"

# What downloads runs beside what computes, and builds run beside what keeps one core busy. Nothing
# runs beside tests that take time into account, but for the two virtual machines, each of which
# emulates one processor on one of two cores.
test: ## all that CI runs: packages, lint, build, tests, simulator; prints what each stage took
	@rm -rf .build/stages
	trap '$(STAGE) --end' EXIT
	$(STAGE) packages .ci/install-packages build run test
	$(STAGE) --beside root13 .ci/debian13 .ci/install-packages build run test
	$(STAGE) meter .ci/meter --install
	$(STAGE) lint $(MAKE) --no-print-directory lint
	$(STAGE) build swift build --build-tests $(STRICT)
	$(STAGE) fuzz .ci/fuzz --seconds 8 --jobs 2 --or-replay
	$(STAGE) --await root13
	$(STAGE) --beside debian13 .ci/debian13 --build
	$(STAGE) --beside gpiod2-build $(MAKE) --no-print-directory build-gpiod2
	$(STAGE) release $(MAKE) --no-print-directory release programs="fleetsim stationd"
	$(STAGE) simulate $(MAKE) --no-print-directory simulate SEEDS=1-200
	$(STAGE) fresh $(MAKE) --no-print-directory simulate RUNS=200
	$(STAGE) mutations $(MAKE) --no-print-directory mutations
	$(STAGE) sequences $(MAKE) --no-print-directory sequences N=20000
	$(STAGE) contract .ci/contract
	$(STAGE) --await gpiod2-build
	$(STAGE) --await debian13
	$(STAGE) unit $(MAKE) --no-print-directory unit BUILT='--skip-build $(STRICT)'
	$(STAGE) system swift test --skip-build --disable-xctest --filter '$(SLOW)' $(STRICT)
	$(STAGE) attack $(MAKE) --no-print-directory attack BUILT='--skip-build $(STRICT)'
	$(STAGE) --along gpiod2 Tests/Hardware/run --gpiod2
	$(STAGE) hardware $(MAKE) --no-print-directory test-hardware
	$(STAGE) --await gpiod2
	$(STAGE) --summary

attack: ## what an attacker tries, against whole processes as they are shipped; LONG=1 tries it longer
	@ATTACK_LONG=$(LONG) swift test --disable-xctest --filter AttackTests $(BUILT)

soak: ## daemons killed in exchanges, on bad lines, and while certificates change: KILLS=500
	@.ci/install-packages build run test
	swift build --build-tests $(STRICT)
	export EXCHANGE_KILLS=$(KILLS) SYSTEM_KILLS=$(KILLS) CERTIFICATE_CHANGES=$(KILLS)
	exec swift test --skip-build --disable-xctest --no-parallel \
	  --filter 'ExchangeKillTests|/kills|CertificateStormTests' $(STRICT)

test-hardware: ## real GPIO and input devices, in a virtual machine (Debian 12): ONLY=SuiteName
	@.ci/install-packages build run test hardware
	swift build --build-tests $(STRICT)
	$(MAKE) --no-print-directory release programs=stationd
	exec Tests/Hardware/run $(ONLY)

test-gpiod2: build-gpiod2 ## the same with Debian 13's libgpiod 2, debounce in the kernel: ONLY=SuiteName
	@exec Tests/Hardware/run --gpiod2 $(ONLY)

build-gpiod2:
	@.ci/install-packages build run test hardware
	export PKG_CONFIG_PATH=$$(.ci/gpiod2) WORKER_STATION_HARDWARE=1
	swift build --build-tests --scratch-path .build-gpiod2 $(STRICT)

lint: ## swift format, and shellcheck on every script
	@swift format lint --strict --recursive --parallel Sources Tests Package.swift
	shellcheck $(scripts)
	echo "lint: clean"

bench: ## figures beside their floors and peers; BENCH="--strict door", BENCH=--help
	@.ci/install-packages build run test bench
	$(MAKE) --no-print-directory release programs="$(daemons) bench emptystation"
	$(MAKE) --no-print-directory $(references)
	exec .build-install/release/bench $(BENCH)

# What figures are held against: plain C, by the system's compiler.
$(references): .build/reference/%: Sources/bench/reference/%.c
	@mkdir -p $(@D)
	cc -std=gnu11 -O2 -Wall -Wextra -Werror -pthread -o $@ $< -Wl,--as-needed \
	  $$(pkg-config --cflags --libs libsodium libmosquitto sqlite3)

test-debian13: ## everything built and the fast tests run under Debian 13, in a root of its own
	@.ci/debian13

contract: ## a running service held against openapi.yaml by schemathesis: SEED=1 EXAMPLES=200
	@swift build --product managementd
	swift build --product stationctl
	exec .ci/contract

simulate: ## a fleet in virtual time: MINUTES=1, or SEEDS=1-20, or RUNS=200 fresh ones; FAULTS=list
	@$(MAKE) --no-print-directory release programs=fleetsim
	exec $(fleetsim) $(if $(FAULTS),--faults $(FAULTS)) \
	  $(if $(SEEDS),--seeds $(SEEDS),$(if $(RUNS),--runs $(RUNS),--minutes $(MINUTES)))

mutations: ## the simulator finds each planted bug within a few seeds, and says how
	@$(MAKE) --no-print-directory release programs=fleetsim
	while read -r name finding _; do
	  code=0
	  $(fleetsim) --mutation "$$name" --seeds 1..6 --days 1 >.build/mutation.log 2>&1 || code=$$?
	  grep -aE "^seed [0-9]+: $$finding" .build/mutation.log >.build/mutation.found || true
	  if [[ ! $$code =~ ^[123]$$ || ! -s .build/mutation.found ]]; then
	    echo "mutations: $$name is not found ($$finding) under the seeds 1 to 6"
	    exit 1
	  fi
	  echo "$$name: $$(sed -n 1p .build/mutation.found)"
	done < <($(fleetsim) --mutations)
	echo "mutations: each is found"

sequences: ## each machine of the core under random events: N=1000000 MACHINE=door
	@$(MAKE) --no-print-directory release programs=fleetsim
	exec $(fleetsim) --sequences $(N) $(if $(MACHINE),--machine $(MACHINE))

fuzz: ## libFuzzer on every decoder: SECONDS=60 for each, TARGET=name for one
	@.ci/fuzz --seconds $(SECONDS) $(TARGET)

sanitize: ## the fast tests under the thread sanitizer, then under the address sanitizer
	@.ci/sanitize

coverage: ## lines and regions reached by the fast tests, a line a file: ONLY=StationCoreTests
	@.ci/coverage $(ONLY)

# A resident megabyte less for each process: relocations are packed (DT_RELR, glibc 2.36) instead of
# lying in 24-byte entries that the dynamic linker reads once, and no symbol is offered to a library,
# as none asks for one. Of the linkers of Debian 12 and 13 GNU ld can do both; gold cannot.
compact := -Xswiftc -use-ld=bfd -Xlinker -z -Xlinker pack-relative-relocs -Xlinker --no-export-dynamic

release: ## the installed programs, optimised, with Swift's runtime inside
	@for program in $(programs); do
	  swift build -c release --static-swift-stdlib --scratch-path .build-install \
	    $(compact) --product "$$program"
	done

install: release install-files ## programs and files below DESTDIR, PREFIX=/usr
	@install -d "$(DESTDIR)$(PREFIX)/bin"
	for program in $(programs); do
	  install -m 755 -s ".build-install/release/$$program" "$(DESTDIR)$(PREFIX)/bin/$$program"
	done

install-files: ## all that install installs but the programs: builds nothing
	@install -d "$(share)"/{web,screen,board,texts,boards,machines,scanners,mosquitto,nginx,examples}
	install -d "$(lib)"/{systemd/system,sysusers.d,tmpfiles.d,modules-load.d,udev/rules.d}
	cp -r --no-preserve=ownership Sources/ManagementShell/Web/. "$(share)/web/"
	cp -r --no-preserve=ownership Sources/StationShell/Screen/. "$(share)/screen/"
	cp -r --no-preserve=ownership Sources/SimulatedBoard/Page/. "$(share)/board/"
	for text in Sources/Texts/*.json; do
	  if [[ -e $$text ]]; then install -m 644 "$$text" "$(share)/texts/"; fi
	done
	find "$(share)" -name '.*' -type f -delete
	find "$(share)" -type f -exec chmod 644 {} +
	install -m 644 firmware-config/boards/* "$(share)/boards/"
	install -m 644 firmware-config/scanners/* "$(share)/scanners/"
	install -m 644 firmware-config/machines/* "$(share)/machines/"
	install -m 644 firmware-config/mosquitto/* "$(share)/mosquitto/"
	install -m 644 firmware-config/nginx/* "$(share)/nginx/"
	for example in firmware-config/*.example; do
	  if [[ -e $$example ]]; then install -m 644 "$$example" "$(share)/examples/"; fi
	done
	for unit in $(units); do
	  sed -e 's#/usr/bin/#$(PREFIX)/bin/#' -e 's#/usr/share/#$(PREFIX)/share/#' \
	    "systemd/$$unit.service" >"$(lib)/systemd/system/$$unit.service"
	  chmod 644 "$(lib)/systemd/system/$$unit.service"
	done
	install -m 644 systemd/worker-station-broker.{path,service} "$(lib)/systemd/system/"
	install -m 644 systemd/worker-station.sysusers.conf "$(lib)/sysusers.d/worker-station.conf"
	install -m 644 systemd/worker-station.tmpfiles.conf "$(lib)/tmpfiles.d/worker-station.conf"
	install -m 644 systemd/worker-station.modules.conf "$(lib)/modules-load.d/worker-station.conf"
	install -m 644 firmware-config/udev/60-worker-station.rules "$(lib)/udev/rules.d/"

clean: ## away with everything built
	@rm -rf .build .build-install .build-coverage .build-fuzz .build-tsan .build-asan .build-gpiod2
