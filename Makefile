# `make` alone lists what there is. Everything lives in .venv (Python packages), var (data) and .cache (tools): remove them to start afresh.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --progress-bar off
# The pip that came with Python may be years old, and then takes three times as long.
PIP_VERSION := 26.3
RUN_READY := $(VENV)/run.stamp
TEST_READY := $(VENV)/test.stamp
LOCK := $(BIN)/pip-compile --quiet $(if $(UPGRADE),--upgrade) --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --strip-extras --no-header
JOBS ?= 2
ROUNDS ?= 100

# What Python compiled is kept, whatever the environment says: the tests start it a hundred times.
unexport PYTHONDONTWRITEBYTECODE

# Checks read the settings, and settings make secrets: theirs go to .cache, not to your var.
CHECK_DATA := .cache/check
AS_SERVED := PUBLIC_ORIGIN=https://login.example.org AUTHENTICATOR_ORIGIN=https://auth.example.org EMAIL_URL=smtp+tls://mail.example.org:587 \
	SECRET_KEY=only-for-this-check-never-for-a-server-0123456789

# Google's SDK, where Firebase is set up. Without it the page goes on with Web Push, so it is made before the start.
WITH_FIREBASE := $(if $(value FCM_WEB_CONFIG)$(value FCM_WEB_CONFIG_FILE),firebase)
FIREBASE_BUNDLE := static/authenticator/vendor/firebase.js

# npm and Node.js come with the tests, from pip, so that they are the same on each machine; where the tests have not been, `make run` takes the system's.
# What is set for every npm of this machine (a mirror, certificates) holds for ours as well.
NPM_OF_ALL := $(firstword $(wildcard /usr/etc/npmrc /usr/local/etc/npmrc /etc/npmrc))
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH" $(if $(NPM_OF_ALL),NPM_CONFIG_GLOBALCONFIG=$(NPM_OF_ALL))
# All that comes from npm, or only what the bundle is made with.
NPM_RUN_READY := node_modules/run.stamp
NPM_TEST_READY := node_modules/test.stamp

.PHONY: help firebase run test quick quick-tests check format e2e e2e-busy e2e-full bench schema diagram fuzz race coverage schema-check diagram-check lock admin messages screenshots lint types arrows migrations deploy-check templates web web-types web-lint web-unit unit unit-services browser secrets

help:  ## What can be done here
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(RUN_READY) $(WITH_FIREBASE)  ## Start Nod on http://localhost:8000 (Ctrl-C stops it)
	@exec $(BIN)/python manage.py serve

firebase: $(FIREBASE_BUNDLE)  ## Bundle the SDK of Firebase Cloud Messaging (only where Firebase is set up)

$(FIREBASE_BUNDLE): package-lock.json authenticator/push/firebase_sdk.js | $(NPM_RUN_READY)
	@echo "Bundling the SDK of Firebase Cloud Messaging (once)."
	@$(WITH_NODE) npm run --silent firebase
	@touch $@

admin: $(RUN_READY)  ## Make the first administrator; prints a link to enrol a strong factor
	@exec $(BIN)/python manage.py make_admin

test: check unit unit-services e2e  ## Everything that must hold: checks, tests on both kinds of database, browser tests

# The slowest first, the others beside it; each one's output in one piece, and all that is wrong at once.
CHECKS := types migrations deploy-check schema-check diagram-check arrows web-unit web-lint web-types templates lint

# The types first, because they take longest; the others beside them.
quick: $(TEST_READY)  ## What a developer runs each minute: style, types, arrows, tests without a database or a server
	@$(MAKE) --keep-going --jobs=$(JOBS) $(if $(filter output-sync,$(.FEATURES)),--output-sync) types quick-tests arrows web-unit web-lint templates lint

quick-tests: $(TEST_READY)
	@mkdir -p .cache
	@$(BIN)/pytest --quick -q -n $(JOBS)

check: $(TEST_READY) $(NPM_TEST_READY)  ## Style, types, import contracts, migrations, settings; the same for JavaScript, and its unit tests
	@$(MAKE) --keep-going --jobs=$(JOBS) $(if $(filter output-sync,$(.FEATURES)),--output-sync) $(CHECKS)

format: $(TEST_READY)  ## Put the Python code into shape
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

schema: $(TEST_READY)  ## Write docs/openapi.yaml again
	@DATA_DIR=$(CHECK_DATA) $(BIN)/python manage.py openapi > $(CHECK_DATA).yaml && mv $(CHECK_DATA).yaml docs/openapi.yaml

diagram: $(TEST_READY)  ## Write docs/database.md again
	@DATA_DIR=$(CHECK_DATA) $(BIN)/python manage.py database_diagram > $(CHECK_DATA).md && mv $(CHECK_DATA).md docs/database.md

fuzz: $(TEST_READY)  ## Call every operation of the API a thousand times with what a client might send
	NOD_FUZZ=1000 $(BIN)/pytest accounts/tests/test_api_schema.py -n $(JOBS)

race: $(TEST_READY)  ## Run each race ROUNDS times, fifty at once, on PostgreSQL and Valkey
	NOD_TEST_SERVICES=1 NOD_RACES=$(ROUNDS) NOD_RACERS=50 $(BIN)/pytest -m races -n $(JOBS) -q

coverage: $(TEST_READY)  ## Which lines no test runs, on either kind of database
	@mkdir -p .cache
	$(BIN)/pytest -n $(JOBS) --cov --cov-report=
	NOD_TEST_SERVICES=1 $(BIN)/pytest -n $(JOBS) --cov --cov-append --cov-report=term

bench: $(TEST_READY)  ## Measure speed, memory and page sizes
	@$(BIN)/python -m bench

# Developers only. The compiled files are in the tree, so nobody else needs GNU gettext. The header's dates go: they would change with each run.
NOT_OURS := $(addprefix --ignore ,.venv .cache var bench e2e tests node_modules)
CATALOGUES := mfaproject/locale/*/LC_MESSAGES/django.po

messages: $(RUN_READY)  ## Collect the texts for translators and compile what they wrote (needs GNU gettext)
	@command -v msgmerge >/dev/null || { echo "This needs GNU gettext. On Debian: apt-get install gettext" >&2; exit 1; }
	@DATA_DIR=$(CHECK_DATA) $(BIN)/python manage.py makemessages --all --add-location file --no-wrap --no-obsolete $(NOT_OURS)
	@for file in $(CATALOGUES); do \
		sed -e '/^"POT-Creation-Date:/d' -e '/^"Report-Msgid-Bugs-To:/d' $$file > $$file.new && mv $$file.new $$file; \
	done
	@DATA_DIR=$(CHECK_DATA) $(BIN)/python manage.py compilemessages $(NOT_OURS)

screenshots: browser  ## Take the pictures of docs/screenshots again
	@$(BIN)/python -m e2e.screenshots

# With the oldest Python, because some packages are needed there only; the newer ones then just have them too.
lock: $(TEST_READY)  ## Choose versions again: requirements*.in -> requirements*.txt (UPGRADE=1 for newer ones)
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Lock with Python 3.11: rm -r $(VENV); make lock PYTHON=python3.11" >&2; exit 1; }
	@$(LOCK) --output-file requirements.txt requirements.in
	@$(LOCK) --output-file requirements-dev.txt requirements-dev.in
	@$(LOCK) --output-file requirements-twilio.txt requirements-twilio.in
	@$(LOCK) --output-file requirements-risk.txt requirements-risk.in

# What `check` and `test` are made of

lint: $(TEST_READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --check . ; echo "Run: make format"; exit 1; }

# One kind of file at a time.
templates: $(TEST_READY)  ## How templates are written: one branch a line, lines that can be read
	@$(BIN)/djlint templates mfa --lint --quiet --extension html
	@$(BIN)/djlint templates mfa --lint --quiet --extension txt

types: $(TEST_READY)
	@DATA_DIR=$(CHECK_DATA) $(BIN)/mypy

arrows: $(TEST_READY)
	@$(BIN)/lint-imports --cache-dir .cache/import-linter

# Django's own checks run before it looks for migrations.
migrations: $(TEST_READY)
	@DATA_DIR=$(CHECK_DATA) $(BIN)/python manage.py makemigrations --check --dry-run

schema-check: $(TEST_READY)
	@DATA_DIR=$(CHECK_DATA) $(BIN)/python manage.py openapi | cmp -s - docs/openapi.yaml || { echo "docs/openapi.yaml is not what the code says. Run: make schema"; exit 1; }

diagram-check: $(TEST_READY)
	@DATA_DIR=$(CHECK_DATA) $(BIN)/python manage.py database_diagram | cmp -s - docs/database.md || { echo "docs/database.md is not what the models say. Run: make diagram"; exit 1; }

deploy-check: $(TEST_READY)
	@env $(AS_SERVED) DATA_DIR=$(CHECK_DATA) $(BIN)/python manage.py check --deploy --fail-level WARNING

# JavaScript is served as it is; this only looks at it.
web: web-types web-lint web-unit  ## Types, style and unit tests of JavaScript alone

# One by one: `tsc --build` overlooks a change in what the worker only imports.
web-types: web-types-pages web-types-worker web-types-tests

web-types-%: $(NPM_TEST_READY)
	@$(WITH_NODE) node_modules/.bin/tsc --project tsconfig.$*.json

web-lint: $(NPM_TEST_READY)
	@$(WITH_NODE) npm run --silent lint

web-unit: $(NPM_TEST_READY)
	@$(WITH_NODE) npm test --silent

unit: $(TEST_READY)  ## Unit and journey tests as `make run` runs: SQLite, nothing else
	@mkdir -p .cache
	$(BIN)/pytest -n $(JOBS)

unit-services: $(TEST_READY)  ## The same tests on PostgreSQL and Valkey
	@mkdir -p .cache
	NOD_TEST_SERVICES=1 $(BIN)/pytest -n $(JOBS)

e2e: browser $(NPM_TEST_READY) firebase  ## Browser tests in Chromium and Firefox, and clients generated from the OpenAPI document
	$(BIN)/pytest e2e -m "not full" -n $(JOBS) --dist loadgroup --durations=20

e2e-busy: browser $(NPM_TEST_READY) firebase  ## `make e2e` five times in a row (TIMES=5), while other work keeps every core busy
	@$(BIN)/python -m e2e.busy $(or $(TIMES),5) $(MAKE) e2e

e2e-full: $(TEST_READY)  ## What `make test` leaves out because few machines have what it takes: PgBouncer, nginx, Caddy, HAProxy
	@$(BIN)/python -m e2e.ensure_full
	$(BIN)/pytest e2e/full

browser: $(TEST_READY)
	@$(BIN)/python -m e2e.ensure_browser

# Files for docker-compose.yml. The folder keeps others out; the files are readable, because the user inside a container is somebody else.
NEW_SECRET := head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'

secrets:
	@mkdir -m 700 -p secrets
	@for name in secret_key database_password; do [ -s secrets/$$name ] || $(NEW_SECRET) > secrets/$$name; done
	@[ -s secrets/database_url ] || printf 'postgres://nod:%s@postgres/nod' "$$(cat secrets/database_password)" > secrets/database_url
	@[ -e secrets/email_url ] || : > secrets/email_url
	@[ -s secrets/email_url ] || echo "Now write your mail server into secrets/email_url, such as smtp+tls://user:password@mail.example.org:587"

# The environment. A stamp says that the lock file in front of us is installed, so a warm start asks nobody.

$(RUN_READY): requirements.txt $(BIN)/python
	@echo "Installing what Nod needs into $(VENV) (once)."
	@$(PIP) -r requirements.txt
	@touch $@

# In one go, and compiled on all cores.
$(TEST_READY): requirements.txt requirements-dev.txt $(BIN)/python
	@echo "Installing what Nod and its tests need into $(VENV) (once)."
	@$(PIP) --no-compile -r requirements.txt -r requirements-dev.txt
	@$(BIN)/python -m compileall -qq --workers 0 $(VENV)/lib || true # templates of other people's code need not compile
	@touch $(RUN_READY) $@

# What npm has installed is not in the way of what it installs now: `npm ci` begins with an empty folder.
$(NPM_RUN_READY): package.json package-lock.json
	@command -v npm >/dev/null || [ -e $(BIN)/npm ] || { echo "Firebase is set up, and its SDK is bundled with npm, once. On Debian: apt-get install npm" >&2; exit 1; }
	@$(WITH_NODE) npm ci --loglevel=error --omit=dev >/dev/null
	@touch $@

$(NPM_TEST_READY): package.json package-lock.json $(TEST_READY)
	@echo "Installing what checks and tests JavaScript into node_modules (once)."
	@$(WITH_NODE) npm ci --loglevel=error >/dev/null
	@touch $(NPM_RUN_READY) $@

# Takes $(PYTHON) if given, else the first of these that fits. Debian's python3 comes without venv: then it says which package brings it.
$(BIN)/python:
	@fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'; \
	for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
		if "$$python" -c "$$fits" >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "Nod needs Python 3.11, 3.12 or 3.13. On Debian 12 or newer: apt-get install python3 python3-venv" >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
		echo "$$found has no venv module. On Debian: apt-get install $$("$$found" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" >&2; exit 1; \
	fi; \
	"$$found" -m venv --clear $(VENV)
	@$(BIN)/python -c 'import pip, sys; sys.exit(int(pip.__version__.split(".")[0]) < 26)' || $(PIP) pip==$(PIP_VERSION) || true # the old one does it too
