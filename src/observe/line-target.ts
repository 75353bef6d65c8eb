// What lines are written to. None ever makes the event loop wait.

export interface LineTarget {
  /** Writes what it can of `bytes`; one call at a time. An error may come with a part written. */
  write(bytes: Uint8Array, done: (error: NodeJS.ErrnoException | null, writtenBytes: number) => void): void
  /** Writes before it returns, or throws. For the very end of the process. */
  writeNow(bytes: Uint8Array): void
  /** Goes on in what is now at its path; throws and goes on as before if that cannot be opened. Not during `write`. */
  reopen(): void
  close(): void
}
