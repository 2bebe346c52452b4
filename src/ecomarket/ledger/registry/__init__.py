"""The registry: who may move which right, how, when and with whose consent.

audit.py        what verification asks of the registry's acts
"""
