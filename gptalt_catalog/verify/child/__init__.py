"""A scorer in a process of its own, for models that bring code: no network, no token, no files but its own."""
