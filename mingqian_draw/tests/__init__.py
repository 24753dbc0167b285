"""Tests of the draw: known answers, properties, malformed bundles, the command line."""
