// Passwords as they may be kept: scrypt (RFC 7914) in the PHC string format, `$scrypt$ln=14,r=8,p=5$salt$hash`.

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

const SALT_BYTES = 16
const HASH_BYTES = 32
// 16 MiB and some 0.3 s a password: one of the equally strong choices of OWASP's Password Storage Cheat Sheet.
const COST: ScryptCost = { log2N: 14, r: 8, p: 5 }
// What a hash may ask for: one of an attacker's making must not take the process's memory.
const MAX_MEMORY_BYTES = 268_435_456
const MAX_P = 64
const FORM =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

interface ScryptCost {
  readonly log2N: number
  readonly r: number
  readonly p: number
}

/**
 * Hashes a password for the `users` of `basicAuth`. Takes some 0.3 s of one CPU, on purpose.
 *
 * ```ts
 * const hash = await hashPassword('correct horse battery staple')
 * ```
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, salt, HASH_BYTES, COST)
  const { log2N, r, p } = COST
  return `$scrypt$ln=${log2N},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`
}

/** What `hashPassword` has made. */
export class PasswordHash {
  readonly #cost: ScryptCost
  readonly #salt: Buffer
  readonly #hash: Buffer

  private constructor(cost: ScryptCost, salt: Buffer, hash: Buffer) {
    this.#cost = cost
    this.#salt = salt
    this.#hash = hash
  }

  /** Undefined for anything else. */
  static parse(text: string): PasswordHash | undefined {
    const match = FORM.exec(text)
    if (match === null) return undefined
    const [, ln, r, p, salt = '', hash = ''] = match
    const cost = { log2N: Number(ln), r: Number(r), p: Number(p) }
    const isWithinBounds = cost.log2N >= 1 && cost.r >= 1 && cost.p >= 1 && cost.p <= MAX_P
    if (!isWithinBounds || memoryBytes(cost) > MAX_MEMORY_BYTES) return undefined
    return new PasswordHash(cost, Buffer.from(salt, 'base64'), Buffer.from(hash, 'base64'))
  }

  /** What it takes to compare it with a password, for comparison with others. */
  get work(): number {
    return memoryBytes(this.#cost) * this.#cost.p
  }

  /** One that no password has, and that takes as long to find out. */
  decoy(): PasswordHash {
    return new PasswordHash(this.#cost, randomBytes(SALT_BYTES), randomBytes(this.#hash.length))
  }

  async matches(password: string): Promise<boolean> {
    return timingSafeEqual(await derive(password, this.#salt, this.#hash.length, this.#cost), this.#hash)
  }
}

const memoryBytes = ({ log2N, r }: ScryptCost): number => 128 * r * 2 ** log2N

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

function derive(password: string, salt: Buffer, bytes: number, cost: ScryptCost): Promise<Buffer> {
  const { log2N, r, p } = cost
  const options = { N: 2 ** log2N, r, p, maxmem: 2 * memoryBytes(cost) + 128 * r * p }
  return new Promise((resolve, reject) => {
    // RFC 7617 §2.1: the same letters may come composed or decomposed.
    scrypt(password.normalize('NFC'), salt, bytes, options, (error, derived) => {
      if (error === null) resolve(derived)
      else reject(error)
    })
  })
}
