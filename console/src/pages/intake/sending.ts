// Files on their way to the hub, in parts. The sending goes on while the officer looks at other pages; after the browser was closed,
// the same file goes on from what the hub has.
import { useSyncExternalStore } from "react";
import { Code, ConnectError } from "@connectrpc/connect";
import { intake } from "@/api/clients";
import { isPassing } from "@/api/errors";

export const PART = 384 * 1024; // bytes; in JSON a third more
const ATTEMPTS = 8;

export interface Sending {
  sent: number;
  size: number;
  error: unknown;
}

const under = new Map<string, Sending>();
const listeners = new Set<() => void>();

function set(uploadId: string, sending: Sending | null) {
  if (sending) under.set(uploadId, sending);
  else under.delete(uploadId);
  listeners.forEach((listener) => listener());
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function sendPart(uploadId: string, offset: number, data: Uint8Array) {
  for (let attempt = 0; ; ++attempt) {
    try {
      return await intake.appendUpload({ uploadId, offset: BigInt(offset), data });
    } catch (error) {
      if (!isPassing(error) || attempt === ATTEMPTS) throw error;
      await pause(500 * 2 ** Math.min(attempt, 4));
    }
  }
}

// Resolves when the hub has all of it.
export async function sendFile(uploadId: string, file: File, from = 0): Promise<void> {
  if (under.get(uploadId)?.error === null) return; // it is being sent
  let at = from;
  try {
    for (;;) {
      set(uploadId, { sent: at, size: file.size, error: null });
      const part = new Uint8Array(await file.slice(at, at + PART).arrayBuffer());
      const { receivedBytes, complete } = await sendPart(uploadId, at, part);
      at = Number(receivedBytes);
      if (complete) return set(uploadId, null);
    }
  } catch (error) {
    // The upload is at another step: given up meanwhile, or complete.
    const over = error instanceof ConnectError && error.code === Code.FailedPrecondition;
    set(uploadId, over ? null : { sent: at, size: file.size, error });
    throw error;
  }
}

export function useSending(uploadId: string): Sending | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => under.get(uploadId),
  );
}
