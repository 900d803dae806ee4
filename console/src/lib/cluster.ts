// From "which record goes into which group" to the decision that says so: nothing moved is KEEP, records that join another person
// are MOVE, a person that falls apart is SPLIT.
import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  ClusterDecisionSchema,
  Decision_Operation as Operation,
  type Cluster,
  type Cluster_Link,
  type ClusterDecision_Group,
} from "@/gen/relief/v1/review_service_pb";
import type { RecordName } from "@/gen/relief/v1/types_pb";

export function keyOf({ sourceId, recordId }: RecordName): string {
  return `${sourceId}/${recordId}`;
}

export function groupsNow(cluster: Cluster): Map<string, number> {
  return new Map(
    cluster.groups.flatMap((group, i) => group.records.flatMap(({ record }) => (record?.name ? [[keyOf(record.name), i] as const] : []))),
  );
}

export function decisionOf(cluster: Cluster, place: ReadonlyMap<string, number>): MessageInitShape<typeof ClusterDecisionSchema> {
  const now = groupsNow(cluster);
  const names = cluster.groups.flatMap((group) => group.records.flatMap(({ record }) => (record?.name ? [record.name] : [])));
  const at = (name: RecordName) => place.get(keyOf(name)) ?? now.get(keyOf(name))!;
  const moved = names.filter((name) => at(name) !== now.get(keyOf(name)));
  const own = names.filter((name) => now.get(keyOf(name)) === 0);
  if (moved.length === 0) return { operation: Operation.KEEP, groups: [{ records: own }] };
  const target = at(moved[0]);
  if (target < cluster.groups.length && moved.every((name) => at(name) === target)) {
    return {
      operation: Operation.MOVE,
      groups: [{ records: moved }, { records: names.filter((name) => now.get(keyOf(name)) === target) }],
    };
  }
  const parts = [...new Set(own.map(at))].map((group) => ({ records: own.filter((name) => at(name) === group) }));
  return { operation: Operation.SPLIT, groups: parts };
}

// Links that speak for one person, between records that a decision puts apart; the strongest first.
export function tornLinks(cluster: Cluster, groupOf: (key: string) => number | undefined): Cluster_Link[] {
  return cluster.links
    .filter(({ recordA, recordB, bits }) => {
      if (!recordA || !recordB || bits <= 0) return false;
      const [a, b] = [groupOf(keyOf(recordA)), groupOf(keyOf(recordB))];
      return a !== undefined && b !== undefined && a !== b;
    })
    .sort((a, b) => b.bits - a.bits);
}

// As the groups of a decision put them; nothing for a record that it does not name.
export function placesOf(groups: readonly ClusterDecision_Group[]): Map<string, number> {
  return new Map(groups.flatMap(({ records }, i) => records.map((name) => [keyOf(name), i] as const)));
}
