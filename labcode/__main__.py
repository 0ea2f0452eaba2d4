"""La línea de comandos: `python -m labcode data|status|train|rebuild|slides|summary`."""

import argparse
import ast
import json
import os
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NoReturn

from labcode import catalog, text
from labcode.checks import refuse
from labcode.data import DataError
from labcode.experiments import Experiment, TrainingError, cluster, duration, estimate, status_rows, summarize, train_missing
from labcode.files import write_atomic
from labcode.training import pick_device

BOOK = Path(__file__).parent.parent / "book"
EXECUTED = BOOK.parent / "_build" / "rebuild"
BUILT = BOOK.parent / "_build" / "jupyter_execute"  # lo que dejó `make book`
SLIDES = BOOK.parent / "_build" / "slides"
# Lo que argparse dice en inglés de una orden mal escrita.
REFUSALS = {
    r"^the following arguments are required: ": "falta ",
    r"^unrecognized arguments: ": "no se reconoce ",
    r"^argument ([^:]+): ": r"`\1`: ",
    r"invalid choice: (.+) \(choose from (.+)\)": r"\1 no es válido: debe ser uno de \2",
    r"invalid int value: (.+)": r"\1 no es válido: debe ser un entero",
    r"expected (one|at least one) argument": "falta su valor",
    r"^ambiguous option: (\S+) could match ": r"\1 puede ser ",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Atiende una orden y devuelve el código de salida; los errores esperables salen en una línea."""
    options = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    try:
        code = options.action(options) or 0
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        again = " ".join(["python -m labcode", *(sys.argv[1:] if argv is None else argv)])
        print(f"\nInterrumpido. Lo terminado y los puntos de control están a salvo; sigue con:\n  {again}", file=sys.stderr)
        return 130
    except BrokenPipeError:  # quien leía, como `head`, ya tiene lo que quería
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except ModuleNotFoundError as error:
        print(f"Error: falta el paquete {error.name}. Se instala con: pip install -r requirements.txt", file=sys.stderr)
        return 1
    except (ValueError, OSError, DataError, TrainingError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1


class _Parser(argparse.ArgumentParser):
    """El de la biblioteca, en español."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, add_help=False)
        self._positionals.title, self._optionals.title = "argumentos", "opciones"
        self.add_argument("-h", "--help", action="help", help="muestra esta ayuda")

    def format_help(self) -> str:
        """La ayuda entera."""
        return super().format_help().replace("usage:", "uso:", 1)

    def error(self, message: str) -> NoReturn:
        """Dice qué está mal en la orden y termina con 2."""
        for pattern, said in REFUSALS.items():
            message = re.sub(pattern, said, message)
        self.exit(2, f"Error: {message}. Vean «{self.prog} --help».\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m labcode", description="Los experimentos de Redes convolucionales.")
    orders = parser.add_subparsers(required=True, metavar="ORDEN")
    data = orders.add_parser("data", help="consigue y verifica CIFAR-10")
    data.add_argument("what", choices=("get", "verify"), nargs="?", default="verify", help="«get» la descarga si falta")
    data.set_defaults(action=_data)
    status = orders.add_parser("status", help="qué está medido, qué falta y qué cambió")
    status.add_argument("--missing", action="store_true", help="solo lo que falta, con la orden que lo entrena")
    status.set_defaults(action=_status)
    train = orders.add_parser("train", help="entrena lo que falta de uno o más experimentos")
    train.add_argument("names", nargs="+", metavar="NOMBRE", help="por ejemplo L2_MLP")
    train.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    train.add_argument("--workers", type=int, default=None, help="procesos en CPU (por omisión, uno por núcleo); se reparten los núcleos")
    train.add_argument("--seeds", type=int, default=None, help="solo las primeras semillas de cada fase (por omisión, todas)")
    train.add_argument("--scheduler", metavar="tcp://MÁQUINA:PUERTO", help="planificador de dask, para repartir entre máquinas")
    train.set_defaults(action=_train)
    rebuild = orders.add_parser("rebuild", help="ejecuta capítulos con ENTRENAR=True (papermill)")
    rebuild.add_argument("chapters", nargs="*", metavar="CAPÍTULO", help="por ejemplo 05_l2; sin nada, todos")
    rebuild.set_defaults(action=_rebuild)
    slides = orders.add_parser("slides", help="escribe las diapositivas de capítulos, en _build/slides/")
    slides.add_argument("chapters", nargs="*", metavar="CAPÍTULO", help="por ejemplo 05_l2; sin nada, todos")
    slides.set_defaults(action=_slides)
    summary = orders.add_parser("summary", help="lo elegido en validación, la prueba y la clase")
    summary.add_argument("--json", action="store_true", help="como lista de objetos")
    summary.set_defaults(action=_summary)
    return parser


def _data(options: argparse.Namespace) -> None:
    from labcode import data

    if options.what == "get":
        data.get()
    print("\n".join(data.verify()))


def _status(options: argparse.Namespace) -> None:
    rows = status_rows(catalog.EXPERIMENTS)
    if options.missing:
        for row in rows:
            if row.missing or row.partial:
                print(f"{row.experiment}: {row.lack} · python -m labcode train {row.experiment}")
        return
    print(f"{'experimento':<20}{'pedidas':>8}{'listas':>8}{'faltan':>8}{'a medias':>10}{'viejas':>8}{'código cambió':>15}{'segundos':>10}{'estimado':>14}  medido en")
    for row, experiment in zip(rows, catalog.EXPERIMENTS):
        ahead = duration(estimate(experiment)) if row.missing or row.partial else "–"
        counts = f"{row.declared:>8}{row.finished:>8}{row.missing:>8}{row.partial:>10}{row.stale:>8}{row.code_changed:>15}{row.seconds:>10.0f}{ahead:>14}"
        print(f"{row.experiment:<20}{counts}  {', '.join(row.devices) or '–'}", flush=True)
    if any(row.partial for row in rows):
        print("a medias: corridas a las que les falta una medida que se pidió después, o los pesos que guardan; se entrenan otra vez.")
    if any(row.missing or row.partial for row in rows):
        print("estimado: lo que tardaría en esta máquina lo que falta, con `python -m labcode train`.")


def _train(options: argparse.Namespace) -> None:
    experiments = [_experiment(name) for name in options.names]
    if options.workers is not None and not 1 <= options.workers <= 256:
        raise refuse("workers", options.workers, "un entero entre 1 y 256", 2)
    if options.workers is not None and options.scheduler is not None:
        raise ValueError("`--workers` y `--scheduler` no van juntos: con un planificador, los procesos son sus trabajadores.")
    remote = nullcontext() if options.scheduler is None else cluster(options.scheduler, options.device)
    with remote as executor:
        for experiment in experiments:
            if options.scheduler is None and options.device == "auto" and pick_device().type == "cpu":
                _tell_the_cost(experiment, options)
            count = train_missing(experiment, device=options.device, workers=options.workers, seeds=options.seeds, executor=executor)
            nothing = "no falta nada" if options.seeds is None else "no falta nada de esas semillas"
            print(f"{experiment.name}: {count} corridas entrenadas." if count else f"{experiment.name}: {nothing}.")


def _tell_the_cost(experiment: Experiment, options: argparse.Namespace) -> None:
    """Avisa, antes de empezar, que se entrena en CPU y cuánto tardará lo que falta."""
    seconds = estimate(experiment, workers=options.workers)
    if seconds:
        whole = "" if options.seeds is None else " con todas sus semillas"
        print(f"{experiment.name}: no hay GPU y se entrena en CPU. Lo que falta tardaría aquí{whole} cerca de {duration(seconds)}.", flush=True)


def _experiment(name: str) -> Experiment:
    known = {experiment.name: experiment for experiment in catalog.EXPERIMENTS}
    if name.upper() not in known:
        raise refuse("NOMBRE", name, "uno de " + ", ".join(known), next(iter(known)))
    return known[name.upper()]


def _rebuild(options: argparse.Namespace) -> None:
    for path in _chapters(options.chapters):
        print(f"{path.stem}: ejecutado en {rebuild_chapter(path, {'ENTRENAR': True})}")


def _chapters(names: Sequence[str]) -> list[Path]:
    """Los cuadernos de unos capítulos; sin nombres, todos."""
    known = sorted(BOOK.glob("[0-9]*.ipynb"))
    if not known:
        raise ValueError("Esta orden necesita los capítulos, y aquí labcode está instalado sin ellos: clonen el repositorio y repítanla ahí.")
    chapters = [BOOK / f"{Path(name).stem}.ipynb" for name in names] or known
    for path in chapters:
        if not path.exists():
            raise refuse("CAPÍTULO", path.stem, "uno de " + ", ".join(p.stem for p in known), "05_l2")
    return chapters


def _slides(options: argparse.Namespace) -> None:
    chapters = _chapters(options.chapters)
    from labcode.slides import copy_assets, current_copy, write_deck

    made_of = (Path(__file__).parent, BOOK / "results", BOOK / "weights")
    copy_assets(SLIDES / "_static", BOOK)
    for path in chapters:
        executed = current_copy(path, (BUILT, EXECUTED), made_of)
        if executed is None:
            print(f"{path.stem}: se ejecuta antes (menos de un minuto)…", flush=True)
            executed = rebuild_chapter(path, {})
        print(f"{path.stem}: {write_deck(executed, SLIDES)}", flush=True)


def rebuild_chapter(path: Path, parameters: dict[str, Any]) -> Path:
    """Ejecuta un capítulo entero con papermill; el cuaderno de origen no se toca.

    Args:
        path: el cuaderno.
        parameters: valores para su celda `parameters`.

    Returns:
        El cuaderno ejecutado, bajo `_build/rebuild/`; solo aparece si terminó bien.

    Raises:
        ValueError: si un parámetro no existe en la celda o no es del mismo tipo, antes de ejecutar nada.
        TrainingError: si una celda falla; dice cuál y por qué.
    """
    import nbformat
    import papermill

    declared = chapter_parameters(path)
    for name, value in parameters.items():
        if name not in declared:
            raise ValueError(f"`{name}` no es un parámetro de {path.name}: admite {', '.join(declared) or 'ninguno'}.")
        if type(value) is not type(declared[name]):
            raise refuse(name, value, f"del tipo {type(declared[name]).__name__}", declared[name])
    EXECUTED.mkdir(parents=True, exist_ok=True)
    _clean_drafts()
    target, draft = EXECUTED / path.name, EXECUTED / f".{path.stem}.{os.getpid()}.ipynb"
    try:
        papermill.execute_notebook(
            path, draft, parameters, cwd=path.parent, kernel_name="python3", progress_bar=False, coalesce_streams=True
        )
        write_atomic(target, nbformat.writes(nbformat.read(draft, 4)).encode())
    except papermill.PapermillExecutionError as error:
        raise TrainingError(f"{path.name} se detuvo en la celda que empieza por «{error.source.strip().splitlines()[0]}». {error.ename}: {error.evalue}") from error
    finally:
        draft.unlink(missing_ok=True)
    return target


def _clean_drafts() -> None:
    """Borra los borradores que dejó quien murió a medio capítulo."""
    for draft in EXECUTED.glob(".*.ipynb"):
        try:
            os.kill(int(draft.stem.rpartition(".")[2]), 0)  # no hace nada, salvo que ese proceso ya no exista
        except ProcessLookupError:
            draft.unlink(missing_ok=True)
        except (ValueError, OverflowError, PermissionError):  # no es un borrador, o es de otro usuario
            continue


def chapter_parameters(path: Path) -> dict[str, Any]:
    """Lee la celda `parameters` de un cuaderno: nombres y valores por omisión.

    Raises:
        ValueError: si el cuaderno no tiene exactamente una.
    """
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        raise ValueError(f"{path} debe tener una celda `parameters`, y tiene {len(tagged)}.")
    body = ast.parse("".join(tagged[0]["source"])).body
    return {node.targets[0].id: ast.literal_eval(node.value) for node in body if isinstance(node, ast.Assign)}


def _summary(options: argparse.Namespace) -> None:
    rows = [summarize(experiment) for experiment in catalog.EXPERIMENTS]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for experiment, row in zip(catalog.EXPERIMENTS, rows):
        print(f"{row['experiment']} — {row['question']}")
        chosen, best = row["chosen"], row["best_on_test"]
        if chosen is None and best is None:
            print("  sin resultados todavía")
            continue
        if chosen is None:
            chooses = len(experiment.phase_seeds("selection")) > 0
            print("  sin elegir: faltan las redes de validación" if chooses else "  nada se elige: cada ajuste se mide en prueba")
        else:
            validation = "" if row["val_mean"] is None else f", validación {row['val_mean']:.2f} %"
            which = "mejor en validación (aquí no se elige)" if experiment.final == "none" else "elegido en validación"
            print(f"  {which}: {chosen}{validation}" if chosen else f"  un solo ajuste{validation}")
        if row["test_mean"] is not None:
            lecture = "" if row["lecture"] is None else f"; la clase: {text.plain(row['lecture'])} %"
            print(f"  prueba: {_interval(row)} ({row['seeds']} semilla{'s' * (row['seeds'] > 1)}){lecture}")
        if best is not None and chosen != {}:  # con un solo ajuste no hay entre qué elegir
            print(f"  mejor en prueba{', elegido como en la clase' * (row['lecture'] is not None)}: {best['setting']}, {_interval(best)}")
        print(f"  {', '.join(row['devices'])}; {row['seconds']:.0f} s")


def _interval(row: dict[str, Any]) -> str:
    if row["test_ci95"] is not None:
        return text.interval(row["test_mean"], row["test_ci95"])
    return text.percent(row["test_mean"])


if __name__ == "__main__":
    sys.exit(main())
