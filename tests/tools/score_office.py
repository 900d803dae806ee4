#!/usr/bin/env python3
"""Score what the matcher made of a district of synth_office.py.

    relief-eval register --model M --truth DIR/truth_persons.csv --persons P --conflicts C DIR
    score_office.py DIR --persons P --conflicts C [--causes] [--wrong N]

Prints one line: pairwise and B-cubed F1, persons made of two people for 10,000 persons, cases for officers for 1,000 records,
and for each kind of case how many there are and how many are worth an officer's time: truly one person, or a number or name
that is on the wrong person's row. --causes adds the recall of rows by cause of error and by nation; --wrong N prints N rows
that were joined to somebody else's.
"""
import argparse, csv, os, sys
from collections import Counter, defaultdict

FAULTS = {"i_guard", "i_family", "n_holder", "n_rel"}  # somebody else's number or name: a fault to mend


def rows(path):
    with open(path, encoding="utf-8", newline="") as f:
        yield from csv.DictReader(f)


def pairs(n):
    return n * (n - 1) // 2


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("dir")
    a.add_argument("--persons", required=True)
    a.add_argument("--conflicts", required=True)
    a.add_argument("--causes", action="store_true")
    a.add_argument("--wrong", type=int, default=0)
    a.add_argument("--label", default="")
    o = a.parse_args()
    key = lambda r: (r["programme"], r["record_id"])
    truth = {key(r): r["person"] for r in rows(os.path.join(o.dir, "truth_persons.csv"))}
    about = {key(r): (r["nation"], r["causes"].split()) for r in rows(os.path.join(o.dir, "truth_causes.csv"))}
    found = {key(r): r["person"] for r in rows(o.persons) if key(r) in truth}
    people, clusters = defaultdict(list), defaultdict(list)
    for k, p in found.items():
        people[truth[k]].append(k)
        clusters[p].append(k)
    right = sum(pairs(n) for c in clusters.values() for n in Counter(truth[k] for k in c).values())
    p_found, p_true = sum(pairs(len(c)) for c in clusters.values()), sum(pairs(len(c)) for c in people.values())
    f1 = 2 * right / (p_found + p_true) if p_found + p_true else 1
    bp = br = 0
    for c in clusters.values():
        for who, n in Counter(truth[k] for k in c).items():
            bp += n * n / len(c)
            br += n * n / len(people[who])
    bp, br = bp / len(found), br / len(found)
    mixed = [c for c in clusters.values() if len({truth[k] for k in c}) > 1]
    kinds, worth = Counter(), Counter()
    for r in rows(o.conflicts):
        x, y = (r["programme_a"], r["record_a"]), (r["programme_b"], r["record_b"])
        if x not in truth or y not in truth: continue
        kinds[r["kind"]] += 1
        worth[r["kind"]] += truth[x] == truth[y] or bool(FAULTS & set(about[x][1] + about[y][1]))
    total = sum(kinds.values())
    print("%s%d records P %.5f R %.5f F1 %.5f B3 %.5f mixed %d (%.1f/10k) queue %.2f/1k worth %.0f%% | %s" % (
        o.label, len(found), right / p_found if p_found else 1, right / p_true if p_true else 1, f1, 2 * bp * br / (bp + br), len(mixed), 10000 * len(mixed) / len(clusters),
        1000 * total / len(found), 100 * sum(worth.values()) / total if total else 100,
        ", ".join("%s %d %.0f%%" % (k, n, 100 * worth[k] / n) for k, n in sorted(kinds.items()))))
    if o.causes:
        for what, pick in (("cause", lambda k: about[k][1] if len(about[k][1]) == 1 else ["clean"] if not about[k][1] else ["several"]), ("nation", lambda k: [about[k][0]])):
            ok, all_ = Counter(), Counter()
            for k, p in found.items():
                others = [x for x in people[truth[k]] if x != k]
                if not others: continue
                for c in pick(k):
                    all_[c] += 1
                    ok[c] += sum(found[x] == p for x in others) / len(others)
            print("  recall by %s: %s" % (what, ", ".join("%s %.3f (%d)" % (c, ok[c] / all_[c], all_[c]) for c in sorted(all_, key=lambda c: ok[c] / all_[c]))))
    shown = 0
    for c in mixed:
        if shown >= o.wrong: break
        shown += 1
        print("  mixed:", "; ".join("%s/%s is %s (%s)" % (*k, truth[k], " ".join(about[k][1])) for k in c))


if __name__ == "__main__":
    main()
