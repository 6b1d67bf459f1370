"""Pure views: the catalog in, rows of frozen dataclasses out. No I/O, no HTML.

Tour: :mod:`.model_list` (one row per checkpoint, and :func:`~.model_list.query_checkpoints`),
:mod:`.lineage` (family trees, effective license), :mod:`.scores`, :mod:`.ranking` and
:mod:`.conflicts` (published scores, their order, their contradictions), :mod:`.facts` (facts of
an entry with their evidence), :mod:`.corrections` (what the survey printed against the facts),
:mod:`.backlinks` (who uses what), :mod:`.coverage` (how complete the catalog is),
:mod:`.export` (records for JSON and CSV); :mod:`.words` and :mod:`.formats` are the catalog's
vocabulary and numbers in the languages of the site.
"""
