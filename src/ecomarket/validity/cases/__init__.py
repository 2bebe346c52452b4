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

Traders of the theory
p25.py, p26.py, p27.py   zero intelligence, traders that learn, institutions

Whole runs
p28.py                   the rush before a deadline
p29.py                   what every run keeps, what changes nothing
f1.py, f2.py, f3.py      when and how unevenly allowances trade, how their returns are spread
f4.py                    news of a surplus
f5.py, f6.py             water: dearer the less there is, dearer beyond a border that binds
f7.py, f8.py, f9.py      facts of certificates, soft caps, floors
f10.py                   initial allocation where trade is dear
"""
