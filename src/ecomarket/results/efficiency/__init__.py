"""How much of what trade can save a run has saved, and where the rest was lost.

In: a run's frames and the scenario that was run. Out: `Held`, rows by market and year, or why there are none.

held      Held: what a run is held against, as measures.json keeps it
reckon    the way in, light where there is nothing to reckon
same_cut  the cut that was made, at least cost: for worlds without a benchmark too; same_water: the water that was used,
          at its greatest worth (seasons); same_projects: the projects that started, and the best for their permits
beside    the benchmark of the state that the run drew, beside what was done; rows by market and year
markets   which pools make one market: those between which units or parties go
deeds     what each party did, and what became of the rights, from the journal
plans     costs by market and year of a plan that was solved, and of what was done
relaxed   the scenario's problem with a friction taken out, or with what the run left of it
causes    the loss, part by part
"""
