"""One figure of an experiment a file; each is found by its name and stands on the page in order of its rank.

differences   every difference with its interval, a panel a measure
by_seed       the runs of each seed side by side
narrowing     how the interval narrows with the number of seeds
"""
