"""Re-running published scores: plan, score, grade, audit, record.

Tour: :mod:`.statistics` decides with a stated risk, and is pure. Torch, transformers, lm-eval and
datasets are imported only inside functions of the modules that do I/O.
"""
