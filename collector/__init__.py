"""Everything that touches disk, database, network and people."""
