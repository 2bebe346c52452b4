"""One figure of an experiment a file; each is found by its name and stands on the page in order of its rank.

frontier      points by two measures, and those that no other beats
differences   every difference with its interval, a panel a measure
over_points   a sweep: the mean at each point, a panel a measure and path
tornado       a sensitivity analysis: what the measures hang on
by_seed       the runs of each seed side by side
narrowing     how the interval narrows with the number of seeds
"""
