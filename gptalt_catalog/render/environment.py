"""Jinja, set up so that whatever a template prints is escaped for HTML and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame

from gptalt_catalog.render.escape import finalize, front_matter, safe
from gptalt_catalog.views.formats import parameters_text, percent_text


class LeanGenerator(CodeGenerator):
    """Jinja's compiler without two things that our templates do not need and that took a third of their time.

    ``finalize`` already returns markup, so nothing has to escape its result; and no function that templates call
    wants Jinja's context, so they are called as they are.
    """

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ARG002  Jinja's form
        self.write(finalize.src)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:  # noqa: ARG002
        self.write(")")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        """Write a call."""
        if forward_caller or node.dyn_args is not None or node.dyn_kwargs is not None:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")


def make_environment(folders: Sequence[Path]) -> Environment:
    """An environment over folders of templates: strict about names, strict about escaping."""
    environment = _Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        finalize=finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
    )
    environment.filters.update(safe_text=safe, front=front_matter_value, size=parameters_text, percent=percent_text)
    return environment


class _Environment(Environment):
    code_generator_class = LeanGenerator


def front_matter_value(text: object) -> Any:
    """A text for the front matter of a page (already escaped)."""
    from markupsafe import Markup

    return Markup(front_matter(str(text)))  # noqa: S704  front_matter leaves nothing special


class Templates:
    """The site's templates, each compiled once."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._environment = make_environment(folders)
        self._get = cache(self._environment.get_template)

    def render(self, name: str, context: dict[str, Any]) -> str:
        """The page that ``name`` makes of ``context``."""
        template: Template = self._get(name)
        return template.render(context)
