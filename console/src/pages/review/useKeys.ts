import { useEffect, useRef } from "react";
import { commandOf, type Command } from "@/lib/keys";

export function useKeys(commands: Partial<Record<Command, () => void>>, enabled: boolean) {
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    if (!enabled) return;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const command = commandOf(event);
      const act = command && latest.current[command];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [enabled]);
}
