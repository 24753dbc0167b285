"""The draw protocol's second edition (MQ2): reading, checking, making. Standard library only.

The first edition lies beside it until the platform draws by this one.
"""
