"""Model hubs: fetching weights safely, and a loopback hub that stands in for the real one.

Getting weights: :mod:`.target` says what a name means, :mod:`.download` plans, fetches, checks and
removes. Underneath: :mod:`.settings` (environment), :mod:`.client` (HTTP, retries), :mod:`.listing`
(what a repository holds), :mod:`.selection` (which files are needed, which refused), :mod:`.transfer`
(one file, resumed and hashed), :mod:`.cache` (where it lies and whose it is), :mod:`.lock`,
:mod:`.snapshot` (the result) and :mod:`.errors` (the one exception).

Serving: :mod:`.loopback` runs the hub, :mod:`.repositories` reads it from folders, :mod:`.digests`
hashes, :mod:`.faults` breaks it for tests.

Everything here is standard library; the real clients are needed only by the tests.
"""
