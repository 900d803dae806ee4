"""tests/check-layers on small trees: each promise is broken once, and the fault is found. Run by ctest (tree.Layers)."""
import importlib.machinery
import importlib.util
import os
import tempfile
import unittest

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check-layers")
LOADER = importlib.machinery.SourceFileLoader("check_layers", PROGRAM)
check_layers = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_layers", LOADER))
LOADER.exec_module(check_layers)

TABLE = """
[folders]
proto:
storage:
server/core: storage, proto
server/findings: server/core
server: *
[libraries]
rocksdb/: storage
[tests of no one folder]
fault
[cycles not yet undone]
"""
DOCUMENT = """
| `proto/` | the contract | |
| `storage/` | rows | |
| `server/core` | the writer | storage, proto |
| `server/findings` | findings | server/core |
| `server/` | main | everything |
"""
TREE = {
    "storage/store.h": "#include <rocksdb/db.h>\n",
    "storage/store.cc": '#include "storage/store.h"\n',
    "server/core/hub.h": '#include "storage/store.h"\n#include "relief/v1/types.pb.h"\n',
    "server/core/hub.cc": '#include "server/core/hub.h"\n',
    "server/findings/judging.h": '#include "server/core/hub.h"\n',
    "server/main.cc": '#include "server/findings/judging.h"\n',
    "tests/server/core/hub_test.cc": '#include "server/core/hub.h"\n',
    "tests/fault/anything_test.py": "",
}


def faults(changes=None, table=TABLE, document=DOCUMENT):
    tree = {**TREE, **(changes or {})}
    with tempfile.TemporaryDirectory() as root:
        for path, text in tree.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text)
        return list(check_layers.faults(root, sorted(tree), check_layers.Table(table), document))


class Layers(unittest.TestCase):
    def only(self, found, words):
        self.assertEqual(1, len(found), found)
        self.assertIn(words, found[0])

    def test_a_tree_that_keeps_to_the_table_has_no_fault(self):
        self.assertEqual([], faults())

    def test_an_include_upwards_is_a_fault(self):
        self.only(faults({"server/core/clock.cc": '#include "server/findings/judging.h"\n'}),
                  "server/core/clock.cc:1: server/core may not include server/findings")

    def test_the_contract_counts_as_a_folder(self):
        self.only(faults({"storage/key.h": '#include "relief/v1/types.pb.h"\n'}), "storage may not include proto")

    def test_a_library_stays_behind_the_face_of_its_folder(self):
        self.only(faults({"server/core/cache.cc": "#include <rocksdb/cache.h>\n"}), "server/core/cache.cc:1: only storage may name rocksdb/")

    def test_a_folder_without_a_row_is_a_fault(self):
        self.only(faults({"matcher/pair.h": ""}), "matcher/pair.h: its folder has no row")

    def test_a_cycle_is_a_fault_though_each_of_its_includes_is_allowed(self):
        found = faults({"server/core/one.h": '#include "server/core/two.h"\n', "server/core/two.h": "",
                        "server/core/two.cc": '#include "server/core/one.h"\n'})
        self.only(found, "a cycle of includes: server/core/one, server/core/two")

    def test_a_known_cycle_is_let_pass_until_it_is_undone(self):
        cycle = {"server/core/one.h": '#include "server/core/two.h"\n', "server/core/two.h": '#include "server/core/one.h"\n'}
        self.assertEqual([], faults(cycle, TABLE + "one\ntwo\n"))
        found = faults(table=TABLE + "one\ntwo\n")
        self.assertEqual(2, len(found))
        self.assertIn("one is in no cycle any more", found[0])

    def test_a_test_lies_where_its_subject_lies(self):
        self.only(faults({"tests/server/core/judging_test.cc": ""}), "judging lies in server/findings, and so does its test")

    def test_a_test_of_a_folder_that_is_gone_is_a_fault(self):
        self.only(faults({"tests/server/notice/outbox_test.cc": ""}), "there is no folder server/notice")

    def test_the_document_shows_the_same_table(self):
        self.only(faults(document=DOCUMENT.replace("storage, proto", "storage")), "ARCHITECTURE.md shows another table")
        self.only(faults(document=DOCUMENT.replace("| `server/findings` | findings | server/core |\n", "")), "no row for `server/findings`")

    def test_the_table_is_written_into_the_document(self):
        table = check_layers.Table(TABLE)
        written, missing = check_layers.shown(DOCUMENT.replace("storage, proto", "whatever it likes"), table)
        self.assertEqual(DOCUMENT, written)
        self.assertEqual([], missing)


if __name__ == "__main__":
    unittest.main()
