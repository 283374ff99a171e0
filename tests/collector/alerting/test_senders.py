"""What every sender promises, and what the spool of gammu-smsd asks for."""

import io

import pytest

from plumbline.collector.alerting.engine.retry import is_temporary
from plumbline.collector.alerting.errors import GatewayAway
from plumbline.collector.alerting.senders import SENDERS, senders_for
from plumbline.collector.alerting.senders.folder import OutboxFolder
from plumbline.collector.alerting.senders.gammu import GammuSpool
from plumbline.collector.alerting.senders.gammu_inbox import GammuInbox
from plumbline.collector.alerting.senders.message import Message, Receipt
from plumbline.collector.alerting.senders.terminal import Terminal
from plumbline.collector.alerting.settings import AlertingSettings, SenderName
from plumbline.collector.events.model import AlarmLevel

THAI = "แดง TWR01 4711 แรงสั่นสะเทือน\nตอบ 4711"
AT_NS = 1_743_142_831_000_000_000


def message(**changes):
    given = {
        "id": 12,
        "attempt": 1,
        "person": "Somchai",
        "phone": "+66812345678",
        "text": THAI,
        "segments": 1,
        "level": AlarmLevel.RED,
        "created_ns": AT_NS,
    }
    return Message(**{**given, **changes})


@pytest.fixture
def spool(tmp_path):
    for folder in ("outbox", "sent", "error", "inbox"):
        (tmp_path / "spool" / folder).mkdir(parents=True)
    return tmp_path / "spool"


@pytest.fixture
def makers(tmp_path, spool):
    return {
        SenderName.OUTBOX_FOLDER: lambda: OutboxFolder(tmp_path / "out"),
        SenderName.GAMMU_SMSD: lambda: GammuSpool(spool),
        SenderName.TERMINAL: lambda: Terminal(io.StringIO()),
    }


@pytest.mark.parametrize("name", SenderName)
def test_every_sender_takes_a_message_and_knows_it_again(makers, name):
    handed = makers[name]().submit(message(), AT_NS)
    assert makers[name]().receipt(handed.ref) is handed.receipt
    assert handed.receipt in (Receipt.PENDING, Receipt.CONFIRMED)


@pytest.mark.parametrize("name", [SenderName.OUTBOX_FOLDER, SenderName.GAMMU_SMSD])
def test_a_message_handed_over_twice_is_there_once(makers, name, tmp_path):
    first = makers[name]().submit(message(), AT_NS)
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert makers[name]().submit(message(), AT_NS + 10**9) == first
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == files
    assert len(files) == 1


def test_every_sender_of_the_settings_is_in_the_table(tmp_path):
    assert set(SENDERS) == set(SenderName)
    person = {"name": "A", "phone": "+66812345678", "senders": ["terminal"]}
    settings = AlertingSettings.model_validate({"person": [person]})
    assert set(senders_for(settings, tmp_path)) == {SenderName.OUTBOX_FOLDER, SenderName.TERMINAL}


def test_the_outbox_folder_holds_a_readable_file_for_each_message(tmp_path):
    OutboxFolder(tmp_path).submit(message(), AT_NS)
    (path,) = tmp_path.iterdir()
    assert path.name == "20250328T062031Z_n12a1.txt"
    assert path.read_text(encoding="utf-8") == (
        "To: +66812345678\nPerson: Somchai\nLevel: red\nSegments: 1\n\n" + THAI + "\n"
    )


def test_the_terminal_shows_whom_and_what():
    stream = io.StringIO()
    Terminal(stream).submit(message(), AT_NS)
    assert stream.getvalue() == (
        "SMS to Somchai +66812345678 (1 segment)\n  | แดง TWR01 4711 แรงสั่นสะเทือน\n  | ตอบ 4711\n"
    )


def test_the_spool_gets_the_names_the_daemon_takes(spool):
    for level, priority in zip(("black", "red", "amber", "green"), "ABCD", strict=True):
        handed = GammuSpool(spool).submit(message(level=AlarmLevel(level)), AT_NS)
        assert handed.ref == f"OUT{priority}20250328_062031_00_+66812345678_n12a1.txt"
        assert (spool / "outbox" / handed.ref).read_bytes().startswith(b"\xfe\xff")


def test_nothing_the_daemon_could_take_half_written_is_ever_there(spool, monkeypatch):
    names = []
    monkeypatch.setattr(
        "plumbline.collector.storage.atomic.os.fsync",
        lambda fd: names.append(sorted(path.name for path in (spool / "outbox").iterdir())),
    )
    GammuSpool(spool).submit(message(), AT_NS)
    while_writing = names[0]
    assert len(while_writing) == 1
    assert not while_writing[0].upper().startswith("OUT")


def test_the_spool_follows_a_message_to_sent_or_error(spool):
    sender = GammuSpool(spool)
    ref = sender.submit(message(), AT_NS).ref
    assert sender.receipt(ref) is Receipt.PENDING
    (spool / "outbox" / ref).rename(spool / "sent" / ref)
    assert sender.receipt(ref) is Receipt.CONFIRMED
    assert sender.submit(message(), AT_NS).receipt is Receipt.CONFIRMED
    (spool / "sent" / ref).rename(spool / "error" / ref)
    assert sender.receipt(ref) is Receipt.GIVEN_BACK
    again = sender.submit(message(attempt=2), AT_NS)
    assert again.receipt is Receipt.PENDING
    assert again.ref != ref


def test_a_message_can_be_taken_back_until_the_daemon_has_it(spool):
    sender = GammuSpool(spool)
    ref = sender.submit(message(), AT_NS).ref
    assert sender.withdraw(ref)
    assert not sender.withdraw(ref)
    assert sender.receipt(ref) is Receipt.GIVEN_BACK


def test_a_spool_that_is_not_there_may_come_and_the_error_says_what_to_do(tmp_path):
    with pytest.raises(GatewayAway, match="start gammu-smsd or set alerting.gammu.spool") as away:
        GammuSpool(tmp_path / "nowhere").submit(message(), AT_NS)
    assert is_temporary(away.value)


NAME = "IN20261122_221812_00_+66812345678_00.txt"


def test_an_sms_is_read_once_it_is_whole(spool):
    inbox = GammuInbox(spool)
    path = spool / "inbox" / NAME
    whole = "\ufeffรับทราบ ๔๗๑๑".encode("utf-16-be") + b"\0" * 40  # the daemon pads with zeros
    path.write_bytes(whole[:6])
    assert inbox.messages() == []
    path.write_bytes(whole)
    assert inbox.messages() == []
    (received,) = inbox.messages()
    assert (received.phone, received.text) == ("+66812345678", "รับทราบ ๔๗๑๑")
    inbox.put_away(received)
    assert inbox.messages() == []
    assert (spool / "taken" / NAME).exists()


def test_the_same_sms_under_another_serial_number_has_the_same_key(spool):
    inbox = GammuInbox(spool)
    for serial, second in (("00", "12"), ("01", "12"), ("02", "13")):
        name = f"IN20261122_2218{second}_{serial}_+66812345678_00.txt"
        (spool / "inbox" / name).write_text("4711", encoding="utf-8")
    inbox.messages()
    keys = [received.key for received in inbox.messages()]
    assert keys[0] == keys[1] != keys[2]


def test_other_files_in_the_inbox_are_left_alone(spool):
    (spool / "inbox" / "INfoo.txt").write_text("x", encoding="utf-8")
    (spool / "inbox" / "notes.txt").write_text("x", encoding="utf-8")
    inbox = GammuInbox(spool)
    inbox.messages()
    assert inbox.messages() == []


def test_an_inbox_that_is_not_there_is_empty(tmp_path):
    assert GammuInbox(tmp_path / "nowhere").messages() == []
