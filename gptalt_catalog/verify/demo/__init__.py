"""``gptalt-catalog demo``: ``verify`` at work on a model whose true score is known, without a network.

- making: items, a tokenizer and a small model that is trained on the spot (needs the extra ``verify``)
- catalog: a catalog that lists the model with a true and a false claim
- showing: the hub, the real commands in processes of their own, and what came out
"""
