"""Who owns what: the journal of events is the only truth, every table is a projection of it.

In: records (dtype model.record.RECORD) and note payloads from the exchange, one pair a committed instant.
Out: a chain of blocks with a head hash, a SQLite file or a run in PostgreSQL, and answers about it.

    journal = Journal(manifest, BlockWriter(path))      from ledger.journal and ledger.store.writer; None: no database
    journal.commit(t, records, payloads)                one block; journal.head, journal.events, journal.replay.balances
    verify(path, level, expect_head) -> Report          ledger.verify; in a child: ledger.worker.verify_in_worker

canon.py        canonical JSON bytes of payloads
block.py        records and payloads as one hashed block
effects.py      what records do to balances and holds, as arrays
replay.py       the state after the records applied so far
terms.py        price and fee of an order after any of its events
tables.py       the projections: how a record becomes a row
journal.py      commit records as blocks; the door in
resume.py       compare a run done again with its ledger, then go on writing
commands.py     commands with a sender's id, each done once
faults.py       what goes wrong with the place of a ledger, in words
invariants.py   the rules that hold after every event
findings.py     the closed list of what verification can find
verify.py       check a ledger file against itself and its seal
compare.py      rows of a projection against what the journal says they are
verify.py       check a ledger against itself
place.py        where a run's ledger is: a file, a database, or in memory alone
memory.py       blocks kept in memory by a run without database
rebuild.py      the projections made anew from the journal
worker.py       the same in a child process
seal.py         what a ledger was when its run ended: head, tables, pages of the file
seal_check.py   compare a ledger with its seal
pages.py        which rows a page of a SQLite file holds, and one byte of it
diff.py         the first event in which two ledgers part
export/         records, trades, balances, postings as CSV, JSON lines, Parquet, Beancount
query.py        read records, participants, instruments, balances
standing.py     how the accounts stood at an event
orders.py       the story of one order
refusals.py     why orders were refused
statement.py    the year of an account or a zone: opening to closing
serials.py      which lots of an instrument an account holds
serials_kernel.py   the same, compiled: ranges in queues
serials_trace.py    the way of one lot
registry/       who may move which right, how, when and with whose consent
names.py        words for codes, in zh and en
state.py        balances and holds inside the compiled exchange
postings.py     double-entry lines inside the compiled exchange
store/          SQL: schema, migrations, SQLite and PostgreSQL, one writer, read-only readers
postings_held.py  the line that moves what is held
registry/       leases
store/          SQL: schema, one writer, read-only readers
"""
