"""Pure mathematics: formula trees, graphs of them, their values and their derivations."""
