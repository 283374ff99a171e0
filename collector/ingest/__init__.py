"""From the broker's bytes to the journal: checks, ledger, quarantine."""
