import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { ClusterDecisionSchema, ClusterSchema, Decision_Operation as Operation } from "@/gen/relief/v1/review_service_pb";
import { decisionOf, placesOf, tornLinks } from "./cluster";

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

test("links between records that are put apart are torn, the strongest first; those within a group and those against are not", () => {
  const name = (recordId: string) => ({ sourceId: "s", recordId });
  const link = (a: string, b: string, bits: number) => ({ recordA: name(a), recordB: name(b), bits });
  const linked = create(ClusterSchema, {
    links: [link("a", "b", 12), link("a", "c", 38), link("b", "c", 50), link("b", "d", -7), link("c", "x", 9)],
  });
  const places = placesOf(
    create(ClusterDecisionSchema, { groups: [{ records: [name("a"), name("b")] }, { records: [name("c"), name("d")] }] }).groups,
  );
  expect(tornLinks(linked, (key) => places.get(key)).map(({ bits }) => bits)).toEqual([50, 38]);
});
