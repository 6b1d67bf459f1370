"""When to stop and what may be said: risk-limiting audits of a published accuracy.

A published accuracy on a benchmark of N items is a statement about a finite population: K of the N
items are answered correctly. Items are drawn at random without replacement, and the audit stops as
soon as the claim is confirmed within a tolerance or refuted, at a stated risk that holds however
often one looks (:mod:`.polling`); with the item results of an earlier run it needs far fewer items
(:mod:`.comparison`). :mod:`.operating` computes the exact risks and costs, :mod:`.multiplicity`
speaks about several claims at once.
"""
