// What a client measures is the server, not how long it waits for a CPU itself.
import { setPriority } from 'node:os'

const PRIORITY = -10

export function raisePriority(): void {
  try {
    setPriority(PRIORITY)
  } catch {
    // Only root may.
  }
}
