"""What Python and notebooks see: `import ecomarket as em`, names that are fetched when they are first used.

In: scenarios, seeds, overrides, folders. Out: runs, studies and optima, with tidy tables and cards.

doors    the names behind `em.`
run      em.run, em.load: a run with its tables, report and proof
studies  em.replicate, em.compare, em.sweep
optimum  em.equilibrium: the least-cost benchmark as a table
tidy     tables with floats and a unit for every column
spoken   errors told in the chosen language too
"""
