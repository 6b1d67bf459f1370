"""Charts as static SVG: scales, axes, label placing, and one module per chart.

A chart is text made at build time: it needs no script, prints, and takes its colors from the page's
style sheet through classes, so that dark mode works. Scripts only add tooltips and arrow keys
(docs/decisions/007-own-table-search-and-charts.md). Every mark that stands for an entry is a link with a name.
"""
