"""Where the catalog and the project's files are: in a checkout, or packed into the installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKED = Path(__file__).resolve().parent.parent / "_data"
_CHECKOUT = Path(__file__).resolve().parent.parent.parent


def find_catalog(given: Path | None = None, start: Path | None = None) -> Path:
    """The catalog's folder: ``given``, else the nearest ``catalog/`` upward, else the packed copy.

    ``given`` may be the folder itself or a folder that holds ``catalog/``. Raises
    ``FileNotFoundError`` with a message for people if there is none.
    """
    if given is not None:
        for candidate in (given / "catalog", given):
            if (candidate / "catalog.yaml").is_file():
                return candidate
        raise FileNotFoundError(f"{given} is not a catalog: it holds no catalog.yaml")
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "catalog" / "catalog.yaml").is_file():
            return folder / "catalog"
    for candidate in (_PACKED / "catalog", _CHECKOUT / "catalog"):
        if (candidate / "catalog.yaml").is_file():
            return candidate
    raise FileNotFoundError("no catalog here: run inside a checkout, or name one with --catalog DIR")


def project_file(name: str, catalog: Path | None = None) -> Path:
    """The project's own ``name`` (``site``, ``mkdocs.yml``, ``schema``, ``evalhooks``).

    Taken beside ``catalog`` if it is there (a checkout), else from the installed package.
    """
    places = [catalog.parent] if catalog is not None else []
    for folder in (*places, _PACKED, _CHECKOUT):
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"the installation is incomplete: {name} is missing")


def shown(catalog: Path) -> str:
    """How the catalog's folder is written in problems: relative to the current folder if below it."""
    try:
        return catalog.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return str(catalog)
