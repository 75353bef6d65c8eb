// A script at work for one request: a process of its own, or a connection to a FastCGI server. What it says is a head and a body by RFC
// 3875 §6; script-exchange.ts makes an answer of that.

/** What is done to a script, and what comes of it. Methods never throw; promises reject with why the script cannot go on. */
export interface ScriptRun {
  /** How the script is called in the log. */
  readonly name: string
  /** Takes a part of the body. Resolves when more may follow; to false where nobody takes any more. */
  write(block: Uint8Array): Promise<boolean>
  /** The body is complete. */
  endBody(): void
  /** What comes next of its output; undefined at the end. */
  next(): Promise<Buffer | undefined>
  /** Behind the end of the output: resolves where it was complete, as far as can be told. */
  ended(): Promise<void>
  /** How it ended, for a message; empty where there is nothing to tell. */
  readonly ending: string
  /** Ends it at once: `next` rejects with `reason`. */
  abort(reason: Error): void
  /** Nobody reads its output any more. It may come to its end by itself, within the limit. */
  release(limitMs: number): void
  /** It has ended, and holds its place no longer. */
  readonly whenOver: Promise<void>
}
