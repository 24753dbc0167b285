"""Bringing tables into the registries: read, find the header, recognise columns, tidy, check, decide, write, report."""
