"""The table of obstacles and the command agree: what the table says of each checkpoint is what ``verify`` does."""

from __future__ import annotations

from gptalt_catalog.verify.pipeline.protocols import read_protocols
from gptalt_catalog.verify.prepared import CannotRunError, Wishes, prepare
from gptalt_catalog.views.verifiability import verifiability
from tests.catalogs import CHECKOUT, read


def test_the_command_refuses_what_the_table_says_and_nothing_else() -> None:
    catalog, table = read(CHECKOUT / "catalog").catalog, read_protocols()
    odd = []
    for row in verifiability(catalog, table):
        try:
            prepared = prepare(catalog, Wishes(row.checkpoint, suite="complete"), table, token=True)
        except CannotRunError as error:
            refused = str(error)
        else:
            refused = ""
            assert prepared.targets
        if bool(refused) != (row.answer in ("no", "nothing-to-check")):
            odd.append((row.checkpoint, row.answer, row.codes, refused[:100]))
    assert odd == []
