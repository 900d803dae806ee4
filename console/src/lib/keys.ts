// The review page's keyboard. Off while somebody types, and while an input method composes characters.

export type Command = "next" | "previous" | "same" | "different" | "unsure" | "confirm" | "undo" | "help";

const COMMANDS: Record<string, Command> = {
  j: "next",
  arrowdown: "next",
  k: "previous",
  arrowup: "previous",
  "1": "same",
  "2": "different",
  "3": "unsure",
  enter: "confirm",
  z: "undo",
  "?": "help",
};

// What is shown on buttons and in the help.
export const KEY_CAPS: Record<Command, string> = {
  next: "J",
  previous: "K",
  same: "1",
  different: "2",
  unsure: "3",
  confirm: "Enter",
  undo: "Z",
  help: "?",
};

export interface KeyPress {
  key: string;
  ctrlKey?: boolean;
  metaKey?: boolean;
  altKey?: boolean;
  repeat?: boolean;
  isComposing?: boolean;
  keyCode?: number;
  target?: EventTarget | null;
}

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable=''], [contenteditable=true]";
const OWN_ENTER = "button, a[href], summary, [role=tab], [role=menuitem], [role=option], [role=combobox]";

export function commandOf(press: KeyPress): Command | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (press.isComposing || press.keyCode === 229) return null; // 229: what browsers report for a key that an IME took
  const target = press.target instanceof Element ? press.target : null;
  if (target?.closest(TYPING)) return null;
  const command = COMMANDS[press.key === "?" ? "?" : press.key.toLowerCase()];
  if (!command) return null;
  // A held key may run through the queue, but never decides twice.
  if (press.repeat && command !== "next" && command !== "previous") return null;
  if (command === "confirm" && target?.closest(OWN_ENTER) && !target.closest("[data-verdict][aria-pressed=true]")) return null;
  return command;
}
