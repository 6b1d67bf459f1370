"""The shared-prefix scorer: what many requests have in common is computed once.

:mod:`.trie` sorts token sequences and finds what they share, :mod:`.packing` cuts them into passes through
the model, :mod:`.memory` keeps keys and values (or recurrent states) of prefixes, and :mod:`.outputs`
applies the output head at scored positions only. There are two ways to use them. :mod:`.packed` lays
branches side by side in one row, with a mask that lets each token see its own ancestors; it needs a model
that takes position ids and such a mask. :mod:`.staged` feeds the rest of each branch on top of a copied
memory; it needs neither, so it serves ALiBi and recurrent models. :mod:`.selfcheck` holds both against
stock scoring on real requests before they are used. :mod:`.decoding` generates texts.

Like the scorer, these modules need the standard library, torch and transformers only.
"""
