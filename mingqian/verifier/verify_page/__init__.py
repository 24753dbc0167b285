"""The self-contained page that checks a draw offline, and its builder."""
