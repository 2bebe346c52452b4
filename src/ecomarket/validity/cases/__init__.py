"""One case a file, named after its id.

The least-cost benchmark: scenarios solved, numbers compared
p01.py, p02.py, p03.py   firms, corners, allocation
p04.py, p05.py           banking and borrowing
p06.py, p18.py           floors, ceilings, penalties
p07.py, p08.py, p09.py   offsets, transaction costs, market power
p10.py, p11.py, p12.py   river, receptors, water
p13.py, p14.py, p15.py   certificates, allocation by output, replacement
p16.py, p17.py           reserve, earmark

Order book, auctions, rules
p19.py, p20.py           continuous book and call
p21.py, p22.py           auctions as they were held
p23.py, p24.py           a reserve that follows supply, rules and deals

Whole runs
p28.py                   the rush before a deadline
p29.py                   what every run keeps, what changes nothing
f7.py, f8.py, f9.py      facts of certificates, soft caps, floors
"""
