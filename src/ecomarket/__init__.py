"""Simulator of environmental-rights markets."""
