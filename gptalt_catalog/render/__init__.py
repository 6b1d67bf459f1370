"""From views to the site: Markdown and JSON for MkDocs, builds in both languages, and a preview server.

Tour: :mod:`.site_data` (everything computed once), :mod:`.pages` (what each page shows),
:mod:`.fragments` and :mod:`.page_tools` (what templates call), :mod:`.escape` (why catalog text
never becomes markup), :mod:`.generate` -> :mod:`.build` -> :mod:`.serve`. Templates, styles and
scripts are in ``site/``; all sentences of the pages in :mod:`.strings`.
"""
