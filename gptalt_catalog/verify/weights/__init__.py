"""Weights that are not published whole: a base and a difference, or a base and an adapter, put together on disk."""
