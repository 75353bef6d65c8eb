// Files that were sent a short while ago, in memory. What is here is looked at again when it is asked for, at most twice a second; what there is
// no room for any more is what nobody has asked for, for longest.

import { type FilePlace, StaticFile } from './static-file.ts'

const LOOK_AGAIN_MS = 1_000
// Who is answered from memory after this has it looked at for those who come next: where many ask, nobody waits for a look.
const LOOK_AHEAD_MS = 500
// Most files have no copies, or all they will ever have: each look for one more costs as much as that at the file itself.
const LOOK_FOR_COPIES_MS = 10_000
const MOST_BYTES = 33_554_432

interface Entry {
  readonly file: StaticFile
  lookedAtMs: number
  /** When compressed copies were looked for that it does not have. */
  lookedForCopiesMs: number
  /** Somebody has asked for it since it was last its turn to go. */
  wasUsed: boolean
}

export interface FileCacheOptions {
  readonly mostBytes?: number
  readonly nowMs?: () => number
  /** What the times of files are compared with. */
  readonly wallClockMs?: () => number
}

export class FileCache {
  readonly #mostBytes: number
  readonly #nowMs: () => number
  readonly #wallClockMs: () => number
  /** By place and name; first who is next to go. */
  readonly #entries = new Map<string, Entry>()
  readonly #looks = new Map<string, Promise<StaticFile | undefined>>()
  #bytes = 0

  constructor({
    mostBytes = MOST_BYTES,
    nowMs = () => performance.now(),
    wallClockMs = Date.now,
  }: FileCacheOptions = {}) {
    this.#mostBytes = mostBytes
    this.#nowMs = nowMs
    this.#wallClockMs = wallClockMs
  }

  /** Never more than it may have, but for what is just taken in. */
  get stats(): { readonly files: number; readonly bytes: number } {
    return { files: this.#entries.size, bytes: this.#bytes }
  }

  /** A file that was looked at within the last second. The rest says where to look for it. */
  fresh(key: string, place: FilePlace, name: string): StaticFile | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    const ageMs = this.#nowMs() - entry.lookedAtMs
    if (ageMs >= LOOK_AGAIN_MS) return undefined
    // What goes wrong is told to who has to wait for it.
    if (ageMs >= LOOK_AHEAD_MS && !this.#looks.has(key)) this.look(key, place, name).catch(() => undefined)
    entry.wasUsed = true
    return entry.file
  }

  /** Looks for it, once for all that ask at the same time. Undefined where there is none; rejects where it cannot be read. */
  look(key: string, place: FilePlace, name: string): Promise<StaticFile | undefined> {
    const underWay = this.#looks.get(key)
    if (underWay !== undefined) return underWay
    const look = this.#look(key, place, name).finally(() => this.#looks.delete(key))
    this.#looks.set(key, look)
    return look
  }

  forget(key: string): void {
    this.#bytes -= this.#entries.get(key)?.file.bytes ?? 0
    this.#entries.delete(key)
  }

  async #look(key: string, place: FilePlace, name: string): Promise<StaticFile | undefined> {
    const lookedAtMs = this.#nowMs()
    const known = this.#entries.get(key)
    if (known !== undefined && (await isUnchanged(known, lookedAtMs))) {
      known.lookedAtMs = lookedAtMs
      return known.file
    }
    this.forget(key)
    const file = await StaticFile.load(place, name, this.#wallClockMs())
    if (file !== undefined)
      this.#keep(key, { file, lookedAtMs, lookedForCopiesMs: lookedAtMs, wasUsed: false })
    return file
  }

  #keep(key: string, entry: Entry): void {
    this.#entries.set(key, entry)
    this.#bytes += entry.file.bytes
    for (const [next, old] of this.#entries) {
      if (this.#bytes <= this.#mostBytes) return
      this.#entries.delete(next)
      if (old.wasUsed) {
        // A second chance: behind all others, where this loop comes by once more.
        old.wasUsed = false
        this.#entries.set(next, old)
      } else {
        this.#bytes -= old.file.bytes
      }
    }
  }
}

function isUnchanged(entry: Entry, nowMs: number): Promise<boolean> {
  const looksForCopies = nowMs - entry.lookedForCopiesMs >= LOOK_FOR_COPIES_MS
  if (looksForCopies) entry.lookedForCopiesMs = nowMs
  return entry.file.isUnchanged(looksForCopies)
}
