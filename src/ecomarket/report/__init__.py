"""The reports of runs and experiments: offline HTML pages, and the summary for the terminal.

In: a run's frames and measures, or a Study. Out: report.html in zh or en, tables for the terminal. No
number is made here that is not a sum, mean or share of journal records, or of the benchmark that measures hold them
against.

build      write_report: the whole page
voice      the words of the catalogue in one language
material   what figures draw from: frames, measure tables, words in one language
figure     Figure, the base of every plug-in in figures/, and Drawing, what one returns
figures    one figure a file
page       the page's frame: cover, sections, tables
digest     the summary tables that page and terminal share
prose      the page's texts: key results, limits and assumptions
tiles      where a county's tile stands (tiles.csv)
theme      colours and fonts of charts in light and dark
markdown   the same as Markdown, charts as SVG files beside it
shelf      which runs and experiments a folder holds
serve      a browser of them on the loopback address
embed      charts, data and scripts inside the page; the content security policy
terminal   tables of the summary for the terminal
studies    the page of an experiment

page.css and page.js are the page's own style and script.
"""
