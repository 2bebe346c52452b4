"""The registry: who may move which right, how, when and with whose consent.

matrix.toml     the account rules as data, each with its source
matrix.py       the same as truth tables
audit.py        what verification asks of the registry
"""
