import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { isPassing, messageOf, troubleOf } from "./errors";

test.each([
  [Code.PermissionDenied, "noRight"],
  [Code.NotFound, "notFound"],
  [Code.Aborted, "changed"],
  [Code.InvalidArgument, "invalid"],
  [Code.FailedPrecondition, "invalid"],
  [Code.Unavailable, "unreachable"],
  [Code.DeadlineExceeded, "tooLong"],
  [Code.Unimplemented, "notYet"],
  [Code.Internal, "other"],
])("what %s means to the reader", (code, trouble) => {
  expect(troubleOf(new ConnectError("said", code))).toBe(trouble);
});

test("only a hub that does not answer is asked again by itself", () => {
  expect(isPassing(new TypeError("Failed to fetch"))).toBe(true);
  expect(isPassing(new TypeError("x is undefined"))).toBe(false);
  expect(isPassing(new ConnectError("no", Code.PermissionDenied))).toBe(false);
});

test("the hub's own sentence is shown without its code", () => {
  expect(messageOf(new ConnectError("comment: at most 500 characters", Code.InvalidArgument))).toBe("comment: at most 500 characters");
});
