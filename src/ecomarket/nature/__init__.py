"""nature."""
