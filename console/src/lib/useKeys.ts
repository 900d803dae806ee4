import { useEffect, useEffectEvent } from "react";
import { commandOf, leavesField, type Command } from "@/lib/keys";

export function useKeys(commands: Partial<Record<Command, () => void>>, enabled: boolean) {
  const act = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    if (leavesField(event)) return (event.target as HTMLElement).blur();
    const command = commandOf(event);
    const run = command && commands[command];
    if (!run) return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    if (!enabled) return;
    const press = (event: KeyboardEvent) => act(event);
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [enabled]);
}
