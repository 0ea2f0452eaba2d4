# Dos órdenes: `make book` construye el libro, `make test` pasa las pruebas. Cada una prepara lo que necesita.

PYTHON  ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11 python,$(shell $(p) -c 'import sys; sys.version_info >= (3, 11) and print("$(p)")' 2>/dev/null)))
PY      := .venv/bin/python
READY   := .venv/.listo
SITE    := _build/html
BUILT   := $(SITE)/.listo
FIND    := find book labcode _config.yml _toc.yml -type f -not -path '*/__pycache__/*' -not -path '*/.ipynb_checkpoints/*' -not -name '*.labcode-tmp'
INPUTS  := $(shell $(FIND) 2>/dev/null)
COMMIT  := $(wildcard .git/logs/HEAD)
BENCH   := $(wildcard benchmarks/*.py)

export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# Las pruebas y los cuadernos usan redes pequeñas: dos hilos que se esperan rinden menos que uno, y con la máquina
# ocupada, diez veces menos.
book test faults: export OMP_NUM_THREADS := 1

.PHONY: help book test faults bench clean browser FORCE
.DELETE_ON_ERROR:

help: ## esta ayuda
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

book: $(BUILT) ## construye el libro en _build/html/ y dice qué resultados faltan
	@echo "El libro: file://$(CURDIR)/$(SITE)/index.html ($$(cat $(BUILT)))"
	@$(PY) -m labcode status --missing

test: $(READY) $(BUILT) browser ## pasa todas las pruebas (también en el navegador)
	@$(PY) -m pytest -n auto --dist worksteal

faults: $(READY) $(BUILT) browser ## las pruebas de fallas, en su versión larga
	@LABCODE_FAULTS=long $(PY) -m pytest -n auto --dist worksteal -m fault

ifneq ($(BENCH),)
bench: $(READY) $(BUILT) browser ## mide la velocidad junto al bucle habitual de los tutoriales
	@for script in $(BENCH); do echo "$$script"; $(PY) $$script || exit 1; done
endif

clean: ## borra lo construido (no el entorno ni los resultados)
	rm -rf _build .pytest_cache .hypothesis

browser: $(READY)
	@$(PY) tests/browser/chromium.py

# El entorno: se rehace solo si cambian los requisitos.
$(READY): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Hace falta Python 3.11 o posterior (con venv). Si está en otro lugar: make PYTHON=/ruta/a/python3"; exit 1; }
	@test ! -x $(PY) || $(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "El entorno de .venv/ es de un Python anterior a 3.11: bórrenlo (rm -rf .venv) y repitan la orden."; exit 1; }
	@test -x $(PY) || { echo "Preparo el entorno en .venv/ con $(PYTHON) (la primera vez son varios minutos)…"; \
	  $(PYTHON) -m venv .venv || { echo "No se pudo crear .venv/. En Debian o Ubuntu falta el paquete python3-venv."; exit 1; }; }
	@$(PY) -m pip install --quiet -r requirements.txt
	@$(PY) -m pip install --quiet --no-deps --editable .
	@touch $@

# El libro: se rehace entero si cambia, aparece o desaparece cualquier cosa de la que sale.
$(BUILT): $(READY) $(INPUTS) $(COMMIT) _build/fuentes.txt
	@rm -rf $(SITE) _build/.doctrees _build/jupyter_execute
	@echo "Construyo el libro: ejecuta todos los cuadernos, tarda unos minutos…"
	@start=$$(date +%s); \
	jupyter-book build book --config _config.yml --toc "$(CURDIR)/_toc.yml" --path-output . -W --keep-going --all -q \
	  > _build/construccion.log 2>&1 \
	  || { cat _build/construccion.log; echo "El libro no se construyó: lo de arriba dice por qué (también en _build/construccion.log)."; exit 1; }; \
	echo "construido en $$(($$(date +%s) - start)) s" > $@

_build/fuentes.txt: FORCE
	@mkdir -p _build
	@$(FIND) | LC_ALL=C sort > $@.nuevo
	@cmp -s $@.nuevo $@ && rm $@.nuevo || mv $@.nuevo $@
