// What the officers' queue is narrowed and ordered by, as it stands in the address.
import { create } from "@bufbuild/protobuf";
import { Conflict_Kind, ConflictFilterSchema, ConflictOrder, WorkItem_State, type ConflictFilter } from "@/gen/relief/v1/review_service_pb";
import { Programme } from "@/gen/relief/v1/types_pb";
import { isRegionPrefix } from "@/lib/filter";

export const ORDERS = ["BY_PRIORITY", "BY_DUE_DATE", "BY_AGE", "BY_BITS", "BY_AMOUNT"] as const;

export interface QueueFilter {
  kinds: string[];
  states: string[];
  programmes: string[];
  region: string;
  who: "" | "mine" | "nobody";
  overdue: boolean;
  minBits: string;
  maxBits: string;
  atLeast: string; // yuan
  order: (typeof ORDERS)[number];
}

export function readQueue(params: URLSearchParams): QueueFilter {
  const text = (name: string) => params.get(name) ?? "";
  const list = (name: string, known: object) =>
    text(name)
      .split(",")
      .filter((one) => one && one in known);
  const bits = (name: string) => (/^-?\d{1,3}$/.test(text(name)) ? text(name) : "");
  return {
    kinds: list("kind", Conflict_Kind),
    states: list("state", WorkItem_State),
    programmes: list("programme", Programme),
    region: isRegionPrefix(text("region")) ? text("region") : "",
    who: text("who") === "mine" || text("who") === "nobody" ? (text("who") as "mine") : "",
    overdue: text("overdue") === "1",
    minBits: bits("min"),
    maxBits: bits("max"),
    atLeast: /^\d{1,9}$/.test(text("atleast")) ? text("atleast") : "",
    order: ORDERS.find((one) => one === text("order")) ?? "BY_PRIORITY",
  };
}

// Another filter is another queue: the case that was open is not carried over.
export function writeQueue(change: QueueFilter): URLSearchParams {
  const next = new URLSearchParams();
  const set = (name: string, value: string) => value && next.set(name, value);
  set("kind", change.kinds.join(","));
  set("state", change.states.join(","));
  set("programme", change.programmes.join(","));
  set("region", change.region);
  set("who", change.who);
  set("overdue", change.overdue ? "1" : "");
  set("min", change.minBits);
  set("max", change.maxBits);
  set("atleast", change.atLeast);
  set("order", change.order === "BY_PRIORITY" ? "" : change.order);
  return next;
}

export function queueMessage(queue: QueueFilter): ConflictFilter {
  return create(ConflictFilterSchema, {
    kinds: queue.kinds.map((name) => Conflict_Kind[name as keyof typeof Conflict_Kind]),
    states: queue.states.map((name) => WorkItem_State[name as keyof typeof WorkItem_State]),
    programmes: queue.programmes.map((name) => Programme[name as keyof typeof Programme]),
    regionPrefix: queue.region,
    onlyMine: queue.who === "mine",
    onlyUnassigned: queue.who === "nobody",
    onlyOverdue: queue.overdue,
    minBits: queue.minBits ? Number(queue.minBits) : undefined,
    maxBits: queue.maxBits ? Number(queue.maxBits) : undefined,
    minAmountFen: queue.atLeast ? BigInt(queue.atLeast) * 100n : 0n,
  });
}

export function orderOf(queue: QueueFilter): ConflictOrder {
  return ConflictOrder[queue.order];
}
