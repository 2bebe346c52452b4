"""What everybody can know of places and firms, from the board or the tables: rules, agents and nature read it alike.

In: the public board, participants and their columns. Out: plain answers; nothing here decides or keeps anything.

counties.py       what is known of a county: pilots, ecosystem product, guards, grass
sections.py       river sections: usual water, limits, the index P
credit.py         what the environmental credit list says of a firm
environmental_tax.py  what a firm is taxed on a tonne it emits
positive_list.py  who is on the positive list, which breach it excuses
lot_prices.py     what each lot of a schedule is worth, which instrument is traded for it
certificates.py   what the market for certificates lacks or has too much, what that makes each vintage worth
allowances.py     the published balance of allowances, and how likely it makes a shortage
borders.py        which rights lie on either side of a valley's account, whether it lets a sale through
frictions.py      the four frictions, and what is left of them in a pilot
"""
