// The keyboard of the review and of lists. Off while somebody types, and while an input method composes characters.

export type Command =
  | "next"
  | "previous"
  | "same"
  | "different"
  | "unsure"
  | "confirm"
  | "undo"
  | "assign"
  | "comment"
  | "reason"
  | "evidence"
  | "reveal"
  | "select"
  | "search"
  | "help";

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
  a: "assign",
  c: "comment",
  s: "reason",
  e: "evidence",
  r: "reveal",
  x: "select",
  "/": "search",
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
  assign: "A",
  comment: "C",
  reason: "S",
  evidence: "E",
  reveal: "R",
  select: "X",
  search: "/",
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

// Enter on the verdict that was chosen, or on the case of the queue that is already open, has nothing else to do.
const NO_OWN_ENTER = "[data-verdict][aria-pressed=true], .queue-item[aria-current=true]";

// Escape takes the keys back from a field of text. Not from a list that is open, nor in a dialog: there it closes these.
export function leavesField(press: KeyPress): boolean {
  if (press.key !== "Escape" || press.isComposing || press.keyCode === 229) return false;
  const field = press.target instanceof Element ? press.target.closest(TYPING) : null;
  return field !== null && field.getAttribute("aria-expanded") !== "true" && !field.closest("[role=dialog]");
}

// A key that is no text and no browser's or input method's.
export function isFree(press: KeyPress): boolean {
  if (press.ctrlKey || press.metaKey || press.altKey) return false;
  if (press.isComposing || press.keyCode === 229) return false; // 229: what browsers report for a key that an IME took
  return !(press.target instanceof Element && press.target.closest(TYPING));
}

export function commandOf(press: KeyPress): Command | null {
  if (!isFree(press)) return null;
  const target = press.target instanceof Element ? press.target : null;
  const command = COMMANDS[press.key === "?" ? "?" : press.key.toLowerCase()];
  if (!command) return null;
  // A held key may run through the queue, but never decides twice.
  if (press.repeat && command !== "next" && command !== "previous") return null;
  if (command === "confirm" && target?.closest(OWN_ENTER) && !target.closest(NO_OWN_ENTER)) return null;
  return command;
}
