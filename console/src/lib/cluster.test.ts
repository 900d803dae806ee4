import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { ClusterSchema, Decision_Operation as Operation } from "@/gen/relief/v1/review_service_pb";
import { decisionOf } from "./cluster";

const record = (recordId: string) => ({ record: { name: { sourceId: "s", recordId } } });
const cluster = create(ClusterSchema, {
  groups: [
    { personId: "P-1", records: [record("a"), record("b"), record("c")] },
    { personId: "P-2", records: [record("d")] },
  ],
});
const decided = (moves: [string, number][]) => {
  const { operation, groups } = decisionOf(cluster, new Map(moves));
  return { operation, groups: groups?.map(({ records }) => records?.map(({ recordId }) => recordId).join("")) };
};

describe("a cluster's decision", () => {
  test("keeps the person together where nothing was moved", () => {
    expect(decided([])).toEqual({ operation: Operation.KEEP, groups: ["abc"] });
    expect(
      decided([
        ["s/a", 0],
        ["s/d", 1],
      ]),
    ).toEqual({ operation: Operation.KEEP, groups: ["abc"] });
  });

  test("moves records to the person that they belong to", () => {
    expect(decided([["s/b", 1]])).toEqual({ operation: Operation.MOVE, groups: ["b", "d"] });
    expect(decided([["s/d", 0]])).toEqual({ operation: Operation.MOVE, groups: ["d", "abc"] });
  });

  test("splits the person where its records go to somebody new", () => {
    expect(decided([["s/c", 2]])).toEqual({ operation: Operation.SPLIT, groups: ["ab", "c"] });
    expect(
      decided([
        ["s/b", 2],
        ["s/c", 3],
      ]),
    ).toEqual({ operation: Operation.SPLIT, groups: ["a", "b", "c"] });
  });
});
