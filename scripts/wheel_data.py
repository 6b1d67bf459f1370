"""Put what the package needs outside its repository into the wheel, as ``gptalt_catalog/_data/``.

Hatch's own ``force-include`` would copy the folders into editable installs too, where the copies
go stale; so this hook adds them to standard wheels only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = ("catalog", "evalhooks", "schema", "site", "CHANGELOG.md")


class WheelData(BuildHookInterface[Any]):
    """Hatch calls ``initialize`` before it collects the files of a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the data folders and MkDocs' settings, unless the install is editable."""
        if version == "editable":
            return
        root = Path(self.root)
        settings = sorted(path.name for path in root.glob("mkdocs*.yml"))
        if not settings:
            raise FileNotFoundError(f"no mkdocs*.yml in {root}: the wheel could not build its site")
        for name in (*DATA, *settings):
            build_data["force_include"][str(root / name)] = f"gptalt_catalog/_data/{name}"
