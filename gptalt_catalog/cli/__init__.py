"""The command line: one file per command group; :mod:`.main` puts them together."""
