"""agents/strategies."""
