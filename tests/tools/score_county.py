#!/usr/bin/env python3
"""Score what the hub found against a synthetic district's truth.

    score_county.py TRUTH_DIR --persons PERSONS.csv [--findings FINDINGS.csv] [--min-f1 0.99] [--min-findings-f1 0.99]

PERSONS.csv   programme,record_id,person_id      one row per accepted record (programme = the export's file name without .csv)
FINDINGS.csv  rule,person_id,records             records separated by spaces

Prints pairwise precision, recall and F1, B-cubed F1, and precision and recall per rule (a finding is right when its rule and its
set of records are in the truth). Exits 1 where an F1 asked for is not reached.
"""
import argparse, csv, os, sys
from collections import Counter, defaultdict


def pairs(n): return n * (n - 1) // 2


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("truth", metavar="TRUTH_DIR", help="the directory that synth_county.py wrote")
    a.add_argument("--persons", required=True, metavar="FILE", help="what `relief export persons` wrote")
    a.add_argument("--findings", metavar="FILE", help="what `relief export findings` wrote")
    a.add_argument("--min-f1", type=float, default=0, metavar="F1", help="pairwise F1 of the persons to reach")
    a.add_argument("--min-findings-f1", type=float, default=0, metavar="F1", help="F1 of the findings to reach")
    o = a.parse_args()
    read = lambda p: list(csv.DictReader(open(p, encoding="utf-8-sig")))
    truth = {(r["programme"], r["record_id"]): r["person"] for r in read(os.path.join(o.truth, "truth_persons.csv"))}
    got = {(r["programme"], r["record_id"]): r["person_id"] for r in read(o.persons)}
    for k in truth: got.setdefault(k, ("missing", k))
    extra = [k for k in got if k not in truth]
    joint = Counter((truth[k], got[k]) for k in truth); t = Counter(truth.values()); g = Counter(got[k] for k in truth)
    tp, tt, gg = (sum(pairs(n) for n in c.values()) for c in (joint, t, g))
    p, r = tp / gg if gg else 1, tp / tt if tt else 1
    f1 = 2 * p * r / (p + r) if p + r else 0
    n = sum(t.values())
    bp = sum(c * c / g[b] for (a_, b), c in joint.items()) / n; br = sum(c * c / t[a_] for (a_, b), c in joint.items()) / n
    print("records %d (missing %d, not in truth %d)  pairwise P %.5f R %.5f F1 %.5f  B3 P %.5f R %.5f F1 %.5f" % (
        n, sum(1 for k in truth if isinstance(got[k], tuple)), len(extra), p, r, f1, bp, br, 2 * bp * br / (bp + br)))
    bad = f1 < o.min_f1
    if o.findings:
        key = lambda r: (r["rule"], frozenset(r["records"].split()))
        T, G = {key(x) for x in read(os.path.join(o.truth, "truth_findings.csv"))}, {key(x) for x in read(o.findings)}
        known = {k[0] for k in T}
        for rule in sorted(known | {k[0] for k in G}):
            tr, gr = {k for k in T if k[0] == rule}, {k for k in G if k[0] == rule}
            print("%s  truth %d found %d right %d  P %.4f R %.4f%s" % (rule, len(tr), len(gr), len(tr & gr), len(tr & gr) / len(gr) if gr else 1, len(tr & gr) / len(tr) if tr else 1, "" if rule in known else "  (no truth for this rule)"))
        Gk = {k for k in G if k[0] in known}
        fp, fr = len(T & Gk) / len(Gk) if Gk else 0, len(T & Gk) / len(T) if T else 1
        ff = 2 * fp * fr / (fp + fr) if fp + fr else 0
        print("findings P %.4f R %.4f F1 %.4f" % (fp, fr, ff)); bad |= ff < o.min_findings_f1
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
