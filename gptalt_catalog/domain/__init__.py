"""Frozen, strict types of everything in the catalog, and pure rules over them.

Tour: :mod:`.family` (model lines, checkpoints, their fact blocks), :mod:`.corpus` (datasets,
benchmarks), :mod:`.claim` (protocols, published scores), :mod:`.reports` (statements,
measurements), :mod:`.license`, :mod:`.resource` (tools, techniques, applications, sources),
:mod:`.verification`, :mod:`.vocabulary`; :mod:`.evidence` says where facts come from;
:mod:`.kinds` maps folders to types; :mod:`.catalog` is the whole; :mod:`.rules` judges it.
Nothing here does I/O.
"""
