"""``fmt``, ``schema`` and ``new``: the commands that write files of the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gptalt_catalog.cli.options import CatalogOption


def fmt(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit code 1 if a file is not in canonical form.")
    ] = False,
    catalog: CatalogOption = None,
) -> None:
    """Put catalog files into canonical form: key order, schema line; text and comments are kept."""
    from gptalt_catalog.loading.files import CatalogFile, walk
    from gptalt_catalog.loading.formatting import FormatRefusedError, formatted
    from gptalt_catalog.loading.location import find_catalog, shown

    root = find_catalog(catalog)
    changed = refused = 0
    for found in walk(root):
        if not isinstance(found, CatalogFile):
            continue
        path = root / found.file
        name = f"{shown(root)}/{found.file}"
        try:
            text = path.read_bytes().decode("utf-8")
            result = formatted(text, found)
        except (FormatRefusedError, UnicodeDecodeError) as error:
            refused += 1
            typer.echo(f"{name}: left as it is: {error}", err=True)
            continue
        if result != text:
            changed += 1
            typer.echo(f"{name}: {'not in canonical form' if check else 'formatted'}")
            if not check:
                write_whole(path, result)
    raise typer.Exit(1 if refused or (check and changed) else 0)


def schema(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit code 1 if a schema file is stale.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="The folder for the schema files.")] = None,
) -> None:
    """Write the JSON Schema of every kind of file to schema/."""
    from gptalt_catalog.loading.location import find_catalog
    from gptalt_catalog.loading.schemas import schema_files

    folder = out or find_catalog().parent / "schema"
    files = schema_files()
    present = {p.name: p.read_text(encoding="utf-8") for p in folder.glob("*.schema.json")} if folder.is_dir() else {}
    stale = sorted(name for name in files.keys() | present.keys() if files.get(name) != present.get(name))
    for name in stale:
        typer.echo(f"{folder.name}/{name}: {'stale; run `gptalt-catalog schema`' if check else 'written'}")
        if not check and name in files:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / name, files[name])
        elif not check:
            (folder / name).unlink()
    raise typer.Exit(1 if check and stale else 0)


def new(
    kind: Annotated[str, typer.Argument(help="family, dataset, benchmark, tool, source, claims, …")],
    id: Annotated[str, typer.Argument(help="The new entry's id: lower-case letters, digits, dots, hyphens.")],
    catalog: CatalogOption = None,
) -> None:
    """Write a commented skeleton of a new entry; it is invalid until it is filled."""
    from gptalt_catalog.domain.kinds import BY_NAME
    from gptalt_catalog.domain.problem import Finding
    from gptalt_catalog.domain.suggest import did_you_mean
    from gptalt_catalog.loading.files import classify
    from gptalt_catalog.loading.location import find_catalog, shown
    from gptalt_catalog.loading.skeletons import skeleton

    creatable = {name: k for name, k in BY_NAME.items() if k.holds not in ("vocabulary", "about")}
    if kind not in creatable:
        near = did_you_mean(kind, creatable)
        hint = f"did you mean {near}?" if near else f"use one of: {', '.join(creatable)}"
        raise typer.BadParameter(f"no kind {kind!r}; {hint}")
    found = classify(f"{creatable[kind].folder}/{id}.yaml")
    if isinstance(found, Finding):
        raise typer.BadParameter(f"{found.message}; {found.fix}")
    root = find_catalog(catalog)
    path = root / found.file
    if path.exists():
        raise typer.BadParameter(f"{shown(root)}/{found.file} exists already")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, skeleton(creatable[kind], id))
    typer.echo(f"{shown(root)}/{found.file}: fill it in, then run `gptalt-catalog check {shown(root)}/{found.file}`")


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a crash leaves the old one or the new one, never half of either."""
    import os
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    half = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        half.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        half.replace(path)
    except BaseException:
        half.unlink()
        raise
