"""The only reader and writer of YAML: bytes -> tree with positions -> entries or problems.

Tour: :mod:`.tree` reads one file's bytes, :mod:`.messages` puts a type's objections into words,
:mod:`.files` walks a catalog folder, :mod:`.catalog_loader` makes the :class:`Catalog`,
:mod:`.location` says where the catalog is, :mod:`.formatting` and :mod:`.skeletons` write files,
:mod:`.schemas` gives the JSON Schema of each kind.
"""
