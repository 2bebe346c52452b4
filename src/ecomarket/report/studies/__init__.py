"""The report of an experiment: one offline HTML page about many runs.

In: a Study (experiments.study). Out: report.html in zh or en, in the experiment's folder.

build      write_study_report: the whole page
material   what figures draw from: the study, and words for its numbers
figure     StudyFigure, the base of every plug-in in figures/
figures    one figure a file
prose      cover, key results, failures, heads, limits
designed   tables and options of sweeps and sensitivity analyses
changes    a variant as it was asked for, and the command that runs it all again
told       what a variant's scenario has otherwise than the base's, in words
"""
