"""Tables that people bring: uploads read in a process of their own. Lists are written by `common.tables`."""
