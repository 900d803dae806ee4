import { describe, expect, test } from "vitest";
import { Conflict_Kind, ConflictOrder } from "@/gen/relief/v1/review_service_pb";
import { orderOf, queueMessage, readQueue, writeQueue } from "./queue";

describe("the queue in the address", () => {
  test("comes back as it was written", () => {
    const address =
      "kind=TWO_IDS%2CSHARED_ID&state=UNSURE&programme=MEDICAL&region=3713&who=mine&overdue=1&min=-3&max=20&atleast=500&order=BY_AGE";
    expect(writeQueue(readQueue(new URLSearchParams(address))).toString()).toBe(address);
  });

  test("drops what it does not know, so that an old link still opens", () => {
    const queue = readQueue(new URLSearchParams("kind=NO_SUCH,TWO_IDS&region=37x&min=abc&order=BY_MOON&who=theirs"));
    expect(writeQueue(queue).toString()).toBe("kind=TWO_IDS");
  });

  test("asks the hub for the same, in fen", () => {
    const queue = readQueue(new URLSearchParams("kind=TWO_IDS&who=nobody&min=0&atleast=12&order=BY_DUE_DATE"));
    const message = queueMessage(queue);
    expect(message.kinds).toEqual([Conflict_Kind.TWO_IDS]);
    expect([message.onlyUnassigned, message.onlyMine]).toEqual([true, false]);
    expect(message.minBits).toBe(0);
    expect(message.maxBits).toBeUndefined();
    expect(message.minAmountFen).toBe(1200n);
    expect(orderOf(queue)).toBe(ConflictOrder.BY_DUE_DATE);
  });
});
