"""The ledger against a plain dict, through any number of snapshots and crashes."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from plumbline.collector.ingest.checksums import PAGE
from plumbline.collector.ingest.ledger import Disposition, Ledger, refused_ranges
from plumbline.collector.ingest.ledger_store import LedgerStore
from plumbline.wire.record import encode
from plumbline.wire.record_header import Key, record_key

from blocks import blocks_of, truth  # isort: skip

STREAMS = st.sampled_from(["XX.TWR01.3A.HN", "XX.TWR01.0A.LA"])
BOOTS = st.sampled_from([0, 7, 2**64 - 1])
SEQS = st.one_of(st.integers(0, 30), st.integers(PAGE - 3, PAGE + 3), st.integers(0, 2**40))
CRCS = st.integers(1, 3)


class LedgerAgainstADict(RuleBasedStateMachine):
    """What was held is held, with its CRC; a snapshot at any time loses nothing it covers."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "ledger.db"
        self.ledger = Ledger(LedgerStore(self.path, "ab" * 8))
        self.held: dict[Key, set[int]] = {}
        self.saved: dict[Key, set[int]] = {}
        self.refused: set[Key] = set()

    @rule(stream=STREAMS, boot=BOOTS, seq=SEQS, crc=CRCS)
    def hold(self, stream: str, boot: int, seq: int, crc: int) -> None:
        key = Key(stream, boot, seq)
        known = self.held.setdefault(key, set())
        expected = Disposition.NEW if not known else Disposition.CONFLICT
        expected = Disposition.DUPLICATE if crc in known else expected
        assert self.ledger.disposition_of(key, crc) is expected
        if expected is not Disposition.DUPLICATE:
            self.ledger.hold(key, crc, 10)
            known.add(crc)

    @rule(stream=STREAMS, boot=BOOTS, seq=SEQS)
    def refuse(self, stream: str, boot: int, seq: int) -> None:
        self.ledger.refuse(Key(stream, boot, seq), "why", 10)
        self.refused.add(Key(stream, boot, seq))

    @rule()
    def snapshot_and_restart(self) -> None:
        self.ledger.save(len(self.held))
        self.ledger.close()
        self.ledger = Ledger(LedgerStore(self.path, "ab" * 8))
        assert self.ledger.offset == len(self.held)

    @invariant()
    def ranges_are_the_numbers(self) -> None:
        for stream in ("XX.TWR01.3A.HN", "XX.TWR01.0A.LA"):
            for boot, known in self.ledger.boots(stream).items():
                held = {key.seq for key in self.held if key[:2] == (stream, boot)}
                assert known.held.size() == len(held)
                assert all(seq in known.held for seq in held)
                refused = {key.seq for key in self.refused if key[:2] == (stream, boot)}
                listed = {
                    n for first, last, _ in refused_ranges(known) for n in range(first, last + 1)
                }
                assert listed == refused - held

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()


LedgerAgainstADict.TestCase.settings = settings(max_examples=40, deadline=None)
TestLedger = LedgerAgainstADict.TestCase


def test_the_snapshot_of_another_journal_says_nothing(tmp_path: Path) -> None:
    ledger = Ledger(LedgerStore(tmp_path / "ledger.db", "aa" * 8))
    ledger.hold(Key("XX.TWR01.3A.HN", 1, 1), 9, 10)
    ledger.save(1000)
    ledger.close()
    other = Ledger(LedgerStore(tmp_path / "ledger.db", "bb" * 8))
    assert (other.offset, other.boots("XX.TWR01.3A.HN")) == (0, {})
    other.close()


def test_the_key_is_read_off_a_message_without_decoding_it() -> None:
    (block,) = blocks_of(truth(3, 100), boot=2**64 - 3, first_seq=2**53 - 1)
    message = encode(block)
    assert record_key(message) == Key("XX.TWR01.3A.HN", block.boot, block.seq)
    for length in range(len(message)):
        record_key(message[:length])  # anything, but no error
    for at in range(120):
        record_key(message[:at] + bytes([message[at] ^ 0xFF]) + message[at + 1 :])
