import { beforeEach, describe, expect, test } from "vitest";
import { commandOf, KEY_CAPS, leavesField, type Command } from "./keys";

const press = (key: string, more = {}) => commandOf({ key, target: document.body, ...more });

describe("the review page's keys", () => {
  beforeEach(() => {
    document.body.innerHTML = "<input id=text><button id=button></button><button id=chosen data-verdict=same aria-pressed=true></button>";
  });

  test("each command is on the key that the buttons show", () => {
    for (const [command, cap] of Object.entries(KEY_CAPS) as [Command, string][]) expect(press(cap), cap).toBe(command);
  });

  test("rest while somebody types, composes, or holds another key", () => {
    const text = document.getElementById("text");
    expect(press("1", { target: text })).toBeNull();
    expect(press("1", { isComposing: true })).toBeNull();
    expect(press("1", { keyCode: 229 })).toBeNull();
    expect(press("r", { ctrlKey: true })).toBeNull();
  });

  test("a held key runs through the queue, but decides nothing", () => {
    expect(press("j", { repeat: true })).toBe("next");
    expect(press("Enter", { repeat: true })).toBeNull();
    expect(press("z", { repeat: true })).toBeNull();
  });

  test("Enter is a button's own, except where the verdict was chosen with it", () => {
    expect(press("Enter", { target: document.getElementById("button") })).toBeNull();
    expect(press("Enter", { target: document.getElementById("chosen") })).toBe("confirm");
  });

  test("Enter on the case of the queue that is open confirms; on another it opens that", () => {
    document.body.innerHTML = `<button id=open class=queue-item aria-current=true></button><button id=other class=queue-item></button>`;
    expect(press("Enter", { target: document.getElementById("open") })).toBe("confirm");
    expect(press("Enter", { target: document.getElementById("other") })).toBeNull();
  });

  test("Escape leaves a field, but not a dialog, an open list, or an input method", () => {
    document.body.innerHTML = `<input id=text><input id=list role=combobox aria-expanded=true><div role=dialog><input id=inside></div>`;
    const escapes = (id: string, more = {}) => leavesField({ key: "Escape", target: document.getElementById(id), ...more });
    expect(escapes("text")).toBe(true);
    expect(escapes("text", { isComposing: true })).toBe(false);
    expect(escapes("list")).toBe(false);
    expect(escapes("inside")).toBe(false);
  });
});
