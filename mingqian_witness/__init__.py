"""Cosign the checkpoints of a public log, from outside: for an audit office, a notary, a newspaper.

Standard library only, and nothing of the platform: who cosigns does not run the programs of whom he watches. C2SP `signed-note`,
`tlog-checkpoint`, `tlog-cosignature` (cosignature/v1, Ed25519) and `tlog-witness`.
"""
