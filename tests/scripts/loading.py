"""Scripts of the checkout as modules: they are no part of the package."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from tests.catalogs import CHECKOUT


def script(name: str) -> ModuleType:
    """The module of ``scripts/NAME.py``."""
    spec = importlib.util.spec_from_file_location(name, CHECKOUT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
