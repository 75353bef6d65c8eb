// Names and passwords against hashes, where finding out is dear on purpose: each pair that was right is remembered, equal ones wait
// for one answer, and only a few are at work at a time.

import { createHmac, randomBytes } from 'node:crypto'
import { PasswordHash } from './password-hash.ts'

/** `busy`: so many are being looked at that this one was not. */
export type Verdict = 'right' | 'wrong' | 'busy'

// Each takes a thread of Node's four, and 16 MiB: files and names must still be read meanwhile.
const MAX_AT_WORK = 2
const MAX_WAITING = 64
const MAX_REMEMBERED = 1000

export class UserTable {
  readonly #hashes: ReadonlyMap<string, PasswordHash>
  readonly #decoy: PasswordHash
  readonly #secret = randomBytes(32)
  readonly #right = new Set<string>()
  readonly #underWay = new Map<string, Promise<Verdict>>()
  readonly #waiting: (() => void)[] = []
  #atWork = 0

  /** Names in the normal form NFC, each with its hash. At least one. */
  constructor(hashes: ReadonlyMap<string, PasswordHash>) {
    this.#hashes = hashes
    const dearest = [...hashes.values()].reduce((one, other) => (other.work > one.work ? other : one))
    this.#decoy = dearest.decoy()
  }

  /** At once where the same was right before. */
  judge(name: string, password: string): Verdict | Promise<Verdict> {
    // Not the password itself: whoever sees this process's memory later shall not find it in a list.
    const key = createHmac('sha256', this.#secret).update(`${name}\0${password}`).digest('base64')
    if (this.#right.delete(key)) {
      this.#right.add(key) // the last one used is forgotten last
      return 'right'
    }
    const underWay = this.#underWay.get(key)
    if (underWay !== undefined) return underWay
    if (this.#waiting.length >= MAX_WAITING) return 'busy'
    const verdict = this.#compare(name, password, key).finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, verdict)
    return verdict
  }

  async #compare(name: string, password: string, key: string): Promise<Verdict> {
    await this.#place()
    try {
      // A name that is not there takes as long as one that is: else the time would tell which are.
      const hash = this.#hashes.get(name) ?? this.#decoy
      if (!(await hash.matches(password)) || hash === this.#decoy) return 'wrong'
      this.#remember(key)
      return 'right'
    } finally {
      this.#leave()
    }
  }

  async #place(): Promise<void> {
    if (this.#atWork < MAX_AT_WORK) this.#atWork++
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  /** The place goes to who waits the longest. */
  #leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#atWork--
    else next()
  }

  #remember(key: string): void {
    for (const oldest of this.#right) {
      if (this.#right.size < MAX_REMEMBERED) break
      this.#right.delete(oldest)
    }
    this.#right.add(key)
  }
}
