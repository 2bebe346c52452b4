"""The registry: who may move which right, how, when and with whose consent.

lease.py        leases: lots lent for a rent, kept by a hold, and their way back
"""
