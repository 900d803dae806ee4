// Callers of the hub, as people know them: "console:wang" is the console's account "wang".
const CONSOLE = "console:";

export function officerName(caller: string): string {
  return caller.startsWith(CONSOLE) ? caller.slice(CONSOLE.length) : caller;
}

export function callerOf(user: string): string {
  return CONSOLE + user;
}
