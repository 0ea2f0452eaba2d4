"""Cuando un grupo no termina: qué grupo, por qué, y qué hacer; en español."""

from collections.abc import Sequence

from labcode.experiments.declaration import Job

# Errores de quienes reparten el trabajo, que llegan en inglés.
_KNOWN = {
    "BrokenProcessPool": "el proceso que entrenaba murió (¿falta memoria?)",
    "KilledWorker": "murieron varios trabajadores mientras lo entrenaban (¿falta memoria?)",
    "CancelledError": "el planificador lo canceló o se perdió la conexión con él",
    "FutureCancelledError": "el planificador lo canceló o se perdió la conexión con él",
}
_SHOWN = 3


class TrainingError(RuntimeError):
    """Algunos grupos no terminaron. Lo que terminó ya está escrito."""


def explain(failed: Sequence[tuple[Sequence[Job], BaseException]], groups: int) -> TrainingError:
    """Arma el error de una fase en que fallaron grupos; quien llama lo lanza.

    Args:
        failed: cada grupo que falló, con su error.
        groups: cuántos grupos tenía la fase.
    """
    name = failed[0][0][0].experiment
    causes: dict[str, list[str]] = {}
    for group, error in failed:
        causes.setdefault(_cause(error, group), []).append(_name(group))
    lines = [f"  {_some(names)}: {cause}" for cause, names in causes.items()]
    return TrainingError(
        f"{name}: {len(failed)} de {groups} grupos no terminaron.\n" + "\n".join(lines)
        + "\nLo terminado quedó escrito y lo demás, en su punto de control. Resuelto eso, sigue con:\n"
        + f"  python -m labcode train {name}"
    )  # fmt: skip


def _name(group: Sequence[Job]) -> str:
    first, last = group[0].path.stem, group[-1].path.stem
    return f"{group[0].phase}/{first}" + (f"…{last}" if len(group) > 1 else "")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" y {len(names) - _SHOWN} más" if len(names) > _SHOWN else "")


def _cause(error: BaseException, group: Sequence[Job]) -> str:
    kind = type(error).__name__
    said = str(error).strip()
    known = _KNOWN.get(kind)
    if kind == "OutOfMemoryError":
        known = (
            f"no cabe en la memoria de la GPU ({len(group)} red{'es' * (len(group) > 1)} a la vez, lotes de {group[0].run.recipe.batch_size}); cierren lo demás "
            "que la use, o entrénenlo con `--device cpu`: nada se achica por su cuenta"
        )
    ours = isinstance(error, ValueError | OSError) or kind == "DataError"
    cause = known or (said if ours and said else f"{kind}: {said}")
    return " ".join([cause, *(f"({note})" for note in getattr(error, "__notes__", []))])
