"""Parameters that nobody can measure, chosen so that a simulated market runs its course as the real one did.

In: a scenario with an `observed` market, and an aim: which moments, which parameters between which bounds. Out: a
Fit, and a small scenario file that extends the first. The method of simulated moments (McFadden 1989; Pakes and
Pollard 1989).

aim.py        the aim, a file or the shipped default.yaml: moments, parameters, bounds
model.py      a scenario at any values of the parameters -> moments by seed, all evaluations on the same seeds
distance.py   how far simulated moments are from observed ones; intervals for one more year
search.py     a bounded search without derivatives that ends alike on every machine
fit.py        all of it in order, and the years that were not aimed at
overlay.py    the file that a calibration writes
told.py       tables for the terminal, the document for programs
words.py      refusals in both languages
"""
