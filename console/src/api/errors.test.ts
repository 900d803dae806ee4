import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, describe, expect, test } from "vitest";
import { chooseLanguage, startLanguage } from "@/locales";
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

describe("what is said to the reader", () => {
  afterEach(() => chooseLanguage("zh"));

  test("in Chinese nothing is English: neither a browser's message nor the hub's", () => {
    startLanguage();
    expect(messageOf(new TypeError("Failed to fetch"))).toBe("暂时连不上枢纽");
    expect(messageOf(new ConnectError("log in first", Code.Unauthenticated))).toBe("登录已过期，请重新登录");
    expect(messageOf(new ConnectError("comment: at most 500 characters", Code.InvalidArgument))).toBe("“说明”不符合要求");
    expect(messageOf(new ConnectError("no such proposal", Code.NotFound))).toBe("没有找到");
    expect(messageOf(new ConnectError("第 3 行有误", Code.InvalidArgument))).toBe("第 3 行有误");
  });

  test("in English the hub's own sentence is shown, without its code", () => {
    chooseLanguage("en");
    expect(messageOf(new ConnectError("comment: at most 500 characters", Code.InvalidArgument))).toBe("comment: at most 500 characters");
    expect(messageOf(new ConnectError("log in first", Code.Unauthenticated))).not.toBe("log in first");
  });
});
