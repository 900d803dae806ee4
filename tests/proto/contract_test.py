"""tests/proto/contract on a small contract: each way to break a client is tried once, and found. Run by ctest (proto.ContractTest)."""
import importlib.machinery
import importlib.util
import os
import tempfile
import unittest

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "contract")
LOADER = importlib.machinery.SourceFileLoader("contract", PROGRAM)
contract = importlib.util.module_from_spec(importlib.util.spec_from_loader("contract", LOADER))
LOADER.exec_module(contract)

PROTO = """
syntax = "proto3";
package relief.v1;
service FeedService {
  rpc Push(stream Record) returns (stream Answer);
  rpc Look(Answer) returns (Record);
}
message Record {
  reserved 9;
  string record_id = 1;
  repeated string notes = 2;
  optional int64 amount_fen = 3;
  oneof what { string benefit = 4; string household = 5; }
  State state = 6;
  enum State { STATE_UNSPECIFIED = 0; OPEN = 1; CLOSED = 2; }
  map<string, int32> counts = 7;
}
message Answer { Record record = 1; message Part { int32 size = 1; } repeated Part parts = 2; }
"""


def read(text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "relief/v1/feed.proto")
        os.makedirs(os.path.dirname(path))
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return contract.read_protos(folder)


def faults(*changes, changelog=""):
    text = PROTO
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    released = contract.read_golden(contract.write_golden(read(PROTO)))
    return list(contract.faults(released, read(text), contract.noted(changelog)))


def note(*names):
    return "# Changes\n\n## Unreleased\n\n" + "".join("- `%s`: gone.\n" % name for name in names) + "\n## 1.0\n\n- `Record.notes`\n"


class Contract(unittest.TestCase):
    def found(self, words, *changes, changelog=""):
        complaints = faults(*changes, changelog=changelog)
        self.assertTrue(any(words in complaint for complaint in complaints), complaints)

    def test_the_same_contract_has_no_fault(self):
        self.assertEqual([], faults())

    def test_additions_are_no_fault(self):
        self.assertEqual([], faults(("STATE_UNSPECIFIED = 0;", "STATE_UNSPECIFIED = 0; STALE = 3;"),
                                    ("State state = 6;", "State state = 6; string more = 8;"),
                                    ("rpc Look", "rpc Follow(Answer) returns (stream Record); rpc Look"),
                                    ("message Answer", "message New { string a = 1; } message Answer")))

    def test_what_breaks_a_client_is_a_fault(self):
        field = "relief.v1.Record.record_id was "
        self.found(field + "removed", ("string record_id = 1;", "reserved 1;"))
        self.found(field + "removed", ("record_id = 1", "identifier = 1"))
        self.found(field + "changed", ("record_id = 1", "record_id = 8"))
        self.found(field + "changed", ("string record_id", "bytes record_id"))
        self.found(field + "changed", ("string record_id", "repeated string record_id"))
        self.found(field + "changed", ("string record_id", "optional string record_id"))
        self.found(field + "changed", ("record_id = 1", 'record_id = 1 [json_name = "id"]'))
        self.found("relief.v1.Record.notes was changed", ("repeated string notes", "string notes"))
        self.found("relief.v1.Record.benefit was changed", ("oneof what { string benefit = 4;", "string benefit = 4; oneof what {"))
        self.found("relief.v1.Record.CountsEntry.value was changed", ("map<string, int32>", "map<string, int64>"))
        self.found("relief.v1.Record.State.CLOSED was removed", ("CLOSED = 2;", "reserved 2;"))
        self.found("relief.v1.Record.State.CLOSED was removed", ("CLOSED = 2", "DONE = 2"))
        self.found("relief.v1.Record.State.CLOSED was changed", ("CLOSED = 2", "CLOSED = 3"))
        self.found("relief.v1.FeedService.Look was removed", ("rpc Look(Answer) returns (Record);", ""))
        self.found("relief.v1.FeedService.Look was changed", ("Look(Answer)", "Look(Record)"))
        self.found("relief.v1.FeedService.Push was changed", ("returns (stream Answer)", "returns (Answer)"))
        self.found("relief.v1.Answer.Part was removed", ("message Part { int32 size = 1; } repeated Part parts = 2;", "reserved 2;"))

    def test_a_note_in_the_changelog_allows_it(self):
        gone = ("string record_id = 1;", "reserved 1;")
        self.assertEqual([], faults(gone, changelog=note("Record.record_id")))
        self.assertEqual([], faults(gone, changelog=note("relief.v1.Record.record_id")))
        self.assertEqual([], faults(("CLOSED = 2", "DONE = 2"), changelog=note("Record.State.CLOSED")))

    def test_a_note_on_a_message_that_is_gone_is_one_on_all_that_it_held(self):
        gone = ("message Part { int32 size = 1; } repeated Part parts = 2;", "reserved 2;")
        self.assertEqual([], faults(gone, changelog=note("Answer.parts", "Answer.Part")))

    def test_a_note_on_something_else_or_of_an_earlier_release_allows_nothing(self):
        gone = ("string record_id = 1;", "reserved 1;")
        self.found("relief.v1.Record.record_id was removed", gone, changelog=note("Record"))
        self.found("relief.v1.Record.record_id was removed", gone, changelog=note("Record.record"))
        self.found("relief.v1.Record.notes was removed", ("repeated string notes = 2;", "reserved 2;"), changelog=note("Record.record_id"))

    def test_a_number_that_was_given_up_is_reserved(self):
        self.found("its number 1 must be `reserved`", ("string record_id = 1;", ""), changelog=note("Record.record_id"))
        self.found("its number 2 must be `reserved`", ("CLOSED = 2;", ""), changelog=note("Record.State.CLOSED"))

    def test_a_number_is_never_used_for_something_else(self):
        self.found("the number 1 was relief.v1.Record.record_id's", ("string record_id = 1;", "int64 weight = 1;"), changelog=note("Record.record_id"))


if __name__ == "__main__":
    unittest.main()
